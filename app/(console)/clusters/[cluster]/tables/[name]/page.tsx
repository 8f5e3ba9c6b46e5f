import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { TableScreen } from '@/components/table/TableScreen';

type Params = { params: Promise<{ cluster: string; name: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('tables');
  return { title: t('title') };
}

export default async function TablePage({ params }: Params) {
  const { cluster, name } = await params;
  return (
    <TableScreen cluster={cluster} base={`/clusters/${cluster}`} name={decodeURIComponent(name)} />
  );
}
