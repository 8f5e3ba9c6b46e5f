import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { StatementsScreen } from '@/components/statement/StatementsScreen';

type Params = { params: Promise<{ cluster: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('statements');
  return { title: t('title') };
}

export default async function StatementsPage({ params }: Params) {
  const { cluster } = await params;
  return <StatementsScreen cluster={cluster} base={`/clusters/${cluster}`} />;
}
