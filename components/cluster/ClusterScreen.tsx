'use client';

/** One cluster as a tower of three storeys: application on top, database, infrastructure at the base. */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useCallback } from 'react';
import { OpenIncidents } from '@/components/incident/OpenIncidents';
import { MetricPanel } from '@/components/panel/MetricPanel';
import { FreshReads } from '@/components/reads/FreshReads';
import { Failure, LoadingRows, StaleNote } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { useMarks } from '@/components/screen/use-marks';
import { useWindow } from '@/components/screen/use-window';
import { ClusterServices } from '@/components/service/ClusterServices';
import { ClusterTopology } from '@/components/topology/ClusterTopology';
import { StatusMark } from '@/components/ui/StatusMark';
import { catalogOptions } from '@/lib/client/admin';
import { clusterOptions, eventsOptions } from '@/lib/client/clusters';
import { useRangeQuery } from '@/lib/client/use-address';
import type { CatalogMetric, ClusterDetailBody } from '@/lib/contract';
import { definitionEngine } from '@/lib/metric/engine-source';
import { ClusterDisks } from './ClusterDisks';
import { ClusterViews } from './ClusterViews';
import { HeadroomText } from './HeadroomText';
import { SentenceText } from './SentenceText';
import { TopStatements } from './TopStatements';
import { VerdictText } from './VerdictText';

/** What one looks at first comes first; the rest follows in the catalog's order. */
const order = [
  'postgres.load',
  'postgres.statements',
  'postgres.connection-use',
  'postgres.activity',
  'postgres.replication-lag',
  'postgres.replication',
  'postgres.replica',
  'postgres.databases',
  'mysql.load',
  'mysql.statements',
  'mysql.connections',
  'mysql.activity',
  'mysql.replication-lag',
  'mysql.replication',
];

export function ClusterScreen({ id }: { id: string }) {
  const t = useTranslations('cluster');
  const query = useRangeQuery();
  const cluster = useQuery(clusterOptions(id));
  const { data, error } = cluster;
  if (error && !data)
    return (
      <Screen title={t('cluster')}>
        <Failure title={t('cluster')} error={error} retry={() => cluster.refetch()} />
      </Screen>
    );
  if (!data)
    return (
      <Screen title={t('cluster')}>
        <LoadingRows rows={10} height={48} />
      </Screen>
    );
  const measured = (layer: string) =>
    data.layers.some((one) => one.layer === layer && one.measured);
  return (
    <Screen
      title={<bdi>{data.name}</bdi>}
      lead={<SentenceText sentence={data.sentence} />}
      above={<Link href={`/${query}`}>{t('fleet')}</Link>}
    >
      <ClusterViews base={`/clusters/${id}`} current="overview" />
      {error && <StaleNote since={cluster.dataUpdatedAt} error={error} />}
      <OpenIncidents cluster={id} />
      <VerdictText cluster={id} />
      <ClusterTopology cluster={data} />
      <FreshReads cluster={data} />
      <Storey layer="application" measured={measured('application')}>
        <ClusterServices cluster={id} />
      </Storey>
      <Storey layer="database" measured>
        <TopStatements cluster={id} />
        <LayerPanels cluster={data} layer="database" />
      </Storey>
      <Storey layer="infrastructure" measured={measured('infrastructure')}>
        <HeadroomText cluster={id} />
        <ClusterDisks cluster={id} />
        <LayerPanels cluster={data} layer="infrastructure" />
      </Storey>
    </Screen>
  );
}

const tints = {
  application: 'border-l-application',
  database: 'border-l-database',
  infrastructure: 'border-l-infrastructure',
};

function Storey(props: {
  layer: keyof typeof tints;
  measured: boolean;
  children?: React.ReactNode;
}) {
  const t = useTranslations();
  return (
    <section className={`flex flex-col gap-3 border-l-2 pl-4 ${tints[props.layer]}`}>
      <h2 className="flex items-center gap-2 font-semibold text-[15px]">
        {!props.measured && <StatusMark status="unknown" />}
        {t(`shell.layer.${props.layer}`)}
        {!props.measured && (
          <span className="font-normal text-[13px] text-unknown">{t('cluster.notMeasured')}</span>
        )}
      </h2>
      {props.children}
    </section>
  );
}

function LayerPanels(props: { cluster: ClusterDetailBody; layer: 'database' | 'infrastructure' }) {
  const { cluster, layer } = props;
  const window = useWindow();
  const { data } = useQuery(catalogOptions());
  const events = useQuery(eventsOptions({ cluster: cluster.id, ...window }));
  const hrefOf = useCallback(
    (event: string) => `/clusters/${cluster.id}/compare?event=${event}`,
    [cluster.id],
  );
  const marks = useMarks(events.data?.events, cluster.instances, hrefOf);
  const rank = (metric: CatalogMetric) => {
    const place = order.indexOf(metric.id);
    return place === -1 ? order.length : place;
  };
  const metrics = (data?.metrics ?? [])
    .filter((metric) => metric.layer === layer)
    .sort((a, b) => rank(a) - rank(b));
  const watched = (metric: CatalogMetric) =>
    cluster.instances.filter(
      (one) =>
        (metric.engine === 'host' || definitionEngine(one.engine) === metric.engine) &&
        (metric.on === 'any' || one.role === 'unknown' || one.role === metric.on),
    );
  return (
    <div className="grid grid-cols-1 gap-3 md:grid-cols-2 xl:grid-cols-3">
      {metrics.flatMap((metric) => {
        const instances = watched(metric);
        if (instances.length === 0) return [];
        return metric.panels.map((panel) => (
          <MetricPanel
            key={`${metric.id} ${panel.id}`}
            metric={metric}
            panel={panel}
            instances={instances}
            window={window}
            marks={marks}
          />
        ));
      })}
    </div>
  );
}
