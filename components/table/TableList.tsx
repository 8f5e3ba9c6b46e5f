'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { visibleText } from '@/components/statement/sql-tokens';
import { useAmount } from '@/components/statement/use-amount';
import { Badge } from '@/components/ui/Badge';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { TableRowBody, TableSort } from '@/lib/contract';

/** Tables with their size, rows and use; a column's name sorts. */
export function TableList(props: {
  tables: readonly TableRowBody[];
  sort: TableSort;
  onSort: (sort: TableSort) => void;
  hrefOf: (name: string, database: string) => string;
  showDatabase: boolean;
}) {
  const t = useTranslations('tables');
  const amount = useAmount();
  const most = Math.max(1, ...props.tables.map(({ bytes }) => bytes ?? 0));
  const columns = [
    'size',
    'growth',
    'rows',
    'dead_rows',
    'writes',
    'seq_scans',
    'index_scans',
  ] as const;
  const signed = (bytes: number | null) =>
    bytes === null ? '—' : bytes > 0 ? `+${amount.bytes(bytes)}` : amount.bytes(bytes);
  return (
    <Table caption={t('title')} stack className="rounded-md border border-line bg-raised">
      <thead>
        <tr>
          <SortTh by="name" label={t('column.name')} {...props} className="w-full" />
          {columns.map((by) => (
            <SortTh
              key={by}
              by={by}
              label={t(`column.${by}`)}
              hint={t(`hint.${by}`)}
              {...props}
              className="text-right"
            />
          ))}
          <Th className="text-right">{t('column.indexes')}</Th>
        </tr>
      </thead>
      <tbody>
        {props.tables.map((table) => (
          <Tr key={`${table.database} ${table.name}`}>
            <Td className="min-w-48 max-w-0 max-sm:max-w-full">
              <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <Link
                  href={props.hrefOf(table.name, table.database)}
                  className="min-w-0 truncate font-mono text-[12px] hover:text-accent"
                >
                  <bdi>{visibleText(table.name)}</bdi>
                </Link>
                {props.showDatabase && (
                  <bdi className="text-[12px] text-muted">{visibleText(table.database)}</bdi>
                )}
                <TableBadges table={table} />
              </span>
            </Td>
            <Td label={t('column.size')} className="text-right tabular-nums">
              <span className="flex items-center justify-end gap-2">
                <span
                  aria-hidden="true"
                  className="hidden h-1.5 w-16 rounded-full bg-sunken lg:block"
                >
                  {table.bytes !== null && table.bytes > 0 && (
                    <span
                      className="block h-full rounded-full bg-database"
                      style={{ width: `${Math.max(2, (table.bytes / most) * 100)}%` }}
                    />
                  )}
                </span>
                <span className="w-20 whitespace-nowrap">{amount.bytes(table.bytes)}</span>
              </span>
            </Td>
            <Figure label={t('column.growth')}>{signed(table.growth_bytes)}</Figure>
            <Figure label={t('column.rows')}>{amount.count(table.rows)}</Figure>
            <Figure label={t('column.dead_rows')}>{amount.count(table.dead_rows)}</Figure>
            <Figure label={t('column.writes')}>{amount.count(table.writes)}</Figure>
            <Figure label={t('column.seq_scans')}>{amount.count(table.seq_scans)}</Figure>
            <Figure label={t('column.index_scans')}>{amount.count(table.index_scans)}</Figure>
            <Figure label={t('column.indexes')}>{amount.count(table.indexes)}</Figure>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

/** What kind of table it is, and what is the matter with its partitions. */
export function TableBadges({ table }: { table: TableRowBody }) {
  const t = useTranslations('tables');
  return (
    <>
      {table.kind === 'partitioned' && (
        <Badge>{t('badge.partitions', { count: table.partitions })}</Badge>
      )}
      {table.kind !== 'partitioned' && table.kind !== 'table' && (
        <Badge>
          {t(
            `tableKind.${table.kind === 'partition' ? 'partition' : table.kind === 'foreign table' ? 'foreign' : 'materialized'}`,
          )}
        </Badge>
      )}
      {table.next_partition === 'soon' && <Badge tone="warning">{t('badge.soon')}</Badge>}
      {table.next_partition === 'missing' && <Badge tone="critical">{t('badge.missing')}</Badge>}
      {(table.default_rows ?? 0) > 0 && <Badge tone="warning">{t('badge.filling')}</Badge>}
    </>
  );
}

function Figure({ label, children }: { label: string; children: string }) {
  return (
    <Td label={label} className="whitespace-nowrap text-right tabular-nums">
      {children}
    </Td>
  );
}

function SortTh(props: {
  by: TableSort;
  label: string;
  hint?: string;
  sort: TableSort;
  onSort: (sort: TableSort) => void;
  className: string;
}) {
  const active = props.sort === props.by;
  return (
    <Th
      aria-sort={active ? (props.by === 'name' ? 'ascending' : 'descending') : 'none'}
      className={props.className}
    >
      <button
        type="button"
        title={props.hint}
        onClick={() => props.onSort(props.by)}
        className={`rounded-sm hover:text-text ${active ? 'font-semibold text-text' : ''}`}
      >
        {props.label}
        {active && <span aria-hidden="true"> {props.by === 'name' ? '▴' : '▾'}</span>}
      </button>
    </Th>
  );
}
