'use client';

import { useTranslations } from 'next-intl';
import { Tabs } from '@/components/ui/Tabs';
import { useRangeQuery } from '@/lib/client/use-address';

/** Everything one can look at in a cluster, in the order of a search for a cause. */
export const clusterViews = [
  'overview',
  'load',
  'activity',
  'statements',
  'services',
  'compare',
  'tables',
  'advice',
] as const;
export type ClusterView = (typeof clusterViews)[number];

/** The way between the views of a cluster; the window of time goes along. */
export function ClusterViews({ base, current }: { base: string; current: ClusterView }) {
  const t = useTranslations('cluster.view');
  const query = useRangeQuery();
  return (
    <Tabs
      label={t('label')}
      current={current}
      tabs={clusterViews.map((view) => ({
        id: view,
        label: t(view),
        href: `${base}${view === 'overview' ? '' : `/${view}`}${query}`,
      }))}
    />
  );
}
