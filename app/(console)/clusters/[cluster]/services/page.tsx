import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ServicesScreen } from '@/components/service/ServicesScreen';

type Params = { params: Promise<{ cluster: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('service');
  return { title: t('titleLoading') };
}

export default async function ServicesPage({ params }: Params) {
  const { cluster } = await params;
  return <ServicesScreen cluster={cluster} base={`/clusters/${cluster}`} />;
}
