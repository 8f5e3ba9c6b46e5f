import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { SlowestScreen } from '@/components/statement/SlowestScreen';

type Params = { params: Promise<{ cluster: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('slowest');
  return { title: t('title') };
}

export default async function SlowestPage({ params }: Params) {
  const { cluster } = await params;
  return <SlowestScreen cluster={cluster} base={`/clusters/${cluster}`} />;
}
