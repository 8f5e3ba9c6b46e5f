/** Tables of a cluster: how large, how used, and which run out of partitions. */
'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useCallback } from 'react';
import { ClusterViews } from '@/components/cluster/ClusterViews';
import { Segments } from '@/components/instance/Segments';
import { Failure, LoadingRows, StaleNote } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { SearchInput } from '@/components/screen/SearchInput';
import { useWindow } from '@/components/screen/use-window';
import { visibleText } from '@/components/statement/sql-tokens';
import { useAmount } from '@/components/statement/use-amount';
import { Select } from '@/components/ui/Input';
import { clusterOptions } from '@/lib/client/clusters';
import { tablesOptions } from '@/lib/client/tables';
import { useAddress, useRangeQuery } from '@/lib/client/use-address';
import type { TablesBody } from '@/lib/contract';
import { PartitionedList } from './PartitionedList';
import { SourceNotes } from './SourceNotes';
import { TableList } from './TableList';
import { sortNames } from './table-sorts';

const ALL = '';
const LIMITS = [50, 100, 200, 500];

/** @param base path of the cluster's own screen. */
export function TablesScreen({ cluster, base }: { cluster: string; base: string }) {
  const t = useTranslations('tables');
  const range = useRangeQuery();
  const { get, set } = useAddress();
  const window = useWindow();
  const found = useQuery(clusterOptions(cluster));
  const instances = found.data?.instances ?? [];
  const instance = instances.find((one) => one.id === get('instance'))?.id ?? null;
  const database = get('database');
  const search = get('search');
  const kind = get('kind') === 'partitioned' ? 'partitioned' : 'all';
  const sort = sortNames.find((one) => one === get('sort')) ?? 'size';
  const limit = LIMITS.find((one) => String(one) === get('limit')) ?? 50;
  const answer = useQuery(
    tablesOptions({ cluster, instance, database, ...window }, { sort, limit, search, kind }),
  );
  const data = answer.data;
  const error = found.error ?? answer.error;
  const onSearch = useCallback((text: string) => set({ search: text || null }), [set]);
  const query = new URLSearchParams(range);
  if (instance) query.set('instance', instance);
  const hrefOf = (name: string, ofDatabase: string) => {
    query.set('database', ofDatabase);
    return `${base}/tables/${encodeURIComponent(name)}?${query}`;
  };
  return (
    <Screen
      title={found.data ? t('titleOf', { cluster: found.data.name }) : t('title')}
      lead={data && <Sentence data={data} kind={kind} searched={search !== null} />}
      above={<Link href={`${base}${range}`}>{found.data?.name ?? t('cluster')}</Link>}
    >
      <ClusterViews base={base} current="tables" />
      <div className="grid grid-cols-2 items-center gap-2 sm:flex sm:flex-wrap">
        <SearchInput label={t('search')} value={search ?? ''} maxLength={130} onChange={onSearch} />
        <Segments
          label={t('kind.label')}
          value={kind}
          options={[
            ['all', t('kind.all')],
            ['partitioned', t('kind.partitioned')],
          ]}
          onChange={(one) => set({ kind: one === 'all' ? null : one })}
        />
        {instances.length > 1 && (
          <Choice
            label={t('instance')}
            value={instance ?? ALL}
            options={[
              [ALL, t('allInstances')],
              ...instances.map((one) => [one.id, one.name] as const),
            ]}
            onChange={(one) => set({ instance: one || null })}
          />
        )}
        {(data?.databases.length ?? 0) > 1 && (
          <Choice
            label={t('database')}
            value={database ?? ALL}
            options={[
              [ALL, t('allDatabases')],
              ...(data?.databases ?? []).map((one) => [one, visibleText(one)] as const),
            ]}
            onChange={(one) => set({ database: one || null })}
          />
        )}
        <Choice
          label={t('sort')}
          value={sort}
          options={sortNames.map((one) => [one, t(`column.${one}`)] as const)}
          onChange={(one) => set({ sort: one === 'size' ? null : one })}
        />
        <Choice
          label={t('limit')}
          value={String(limit)}
          options={LIMITS.map((one) => [String(one), t('first', { count: one })] as const)}
          onChange={(one) => set({ limit: one === '50' ? null : one })}
        />
      </div>
      {error && data && <StaleNote since={answer.dataUpdatedAt} error={error} />}
      {data && <SourceNotes sources={data.sources} instances={instances} />}
      {error && !data && (
        <Failure title={t('error')} error={error} retry={() => void answer.refetch()} />
      )}
      {!data && !error && <LoadingRows rows={12} />}
      {data && data.tables.length > 0 && kind === 'all' && (
        <TableList
          tables={data.tables}
          sort={sort}
          onSort={(one) => set({ sort: one === 'size' ? null : one })}
          hrefOf={hrefOf}
          showDatabase={data.databases.length > 1 && database === null}
        />
      )}
      {data && data.tables.length > 0 && kind === 'partitioned' && (
        <PartitionedList tables={data.tables} hrefOf={hrefOf} />
      )}
      {data && data.tables.length === 0 && data.sources.some(({ at }) => at !== null) && (
        <p className="py-4 text-muted">
          {t(search !== null ? 'noneFound' : kind === 'partitioned' ? 'nonePartitioned' : 'none')}
        </p>
      )}
      {data && data.total > data.tables.length && (
        <p className="text-[12px] text-muted">
          {t('more', { shown: data.tables.length, total: data.total })}
        </p>
      )}
    </Screen>
  );
}

function Sentence(props: { data: TablesBody; kind: 'all' | 'partitioned'; searched: boolean }) {
  const { data } = props;
  const t = useTranslations('tables.sentence');
  const amount = useAmount();
  if (!data.sources.some(({ at }) => at !== null)) return t('unknown');
  const due = data.tables.filter(
    ({ next_partition: next }) => next === 'soon' || next === 'missing',
  );
  const filling = data.tables.filter(({ default_rows: rows }) => (rows ?? 0) > 0);
  const [largest] = data.tables.filter(({ bytes }) => bytes !== null);
  const first =
    props.kind === 'partitioned'
      ? t('partitioned', { count: data.total })
      : props.searched || !largest
        ? t('count', { count: data.total })
        : t('largest', {
            count: data.total,
            name: visibleText(largest.name),
            size: amount.bytes(largest.bytes),
          });
  return [
    first,
    due.length > 0 && t('due', { count: due.length, name: visibleText(due[0]?.name ?? '') }),
    filling.length > 0 &&
      t('filling', { count: filling.length, name: visibleText(filling[0]?.name ?? '') }),
  ]
    .filter(Boolean)
    .join(' ');
}

function Choice<V extends string>(props: {
  label: string;
  value: V;
  options: readonly (readonly [V, string])[];
  onChange: (value: V) => void;
}) {
  return (
    <Select
      aria-label={props.label}
      title={props.label}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value as V)}
      className="sm:w-auto sm:max-w-52"
    >
      {props.options.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </Select>
  );
}
