import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ServiceScreen } from '@/components/service/ServiceScreen';

type Params = { params: Promise<{ cluster: string; service: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('service');
  return { title: t('service') };
}

export default async function ServicePage({ params }: Params) {
  const { cluster, service } = await params;
  return <ServiceScreen service={service} base={`/clusters/${cluster}`} />;
}
