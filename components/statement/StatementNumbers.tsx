'use client';

import { useTranslations } from 'next-intl';
import type { RowSum } from './sum-rows';
import { useAmount } from './use-amount';

/** The figures of one statement in the window; what the server does not measure says so and how to have it. */
export function StatementNumbers({ sum, share }: { sum: RowSum | null; share: number | null }) {
  const t = useTranslations('statement.number');
  const amount = useAmount();
  const blocks = sum && sum.blocks_hit !== null && sum.blocks_read !== null;
  const touched = blocks ? (sum.blocks_hit ?? 0) + (sum.blocks_read ?? 0) : 0;
  const hit = blocks && touched > 0 ? (sum.blocks_hit ?? 0) / touched : null;
  const before = (value: string | null) => value && t('before', { value });
  const known = <T,>(value: T | null | undefined, text: (value: T) => string) =>
    value === null || value === undefined ? null : text(value);
  const figures: { name: string; value: string; note?: string | null; missing?: boolean }[] = [
    { name: t('share'), value: amount.share(share) },
    {
      name: t('calls'),
      value: amount.count(sum?.calls ?? null),
      note: before(known(sum?.previous_calls, amount.count)),
    },
    {
      name: t('mean'),
      value: amount.time(sum?.mean_ms ?? null),
      note: known(sum?.stddev_ms, (value) => `± ${amount.time(value)}`),
    },
    sum?.p95_ms != null
      ? { name: t('p95'), value: amount.time(sum.p95_ms) }
      : sum?.p95_under_ms != null
        ? {
            name: t('p95'),
            value: `< ${amount.time(sum.p95_under_ms)}`,
            note: t('p95Under', { threshold: amount.time(sum.p95_under_ms) }),
          }
        : { name: t('p95'), value: '—', note: t('p95None'), missing: true },
    { name: t('p99'), value: amount.time(sum?.p99_ms ?? null), missing: sum?.p99_ms == null },
    {
      name: t('total'),
      value: amount.time(sum?.total_ms ?? null),
      note: before(known(sum?.previous_total_ms, amount.time)),
    },
    { name: t('rows'), value: amount.count(sum && sum.calls > 0 ? sum.rows / sum.calls : null) },
    { name: t('hit'), value: amount.share(hit) },
    measured(t('io'), sum?.read_ms ?? null, t('ioFix')),
    measured(t('plan'), sum?.plan_ms ?? null, t('planFix')),
    { name: t('temp'), value: amount.count(sum?.temp_blocks_written ?? null) },
    { name: t('wal'), value: amount.bytes(sum?.wal_bytes ?? null) },
  ];

  function measured(name: string, value: number | null, fix: string) {
    return value === null
      ? { name, value: t('notMeasured'), note: fix, missing: true }
      : { name, value: amount.time(value) };
  }

  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-md border border-line bg-line sm:grid-cols-4 2xl:grid-cols-6">
      {figures.map(({ name, value, note, missing }) => (
        <div key={name} className="min-w-0 bg-raised px-3 py-2.5">
          <dt className="truncate text-[12px] text-muted">{name}</dt>
          <dd
            className={`tabular-nums ${missing ? 'text-[14px] text-unknown' : 'font-semibold text-[20px]'} leading-7`}
          >
            {value}
          </dd>
          <dd className="min-h-4 text-[11px] text-muted leading-4 [overflow-wrap:anywhere]">
            {note}
          </dd>
        </div>
      ))}
    </dl>
  );
}
