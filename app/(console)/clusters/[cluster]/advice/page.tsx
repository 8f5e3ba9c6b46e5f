import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AdviceScreen } from '@/components/advice/AdviceScreen';

type Params = { params: Promise<{ cluster: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('advice');
  return { title: t('titleLoading') };
}

export default async function AdvicePage({ params }: Params) {
  const { cluster } = await params;
  return <AdviceScreen cluster={cluster} base={`/clusters/${cluster}`} />;
}
