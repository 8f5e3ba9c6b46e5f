'use client';

import { useTranslations } from 'next-intl';
import { Ago } from '@/components/screen/Ago';
import { useAmount } from '@/components/statement/use-amount';
import type { TableRowBody } from '@/lib/contract';

/** The figures of a table; what is not known is a dash. */
export function TableNumbers({ table }: { table: TableRowBody }) {
  const t = useTranslations('tables');
  const amount = useAmount();
  const dead =
    table.dead_rows !== null && table.live_rows !== null && table.dead_rows + table.live_rows > 0
      ? amount.share(table.dead_rows / (table.dead_rows + table.live_rows))
      : null;
  const figures = [
    [t('column.rows'), amount.count(table.rows), t('hint.rows')],
    [t('number.tableSize'), amount.bytes(table.table_bytes), t('hint.size')],
    [t('number.indexSize'), amount.bytes(table.index_bytes), t('hint.size')],
    [t('column.growth'), amount.bytes(table.growth_bytes), t('hint.growth')],
    [
      t('column.dead_rows'),
      amount.count(table.dead_rows),
      dead ? t('number.deadShare', { share: dead }) : t('hint.dead_rows'),
    ],
    [t('column.writes'), amount.count(table.writes), t('hint.writes')],
    [t('column.seq_scans'), amount.count(table.seq_scans), t('hint.seq_scans')],
    [t('column.index_scans'), amount.count(table.index_scans), t('hint.index_scans')],
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-md border border-line bg-line sm:grid-cols-4">
      {figures.map(([name, value, note]) => (
        <div key={name} className="min-w-0 bg-raised px-3 py-2.5">
          <dt className="truncate text-[12px] text-muted">{name}</dt>
          <dd className="font-semibold text-[20px] tabular-nums leading-7">{value}</dd>
          <dd className="text-[12px] text-muted leading-snug">{note}</dd>
        </div>
      ))}
      <div className="col-span-2 bg-raised px-3 py-2 text-[12px] text-muted sm:col-span-4">
        <dt className="sr-only">ANALYZE</dt>
        <dd>
          {table.last_analyze === null
            ? t('number.neverAnalyzed')
            : t.rich('number.analyzed', { age: () => <Ago at={table.last_analyze ?? 0} /> })}
        </dd>
      </div>
    </dl>
  );
}
