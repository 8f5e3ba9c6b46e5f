/** What ran in the window, ranked: one line per statement, then what the ranking leaves out and what it may not see. */
'use client';

import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useRef, useState } from 'react';
import { isKey } from '@/components/layout/keys';
import type { StatementBody, StatementsBody } from '@/lib/contract';
import { wholeMs } from './prepare-ranking';
import { HiddenRow, OtherRow } from './RestRows';
import { SortHeader } from './SortHeader';
import { RANKING_COLUMNS, StatementRow } from './StatementRow';

export type RankingSort = 'total_ms' | 'calls' | 'mean_ms' | 'rows' | 'blocks_read';

type StatementRankingProps = {
  data: StatementsBody;
  sort: string;
  onSort: (sort: RankingSort) => void;
  hrefOf: (statement: StatementBody) => string;
  open: (statement: StatementBody) => void;
};

/** The same text runs as several users in several databases: each of them is a row of its own. */
export function rowKey(row: StatementBody): string {
  return `${row.id} ${row.database ?? ''} ${row.user ?? ''}`;
}

export function StatementRanking(props: StatementRankingProps) {
  const { data, sort, onSort, hrefOf, open } = props;
  const t = useTranslations('statements');
  const body = useRef<HTMLTableSectionElement>(null);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const [current, setCurrent] = useState<string | null>(null);
  const keys = data.statements.map(rowKey);
  const focused = current !== null && keys.includes(current) ? current : keys[0];

  function toggle(key: string) {
    setExpanded((old) => {
      const next = new Set(old);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  }

  function go(key: string | undefined) {
    if (key === undefined) return;
    setCurrent(key);
    const row = body.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    row?.focus();
    row?.scrollIntoView({ block: 'nearest' });
  }

  function onKeyDown(event: KeyboardEvent<HTMLTableSectionElement>) {
    const key = (event.target as HTMLElement).closest<HTMLElement>('[data-key]')?.dataset.key;
    const index = key === undefined ? -1 : keys.indexOf(key);
    const statement = data.statements[index];
    const onRow = (event.target as HTMLElement).dataset.key !== undefined;
    if (isKey(event, 'down')) go(keys[index + 1]);
    else if (isKey(event, 'up')) go(keys[index - 1]);
    else if (isKey(event, 'first')) go(keys[0]);
    else if (isKey(event, 'last')) go(keys.at(-1));
    else if (onRow && isKey(event, 'open') && statement) open(statement);
    else if (onRow && isKey(event, 'select') && key !== undefined) toggle(key);
    else return;
    event.preventDefault();
  }

  const header = { sort, onSort };
  const whole = wholeMs(data.totals, data.hidden);
  return (
    <table className="block w-full text-[13px]" aria-label={t('title')}>
      <thead className="sr-only lg:not-sr-only lg:block">
        <tr
          className={`grid h-9 items-center border-line border-b px-3 text-left text-[12px] text-muted ${RANKING_COLUMNS}`}
        >
          <SortHeader
            label={t('column.share')}
            hint={t('hint.share')}
            by="total_ms"
            {...header}
            className=""
          />
          <th className="truncate font-normal">{t('column.text')}</th>
          <SortHeader label={t('column.calls')} by="calls" {...header} className="justify-end" />
          <SortHeader
            label={t('column.mean')}
            hint={t('hint.mean')}
            by="mean_ms"
            {...header}
            className="justify-end"
          />
          <SortHeader label={t('column.rows')} by="rows" {...header} className="justify-end" />
          <SortHeader
            label={t('column.blocks')}
            hint={t('hint.blocks')}
            by="blocks_read"
            {...header}
            className="justify-end"
          />
          <th className="truncate font-normal" title={t('hint.trend')}>
            {t('column.trend')}
          </th>
          <th className="truncate text-right font-normal" title={t('hint.change')}>
            {t('column.change')}
          </th>
        </tr>
      </thead>
      <tbody ref={body} className="block" onKeyDown={onKeyDown}>
        {data.statements.map((statement, index) => {
          const key = keys[index] ?? '';
          return (
            <StatementRow
              key={key}
              rowKey={key}
              statement={statement}
              focusable={key === focused}
              expanded={expanded.has(key)}
              href={hrefOf(statement)}
              onToggle={toggle}
              onFocus={setCurrent}
            />
          );
        })}
        <OtherRow other={data.other} totalMs={whole} />
        {data.hidden && <HiddenRow hidden={data.hidden} totalMs={whole} />}
      </tbody>
    </table>
  );
}
