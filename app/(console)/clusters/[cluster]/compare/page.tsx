import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { CompareScreen } from '@/components/compare/CompareScreen';

type Params = { params: Promise<{ cluster: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('compare');
  return { title: t('titleLoading') };
}

export default async function ComparePage({ params }: Params) {
  const { cluster } = await params;
  return <CompareScreen cluster={cluster} base={`/clusters/${cluster}`} />;
}
