'use client';

import { useTranslations } from 'next-intl';
import type { StatementDetailBody } from '@/lib/contract';
import { visibleText } from './sql-tokens';
import { useAmount } from './use-amount';

/** Errors of one statement by SQLSTATE, as its servers logged them. */
export function StatementErrors({ errors }: { errors: StatementDetailBody['errors'] }) {
  const t = useTranslations('statement.errors');
  const amount = useAmount();
  if (errors === null) return <p className="text-muted">{t('unknown')}</p>;
  if (errors.length === 0) return <p className="text-muted">{t('none')}</p>;
  return (
    <ul className="flex flex-col gap-2">
      {errors.map((one) => (
        <li
          key={`${one.sqlstate} ${one.user} ${one.database}`}
          className="flex items-baseline justify-between gap-3"
        >
          <span className="min-w-0">
            <span className="font-mono text-[12.5px] text-critical">
              {visibleText(one.sqlstate)}
            </span>{' '}
            {t(`state.${known(one.sqlstate)}`)}
            <bdi className="block truncate text-[11px] text-muted">
              {t('on', {
                user: visibleText(one.user ?? '?'),
                database: visibleText(one.database ?? '?'),
              })}
            </bdi>
          </span>
          <span className="tabular-nums">{t('times', { count: amount.count(one.count) })}</span>
        </li>
      ))}
    </ul>
  );
}

/** The most frequent ones have words of their own; of others the class is named. */
const states = {
  '23505': 'unique',
  '23503': 'foreignKey',
  '23502': 'notNull',
  '40001': 'serialization',
  '40P01': 'deadlock',
  '55P03': 'lockTimeout',
  '57014': 'cancelled',
  '57P01': 'shutdown',
  '22012': 'division',
  '42P01': 'noTable',
  '42703': 'noColumn',
  '42501': 'forbidden',
  '42601': 'syntax',
  '53300': 'connections',
  '53200': 'memory',
  '53100': 'disk',
  XXXXX: 'unnamed',
} as const;
const classes = {
  '22': 'data',
  '23': 'constraint',
  '25': 'transaction',
  '40': 'rollback',
  '42': 'rule',
  '53': 'resources',
  '57': 'intervention',
} as const;

type Known =
  | (typeof states)[keyof typeof states]
  | (typeof classes)[keyof typeof classes]
  | 'other';

function known(sqlstate: string): Known {
  return (
    states[sqlstate as keyof typeof states] ??
    classes[sqlstate.slice(0, 2) as keyof typeof classes] ??
    'other'
  );
}
