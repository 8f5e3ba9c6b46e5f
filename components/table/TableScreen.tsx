/** One table: its size and use, columns, indexes, keys and partitions, and the way to its statements. */
'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { ClusterViews } from '@/components/cluster/ClusterViews';
import { Failure, LoadingRows, StaleNote } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { useWindow } from '@/components/screen/use-window';
import { visibleText } from '@/components/statement/sql-tokens';
import { useAmount } from '@/components/statement/use-amount';
import { buttonClass } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { CallError } from '@/lib/client/call';
import { clusterOptions } from '@/lib/client/clusters';
import { tableOptions } from '@/lib/client/tables';
import { useAddress, useRangeQuery } from '@/lib/client/use-address';
import type { TableBody } from '@/lib/contract';
import { ColumnList } from './ColumnList';
import { IndexList } from './IndexList';
import { KeyList } from './KeyList';
import { PartitionPanel } from './PartitionPanel';
import { SourceNotes } from './SourceNotes';
import { TableBadges } from './TableList';
import { TableNumbers } from './TableNumbers';

/** @param base path of the cluster's own screen. */
export function TableScreen(props: { name: string; cluster: string; base: string }) {
  const { name, cluster, base } = props;
  const t = useTranslations('tables');
  const range = useRangeQuery();
  const window = useWindow();
  const { get } = useAddress();
  const scope = { cluster, instance: get('instance'), database: get('database') };
  const query = useQuery(tableOptions({ ...scope, ...window }, name));
  const found = useQuery(clusterOptions(cluster));
  const { data, error } = query;
  const instances = found.data?.instances ?? [];
  const back = (
    <Link href={`${base}/tables${range}`} className="hover:text-text hover:underline">
      ← {t('back', { cluster: found.data?.name ?? '…' })}
    </Link>
  );
  if (error instanceof CallError && error.status === 404)
    return (
      <Screen title={<Name name={name} />} above={back}>
        <ClusterViews base={base} current="tables" />
        <EmptyState title={t('notFound.title')}>{t('notFound.body')}</EmptyState>
      </Screen>
    );
  if (!data)
    return (
      <Screen title={<Name name={name} />} above={back}>
        <ClusterViews base={base} current="tables" />
        {error ? (
          <Failure title={t('error')} error={error} retry={() => void query.refetch()} />
        ) : (
          <LoadingRows rows={10} />
        )}
      </Screen>
    );
  const { table } = data;
  const hrefOf = (other: string) => {
    const address = new URLSearchParams(range);
    address.set('database', table.database);
    if (scope.instance) address.set('instance', scope.instance);
    return `${base}/tables/${encodeURIComponent(other)}?${address}`;
  };
  const statements = new URLSearchParams(range);
  statements.set('table', table.name);
  return (
    <Screen
      title={
        <span className="flex flex-wrap items-center gap-2">
          <Name name={table.name} />
          <TableBadges table={table} />
        </span>
      }
      lead={<Sentence data={data} />}
      above={back}
      actions={
        <Link href={`${base}/statements?${statements}`} className={buttonClass('secondary')}>
          {t('statements')}
        </Link>
      }
    >
      <ClusterViews base={base} current="tables" />
      {error && <StaleNote since={query.dataUpdatedAt} error={error} />}
      <SourceNotes sources={data.sources} instances={instances} />
      {table.parent && (
        <p>
          {t.rich('partition.of', {
            parent: () => (
              <Link href={hrefOf(table.parent ?? '')} className="font-mono text-accent">
                <bdi>{visibleText(table.parent ?? '')}</bdi>
              </Link>
            ),
          })}
        </p>
      )}
      <TableNumbers table={table} />
      {data.partitions && (
        <Box title={t('section.partitions')}>
          <PartitionPanel partitions={data.partitions} hrefOf={hrefOf} />
        </Box>
      )}
      <Box title={t('section.indexes')}>
        <IndexList indexes={data.indexes} instances={instances} />
      </Box>
      <Box title={t('section.columns')}>
        <ColumnList
          columns={data.columns}
          rows={table.rows}
          unknown={data.statistics_error?.message ?? null}
          fix={data.statistics_error?.fix ?? null}
        />
      </Box>
      {(data.foreign_keys.length > 0 || data.referenced_by.length > 0) && (
        <Box title={t('section.keys')}>
          <KeyList keys={data.foreign_keys} referencedBy={data.referenced_by} hrefOf={hrefOf} />
        </Box>
      )}
    </Screen>
  );
}

function Name({ name }: { name: string }) {
  return <bdi className="break-all font-mono text-[17px]">{visibleText(name)}</bdi>;
}

function Sentence({ data }: { data: TableBody }) {
  const t = useTranslations('tables.sentence');
  const amount = useAmount();
  const { table, partitions } = data;
  const unused = data.indexes.filter(
    ({ uses, unique }) => !unique && uses.length > 0 && uses.every(({ scans }) => scans === 0),
  );
  return [
    table.bytes === null
      ? t('unmeasured')
      : t('size', {
          rows: amount.count(table.rows),
          known: table.rows === null ? 'no' : 'yes',
          table: amount.bytes(table.table_bytes),
          indexes: amount.bytes(table.index_bytes),
          count: data.indexes.length,
        }),
    unused.length > 0 && t('unused', { count: unused.length }),
    partitions?.time?.next === 'missing' && t('missing'),
    partitions?.time?.next === 'soon' && t('soon'),
    (partitions?.default?.rows ?? 0) > 0 &&
      t('defaultFills', { rows: amount.count(partitions?.default?.rows ?? null) }),
  ]
    .filter(Boolean)
    .join(' ');
}

function Box({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="min-w-0 rounded-md border border-line bg-raised p-4">
      <h2 className="mb-3 font-semibold text-[14px]">{title}</h2>
      {children}
    </section>
  );
}
