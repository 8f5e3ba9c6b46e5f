import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { TablesScreen } from '@/components/table/TablesScreen';

type Params = { params: Promise<{ cluster: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('tables');
  return { title: t('title') };
}

export default async function TablesPage({ params }: Params) {
  const { cluster } = await params;
  return <TablesScreen cluster={cluster} base={`/clusters/${cluster}`} />;
}
