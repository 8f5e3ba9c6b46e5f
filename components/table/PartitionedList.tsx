'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Moment } from '@/components/screen/Ago';
import { visibleText } from '@/components/statement/sql-tokens';
import { useAmount } from '@/components/statement/use-amount';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { TableRowBody } from '@/lib/contract';
import { TableBadges } from './TableList';

const urgency = { missing: 0, soon: 1, ok: 2 } as const;

/** Partitioned tables, those that run out of partitions first. */
export function PartitionedList(props: {
  tables: readonly TableRowBody[];
  hrefOf: (name: string, database: string) => string;
}) {
  const t = useTranslations('tables');
  const amount = useAmount();
  const rank = ({ next_partition: next, default_rows: rows }: TableRowBody) =>
    (next === null ? 3 : urgency[next]) - ((rows ?? 0) > 0 ? 0.5 : 0);
  const tables = [...props.tables].sort((a, b) => rank(a) - rank(b));
  return (
    <Table
      caption={t('kind.partitioned')}
      stack
      className="rounded-md border border-line bg-raised"
    >
      <thead>
        <tr>
          <Th className="w-full">{t('column.name')}</Th>
          <Th className="text-right">{t('column.rows')}</Th>
          <Th className="text-right">{t('column.size')}</Th>
          <Th className="text-right">{t('column.writes')}</Th>
          <Th>{t('partition.coveredUntil')}</Th>
          <Th className="text-right">{t('partition.defaultRows')}</Th>
        </tr>
      </thead>
      <tbody>
        {tables.map((table) => (
          <Tr key={`${table.database} ${table.name}`}>
            <Td>
              <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <Link
                  href={props.hrefOf(table.name, table.database)}
                  className="break-all font-mono text-[12px] hover:text-accent"
                >
                  <bdi>{visibleText(table.name)}</bdi>
                </Link>
                <TableBadges table={table} />
              </span>
            </Td>
            <Td label={t('column.rows')} className="text-right tabular-nums">
              {amount.count(table.rows)}
            </Td>
            <Td label={t('column.size')} className="whitespace-nowrap text-right tabular-nums">
              {amount.bytes(table.bytes)}
            </Td>
            <Td label={t('column.writes')} className="text-right tabular-nums">
              {amount.count(table.writes)}
            </Td>
            <Td label={t('partition.coveredUntil')} className="whitespace-nowrap">
              {table.next_partition === null ? (
                <span className="text-muted">{t('partition.notByTime')}</span>
              ) : table.covered_until === null ? (
                t('partition.forEver')
              ) : (
                <Moment at={table.covered_until} />
              )}
            </Td>
            <Td label={t('partition.defaultRows')} className="text-right tabular-nums">
              {table.default_rows === null ? '—' : amount.count(table.default_rows)}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
