'use client';

import Link from 'next/link';
import { useFormatter, useTranslations } from 'next-intl';
import { memo } from 'react';
import { Sparkline } from '@/components/chart/Sparkline';
import type { StatementBody } from '@/lib/contract';
import { ChangeMark } from './ChangeMark';
import { changeOf } from './prepare-ranking';
import { ShareBar } from './ShareBar';
import { SqlText } from './SqlText';
import { oneLine, visibleText } from './sql-tokens';
import { useAmount } from './use-amount';

/** Shared by the header and every row, so that columns line up without a table's layout. */
export const RANKING_COLUMNS =
  'gap-x-4 lg:grid-cols-[7.5rem_minmax(0,1fr)_4.5rem_8.5rem_4.5rem_5rem_6rem_4.5rem]';

type StatementRowProps = {
  statement: StatementBody;
  rowKey: string;
  focusable: boolean;
  expanded: boolean;
  href: string;
  onToggle: (key: string) => void;
  onFocus: (key: string) => void;
};

/** One statement of the ranking. Rows outside the screen are not laid out, so 500 of them stay cheap. */
export const StatementRow = memo(function StatementRow(props: StatementRowProps) {
  const { statement, expanded, href } = props;
  const t = useTranslations('statements');
  const format = useFormatter();
  const amount = useAmount();
  const perCall = statement.calls > 0 ? statement.rows / statement.calls : null;
  const change = changeOf(statement.total_ms, statement.previous?.total_ms);
  const under = statement.p95_under_ms;
  const p95 =
    statement.p95_ms !== null
      ? amount.time(statement.p95_ms)
      : under === null
        ? null
        : t('under', { value: amount.time(under) });
  return (
    <tr
      data-key={props.rowKey}
      tabIndex={props.focusable ? 0 : -1}
      onFocus={() => props.onFocus(props.rowKey)}
      className={`grid grid-cols-2 items-start gap-y-1 border-line border-b px-3 py-2 outline-offset-[-2px] hover:bg-hover lg:min-h-9 ${RANKING_COLUMNS} ${expanded ? '' : '[contain-intrinsic-size:auto_124px] lg:[contain-intrinsic-size:auto_53px] [content-visibility:auto]'}`}
    >
      <td className="order-2 pt-0.5 lg:order-none">
        <ShareBar share={statement.share} />
      </td>
      <td className="order-1 col-span-2 flex min-w-0 items-start gap-1 lg:order-none lg:col-span-1">
        <button
          type="button"
          tabIndex={-1}
          aria-expanded={expanded}
          aria-label={expanded ? t('collapse') : t('expand')}
          onClick={() => props.onToggle(props.rowKey)}
          className="-ml-1 flex size-5 shrink-0 items-center justify-center rounded-sm text-muted max-sm:-my-2 max-sm:-ml-2 max-sm:size-9 hover:text-text"
        >
          <svg
            aria-hidden="true"
            viewBox="0 0 10 10"
            className={`size-2.5 fill-current ${expanded ? '' : '-rotate-90'}`}
          >
            <path d="M1 3h8L5 8z" />
          </svg>
        </button>
        <div className="min-w-0 flex-1">
          <Link
            href={href}
            prefetch={false}
            tabIndex={-1}
            className={`block text-[12.5px] leading-5 hover:underline ${expanded ? 'whitespace-pre-wrap break-words' : 'truncate'}`}
          >
            <SqlText
              sql={expanded ? statement.text : oneLine(statement.text)}
              {...(!expanded && { most: 300 })}
            />
          </Link>
          <p className="flex min-w-0 flex-wrap gap-x-2 text-[11px] text-muted leading-4">
            <bdi className="truncate">
              {statement.user === null && statement.rows_examined !== null
                ? visibleText(statement.database ?? t('noDatabase'))
                : t('on', {
                    user: visibleText(statement.user ?? '?'),
                    database: visibleText(statement.database ?? '?'),
                  })}
            </bdi>
            {statement.errors !== null && statement.errors > 0 && (
              <span className="text-critical">
                {t('errors', { count: amount.count(statement.errors), n: statement.errors })}
              </span>
            )}
            {statement.truncated && <span className="text-warning">{t('truncatedText')}</span>}
          </p>
        </div>
      </td>
      <Figure label={t('column.calls')}>{amount.count(statement.calls)}</Figure>
      <Figure label={t('column.mean')}>
        {amount.time(statement.mean_ms)}
        {p95 !== null && (
          <span
            className="pl-2 text-[11px] text-muted lg:block lg:pl-0 lg:leading-4"
            title={t('hint.p95')}
          >
            {t('p95', { value: p95 })}
          </span>
        )}
        {p95 === null && statement.stddev_ms === null && statement.rows_examined !== null && (
          <span
            className="pl-2 text-[11px] text-unknown lg:block lg:pl-0 lg:leading-4"
            title={t('noPercentile')}
          >
            {t('p95', { value: '—' })}
          </span>
        )}
        {p95 === null && statement.stddev_ms !== null && (
          <span className="text-[11px] text-muted lg:text-[13px]" title={t('rangeHint')}>
            {' '}
            {t('stddev', { stddev: amount.time(statement.stddev_ms) })}
          </span>
        )}
      </Figure>
      <Figure
        label={t('column.rows')}
        title={
          perCall === null
            ? undefined
            : t('perCall', { rows: format.number(perCall, { maximumSignificantDigits: 3 }) })
        }
      >
        {amount.count(statement.rows)}
        {statement.rows_examined_per_row !== null && statement.rows_examined_per_row >= 10 && (
          <span
            className="pl-2 text-[11px] text-muted lg:block lg:pl-0 lg:leading-4"
            title={t('examinedHint')}
          >
            {t('examined', { times: amount.count(statement.rows_examined_per_row) })}
          </span>
        )}
      </Figure>
      <Figure
        label={t('column.blocks')}
        title={statement.rows_examined === null ? undefined : t('noBlocks')}
      >
        {amount.count(statement.blocks_read)}
      </Figure>
      <td className="hidden h-5 lg:block">
        <Sparkline values={statement.spark} />
      </td>
      <td className="order-3 pt-px text-right lg:order-none">
        <ChangeMark change={change} />
      </td>
    </tr>
  );
});

function Figure(props: { label: string; title?: string | undefined; children: React.ReactNode }) {
  return (
    <td
      title={props.title}
      className="order-4 flex items-baseline justify-between gap-2 whitespace-nowrap pt-px tabular-nums lg:order-none lg:block lg:text-right"
    >
      <span className="text-[12px] text-muted lg:hidden">{props.label}</span>
      <span>{props.children}</span>
    </td>
  );
}
