import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { LoadScreen } from '@/components/load/LoadScreen';

type Params = { params: Promise<{ cluster: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('load');
  return { title: t('titleLoading') };
}

export default async function LoadPage({ params }: Params) {
  const { cluster } = await params;
  return <LoadScreen cluster={cluster} base={`/clusters/${cluster}`} />;
}
