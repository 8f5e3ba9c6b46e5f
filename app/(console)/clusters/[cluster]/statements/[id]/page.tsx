import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { StatementScreen } from '@/components/statement/StatementScreen';

type Params = { params: Promise<{ cluster: string; id: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('statement');
  return { title: t('title') };
}

export default async function StatementPage({ params }: Params) {
  const { cluster, id } = await params;
  return (
    <StatementScreen
      key={`${cluster} ${id}`}
      id={decodeURIComponent(id)}
      cluster={cluster}
      base={`/clusters/${cluster}/statements`}
    />
  );
}
