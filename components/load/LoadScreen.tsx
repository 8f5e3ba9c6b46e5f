'use client';

/** Average active sessions of a cluster against its cores, cut along any of what tells sessions apart. */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useCallback } from 'react';
import { ClusterViews } from '@/components/cluster/ClusterViews';
import { Segments } from '@/components/instance/Segments';
import { Failure, LoadingRows, StaleNote } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { useWindow } from '@/components/screen/use-window';
import { SqlToRun } from '@/components/statement/SqlToRun';
import { visibleText } from '@/components/statement/sql-tokens';
import { StatusMark } from '@/components/ui/StatusMark';
import { clusterOptions } from '@/lib/client/clusters';
import { loadOptions } from '@/lib/client/load';
import { useAddress, useRangeQuery } from '@/lib/client/use-address';
import { type LoadBody, type LoadSlice, loadSlices } from '@/lib/contract/load';
import { formatQuantity, formatRatio } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';
import { describeLoad } from './describe-load';
import { LoadChart } from './LoadChart';
import { LoadTable } from './LoadTable';

const ALL = 'all';

/** Instruments of mutexes and the like stay as they are: of them only those that are on by default. */
const collectWaits = `UPDATE performance_schema.setup_consumers SET ENABLED = 'YES' WHERE NAME = 'events_waits_current';`;

export function LoadScreen({ cluster, base }: { cluster: string; base: string }) {
  const t = useTranslations('load');
  const query = useRangeQuery();
  const { get, set } = useAddress();
  const window = useWindow();
  const found = useQuery(clusterOptions(cluster));
  const instances = found.data?.instances ?? [];
  const instance = instances.find((one) => one.id === get('instance'))?.id ?? null;
  const slices = loadSlices.filter((one) => one !== 'instance' || instances.length > 1);
  const by = slices.find((one) => one === get('by')) ?? 'wait';
  const only = Object.fromEntries(
    loadSlices.flatMap((slice) => {
      const value = slice === 'instance' ? null : get(`only.${slice}`);
      return value === null ? [] : [[slice, value]];
    }),
  ) as Partial<Record<LoadSlice, string>>;
  const answer = useQuery(loadOptions({ cluster, instance, by, only, ...window }));
  const load = answer.data;
  const error = found.error ?? answer.error;
  const instanceName = useCallback(
    (id: string) => found.data?.instances.find((one) => one.id === id)?.name ?? id,
    [found.data],
  );
  const nameOf = useCallback(
    (key: string | null) => {
      if (key === null) return t('noName');
      return by === 'instance' ? instanceName(key) : key;
    },
    [t, by, instanceName],
  );
  return (
    <Screen
      title={found.data ? t('title', { cluster: found.data.name }) : t('titleLoading')}
      lead={load && load.by === by && <Sentence load={load} nameOf={nameOf} />}
      above={<Link href={`${base}${query}`}>{found.data?.name ?? t('cluster')}</Link>}
    >
      <ClusterViews base={base} current="load" />
      <div className="flex flex-wrap items-center gap-3">
        {instances.length > 1 && (
          <Segments
            label={t('instance')}
            value={instance ?? ALL}
            options={[
              [ALL, t('allInstances')] as const,
              ...instances.map((one) => [one.id, one.name] as const),
            ]}
            onChange={(id) => set({ instance: id === ALL ? null : id })}
          />
        )}
        <Segments
          label={t('by')}
          value={by}
          options={slices.map((slice) => [slice, t(`slice.${slice}`)] as const)}
          onChange={(slice) => set({ by: slice === 'wait' ? null : slice })}
        />
      </div>
      {Object.keys(only).length > 0 && (
        <ul className="flex flex-wrap gap-2">
          {Object.entries(only).map(([slice, value]) => (
            <li key={slice}>
              <button
                type="button"
                onClick={() => set({ [`only.${slice}`]: null })}
                className="flex h-7 max-sm:h-11 max-w-80 items-center gap-1.5 rounded-md border border-line-strong bg-selected px-2 text-[12px]"
              >
                <span className="text-muted">{t(`slice.${slice as LoadSlice}`)}</span>
                <bdi className="truncate">{visibleText(value)}</bdi>
                <span aria-hidden="true">×</span>
                <span className="sr-only">{t('removeFilter')}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {error && load && <StaleNote since={answer.dataUpdatedAt} error={error} />}
      {error && !load ? (
        <Failure title={t('titleLoading')} error={error} retry={() => answer.refetch()} />
      ) : !load ? (
        <LoadingRows rows={8} />
      ) : (
        <>
          {load.unsampled.length > 0 && (
            <p className="text-[12px] text-warning">
              {t('unsampled', { names: load.unsampled.map(instanceName).join(', ') })}
            </p>
          )}
          {by === 'wait' && load.slices.some(({ key }) => key === 'CPU or IO') && (
            <div className="flex flex-col gap-1 text-[12px] text-muted">
              <p>{t('cpuOrIo')}</p>
              <SqlToRun sql={collectWaits} />
            </div>
          )}
          <LoadChart load={load} window={window} nameOf={nameOf} />
          <LoadTable
            load={load}
            nameOf={nameOf}
            statementHref={(id) => `${base}/statements/${encodeURIComponent(id)}${query}`}
            onOnly={(key) =>
              by === 'instance'
                ? set({ instance: key, by: null }, 'push')
                : set({ [`only.${by}`]: key, by: by === 'wait' ? 'statement' : null }, 'push')
            }
          />
        </>
      )}
    </Screen>
  );
}

function Sentence({ load, nameOf }: { load: LoadBody; nameOf: (key: string | null) => string }) {
  const t = useTranslations('load');
  const locale = useLocale() as Locale;
  const said = describeLoad(load);
  const leader = load.slices[0];
  return (
    <span className="flex items-baseline gap-2">
      <StatusMark status={said.status} />
      <span>
        {t(`sentence.${said.code}`, {
          average:
            load.average === null
              ? ''
              : formatQuantity(load.average, { unit: 'count', perSecond: false }, locale),
          cores: load.cores ?? 0,
          leads: said.leader ? 'yes' : 'no',
          leader: visibleText(leader?.text ?? nameOf(leader?.key ?? null)).slice(0, 80),
          share: formatRatio(said.leader?.share ?? null, locale),
        })}
      </span>
    </span>
  );
}
