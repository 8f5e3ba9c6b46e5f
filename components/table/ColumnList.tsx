'use client';

import { useTranslations } from 'next-intl';
import { visibleText } from '@/components/statement/sql-tokens';
import { useAmount } from '@/components/statement/use-amount';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { TableBody } from '@/lib/contract';

/** Columns with what the planner knows of them: distinct values, NULLs, width, order on disk. */
export function ColumnList(props: {
  columns: TableBody['columns'];
  rows: number | null;
  unknown: string | null;
  fix: string | null;
}) {
  const t = useTranslations('tables.columnOf');
  const amount = useAmount();
  const known = props.columns.some(({ n_distinct: distinct }) => distinct !== null);
  // Below zero it is a share of the rows.
  const distinct = (value: number | null) =>
    value === null
      ? '—'
      : value === -1
        ? t('allDistinct')
        : value >= 0
          ? amount.count(value)
          : props.rows === null
            ? t('shareDistinct', { share: amount.share(-value) })
            : amount.count(Math.round(-value * props.rows));
  return (
    <div className="flex flex-col gap-2">
      {!known && props.columns.length > 0 && (
        <p className="text-[12px] text-muted leading-relaxed">
          {t('unknown')} {props.unknown && visibleText(props.unknown)}{' '}
          {props.fix && (
            <code className="rounded-sm bg-sunken px-1 font-mono">{visibleText(props.fix)}</code>
          )}
        </p>
      )}
      <Table caption={t('title')} stack>
        <thead>
          <tr>
            <Th className="w-full">{t('name')}</Th>
            <Th>{t('type')}</Th>
            <Th className="text-right" title={t('distinctHint')}>
              {t('distinct')}
            </Th>
            <Th className="text-right">{t('nulls')}</Th>
            <Th className="text-right">{t('width')}</Th>
            <Th className="text-right" title={t('correlationHint')}>
              {t('correlation')}
            </Th>
          </tr>
        </thead>
        <tbody>
          {props.columns.map((column) => (
            <Tr key={column.name}>
              <Td>
                <bdi className="break-all font-mono text-[12px]">{visibleText(column.name)}</bdi>
              </Td>
              <Td label={t('type')} className="whitespace-nowrap text-[12px]">
                {visibleText(column.type)}
                {column.not_null && <span className="text-muted"> NOT NULL</span>}
              </Td>
              <Td label={t('distinct')} className="whitespace-nowrap text-right tabular-nums">
                {distinct(column.n_distinct)}
              </Td>
              <Td label={t('nulls')} className="text-right tabular-nums">
                {amount.share(column.null_share)}
              </Td>
              <Td label={t('width')} className="whitespace-nowrap text-right tabular-nums">
                {amount.bytes(column.average_width)}
              </Td>
              <Td label={t('correlation')} className="text-right tabular-nums">
                {column.correlation === null ? '—' : column.correlation.toFixed(2)}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
