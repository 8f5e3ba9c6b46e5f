import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ActivityScreen } from '@/components/activity/ActivityScreen';

type Params = { params: Promise<{ cluster: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('activity');
  return { title: t('titleLoading') };
}

export default async function ActivityPage({ params }: Params) {
  const { cluster } = await params;
  return <ActivityScreen cluster={cluster} base={`/clusters/${cluster}`} />;
}
