'use client';

/** All clusters at a glance, the worst first. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Sparkline } from '@/components/chart/Sparkline';
import { SentenceText } from '@/components/cluster/SentenceText';
import { OpenIncidents } from '@/components/incident/OpenIncidents';
import { Failure, LoadingRows, StaleNote } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { Badge } from '@/components/ui/Badge';
import { Button, buttonClass } from '@/components/ui/Button';
import { Input } from '@/components/ui/Input';
import { StatusMark } from '@/components/ui/StatusMark';
import { clustersOptions, removeDemo } from '@/lib/client/clusters';
import type { ClusterBody, LayerBody } from '@/lib/contract';
import { formatCount, formatMs, formatQuantity } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';
import { nameOfEngine } from '@/lib/metric/engine-source';

export function FleetScreen() {
  const t = useTranslations('cluster');
  const { data, error, refetch, dataUpdatedAt } = useQuery(clustersOptions());
  const [search, setSearch] = useState('');
  const client = useQueryClient();
  const removal = useMutation({
    mutationFn: removeDemo,
    onSuccess: () => client.invalidateQueries(),
  });
  const clusters = (data?.clusters ?? []).filter((one) =>
    one.name.toLowerCase().includes(search.trim().toLowerCase()),
  );
  return (
    <Screen
      title={t('fleet')}
      lead={data && <SentenceText sentence={data.sentence} />}
      actions={
        <>
          {data?.clusters.some((one) => one.demo) && (
            <Button onClick={() => removal.mutate()} disabled={removal.isPending}>
              {t('removeDemo')}
            </Button>
          )}
          <Link href="/instances/new" className={buttonClass('primary')}>
            {t('watch')}
          </Link>
        </>
      }
    >
      {removal.error && <Failure title={t('removeDemo')} error={removal.error} />}
      {error && data && <StaleNote since={dataUpdatedAt} error={error} />}
      <OpenIncidents />
      {error && !data ? (
        <Failure title={t('fleet')} error={error} retry={() => refetch()} />
      ) : !data ? (
        <LoadingRows rows={4} height={72} />
      ) : data.clusters.length === 0 ? (
        <p className="rounded-md border border-line border-dashed p-8 text-center text-muted">
          {t('empty')}
        </p>
      ) : (
        <>
          {data.clusters.length > 5 && (
            <Input
              type="search"
              aria-label={t('search')}
              placeholder={t('search')}
              value={search}
              onChange={({ target }) => setSearch(target.value)}
              className="max-w-80"
            />
          )}
          <ul className="flex flex-col gap-2">
            {clusters.map((cluster) => (
              <ClusterRow key={cluster.id} cluster={cluster} />
            ))}
          </ul>
        </>
      )}
    </Screen>
  );
}

function ClusterRow({ cluster }: { cluster: ClusterBody }) {
  const t = useTranslations('cluster');
  const locale = useLocale() as Locale;
  const facts = [
    ...(cluster.primaries > 0 ? [t('primaries', { count: cluster.primaries })] : []),
    ...(cluster.replicas > 0 ? [t('replicas', { count: cluster.replicas })] : []),
    ...(cluster.replicas > 0 ? [t('lagIs', { lag: formatMs(cluster.worst_lag_ms, locale) })] : []),
    t('loadIs', { load: formatCount(cluster.load, locale) }),
  ];
  return (
    <li className="[contain-intrinsic-size:auto_96px] [content-visibility:auto]">
      <Link
        href={`/clusters/${cluster.id}`}
        className="grid grid-cols-1 gap-3 rounded-md border border-line bg-raised p-3 transition-colors hover:bg-hover lg:grid-cols-[minmax(16rem,1fr)_2fr]"
      >
        <div className="flex min-w-0 flex-col gap-1">
          <p className="flex items-center gap-2 font-semibold text-[15px]">
            <bdi className="truncate">{cluster.name}</bdi>
            {cluster.demo && <Badge>{t('demo')}</Badge>}
            <span className="font-normal text-[12px] text-muted">
              {cluster.engines.map(nameOfEngine).join(', ')}
            </span>
          </p>
          <p className="text-[12px]">
            <SentenceText sentence={cluster.sentence} />
          </p>
          <p className="text-[12px] text-muted">{facts.join(' · ')}</p>
        </div>
        <div className="grid grid-cols-3 gap-2">
          {cluster.layers.map((layer) => (
            <LayerCell key={layer.layer} layer={layer} />
          ))}
        </div>
      </Link>
    </li>
  );
}

const tints = {
  application: 'border-l-application',
  database: 'border-l-database',
  infrastructure: 'border-l-infrastructure',
};

const headlineNames = {
  application: 'cluster.servicesTime',
  database: 'cluster.meanTime',
  infrastructure: 'cluster.cpuBusy',
} as const;

function LayerCell({ layer }: { layer: LayerBody }) {
  const t = useTranslations();
  const locale = useLocale() as Locale;
  return (
    <div className={`flex min-w-0 flex-col gap-1 border-l-2 pl-2.5 ${tints[layer.layer]}`}>
      <p className="flex items-center gap-1.5 text-[12px] text-muted max-sm:flex-col max-sm:items-start max-sm:gap-1 max-sm:text-[11px]">
        <StatusMark status={layer.state} />
        <span className="truncate">{t(`shell.layer.${layer.layer}`)}</span>
      </p>
      {layer.measured ? (
        <>
          <p className="text-[20px] leading-none">
            {layer.headline?.unit === 'ratio'
              ? formatQuantity(layer.headline.value, { unit: 'ratio' }, locale)
              : formatMs(layer.headline?.value ?? null, locale)}
          </p>
          <p className="text-[11px] text-muted">{t(headlineNames[layer.layer])}</p>
          <div className="h-5">
            <Sparkline values={layer.spark} />
          </div>
        </>
      ) : (
        <p className="text-[12px] text-unknown">{t('cluster.notMeasured')}</p>
      )}
    </div>
  );
}
