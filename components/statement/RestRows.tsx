'use client';

import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import type { StatementsBody } from '@/lib/contract';
import { ShareBar } from './ShareBar';
import { SqlToRun } from './SqlToRun';
import { RANKING_COLUMNS } from './StatementRow';
import { useAmount } from './use-amount';

type Sum = { calls: number; total_ms: number };

/** What the limit left out, as one row: a ranking that hides its tail lies about shares. */
export function OtherRow(props: { other: StatementsBody['other']; totalMs: number | null }) {
  const t = useTranslations('statements');
  if (props.other.statements === 0) return null;
  return (
    <RestRow sum={props.other} totalMs={props.totalMs} name={t('other')}>
      <p className="text-[12px] text-muted">{t('otherHint', { count: props.other.statements })}</p>
    </RestRow>
  );
}

/** What the login may not see, as one row with the statement that makes it visible. */
export function HiddenRow(props: {
  hidden: NonNullable<StatementsBody['hidden']>;
  totalMs: number | null;
}) {
  const t = useTranslations('statements');
  return (
    <RestRow sum={props.hidden} totalMs={props.totalMs} name={t('hidden')}>
      <div className="flex flex-col gap-1.5 text-[12px] text-muted">
        <p>{t('hiddenHint')}</p>
        <SqlToRun sql={props.hidden.fix_sql} />
      </div>
    </RestRow>
  );
}

function RestRow(props: { sum: Sum; totalMs: number | null; name: string; children: ReactNode }) {
  const t = useTranslations('statements');
  const amount = useAmount();
  const { calls, total_ms: total } = props.sum;
  return (
    <tr
      className={`grid grid-cols-2 items-start gap-y-1 border-line border-b px-3 py-2 ${RANKING_COLUMNS}`}
    >
      <td className="order-2 col-span-2 pt-0.5 lg:order-none lg:col-span-1">
        <ShareBar share={props.totalMs ? total / props.totalMs : null} quiet />
      </td>
      <td className="order-1 col-span-2 min-w-0 pl-5 lg:order-none lg:col-span-1">
        <span className="font-medium">{props.name}</span>
        {props.children}
      </td>
      <td className="order-4 flex justify-between tabular-nums lg:order-none lg:block lg:text-right">
        <span className="text-[12px] text-muted lg:hidden">{t('column.calls')}</span>
        {amount.count(calls)}
      </td>
      <td className="order-4 flex justify-between tabular-nums lg:order-none lg:block lg:text-right">
        <span className="text-[12px] text-muted lg:hidden">{t('column.mean')}</span>
        {amount.time(calls > 0 ? total / calls : null)}
      </td>
    </tr>
  );
}
