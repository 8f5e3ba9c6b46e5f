'use client';

import { useTranslations } from 'next-intl';
import type { RowSum } from './sum-rows';
import { useAmount } from './use-amount';

/** MariaDB's only source of percentiles. Sessions that are open keep their own long_query_time. */
const slowLogOn =
  "SET GLOBAL long_query_time = 0.5; SET GLOBAL log_output = 'TABLE'; SET GLOBAL slow_query_log = ON;";

/**
 * The figures of one statement in the window; what the server does not measure says so and how to have it.
 * @param mariadb no other server ran it
 */
export function StatementNumbers(props: {
  sum: RowSum | null;
  share: number | null;
  mariadb: boolean;
}) {
  const { sum, share, mariadb } = props;
  const t = useTranslations('statement.number');
  const amount = useAmount();
  const blocks = sum && sum.blocks_hit !== null && sum.blocks_read !== null;
  const touched = blocks ? (sum.blocks_hit ?? 0) + (sum.blocks_read ?? 0) : 0;
  const hit = blocks && touched > 0 ? (sum.blocks_hit ?? 0) / touched : null;
  // Of PostgreSQL the store has no rows examined.
  const mysql = sum !== null && sum.rows_examined !== null;
  const examined = sum && sum.rows > 0 ? (sum.rows_examined ?? 0) / sum.rows : null;
  const ofCalls = (n: number) => (sum && sum.calls > 0 ? n / sum.calls : null);
  const before = (value: string | null) => value && t('before', { value });
  const known = <T,>(value: T | null | undefined, text: (value: T) => string) =>
    value === null || value === undefined ? null : text(value);
  type Cell = {
    name: string;
    value: string;
    note?: string | null;
    missing?: boolean;
    sql?: string;
  };
  const figures: Cell[] = [
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
            note: t('p95Under'),
          }
        : mariadb
          ? {
              name: t('p95'),
              value: '—',
              note: t('p95Mariadb'),
              sql: slowLogOn,
              missing: true,
            }
          : { name: t('p95'), value: '—', note: t('p95None'), missing: true },
    { name: t('p99'), value: amount.time(sum?.p99_ms ?? null), missing: sum?.p99_ms == null },
    { name: t('p999'), value: amount.time(sum?.p999_ms ?? null), missing: sum?.p999_ms == null },
    {
      name: t('total'),
      value: amount.time(sum?.total_ms ?? null),
      note: before(known(sum?.previous_total_ms, amount.time)),
    },
    { name: t('rows'), value: amount.count(sum && sum.calls > 0 ? sum.rows / sum.calls : null) },
    counted(t('examined'), mysql, mysql ? amount.count(examined) : null),
    counted(t('lock'), mysql, known(sum?.lock_ms, amount.time)),
    counted(
      t('noIndex'),
      mysql,
      known(sum?.no_index_used, (n) => amount.share(ofCalls(n))),
    ),
    counted(t('tempDisk'), mysql, known(sum?.temp_disk_tables, amount.count)),
    ...(mysql
      ? [
          counted(t('sortMerge'), true, known(sum?.sort_merge_passes, amount.count)),
          counted(t('errors'), true, known(sum?.errors, amount.count)),
          counted(t('warnings'), true, known(sum?.warnings, amount.count)),
        ]
      : []),
    mysql ? counted(t('hit'), false, null) : { name: t('hit'), value: amount.share(hit) },
    mysql ? counted(t('io'), false, null) : measured(t('io'), sum?.read_ms ?? null, t('ioFix')),
    mysql
      ? counted(t('plan'), false, null)
      : measured(t('plan'), sum?.plan_ms ?? null, t('planFix')),
    counted(t('temp'), !mysql, known(sum?.temp_blocks_written, amount.count)),
    counted(t('wal'), !mysql, known(sum?.wal_bytes, amount.bytes)),
  ];

  /** @param has whether engines of this kind count it at all */
  function counted(name: string, has: boolean, value: string | null) {
    if (has || sum === null) return { name, value: value ?? '—', missing: value === null };
    const note = t(mysql ? 'notOfMysql' : 'notOfPostgres');
    return { name, value: t('notCounted'), note, missing: true };
  }

  function measured(name: string, value: number | null, fix: string) {
    return value === null
      ? { name, value: t('notMeasured'), note: fix, missing: true }
      : { name, value: amount.time(value) };
  }

  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-md border border-line bg-line sm:grid-cols-4 2xl:grid-cols-6">
      {figures.map(({ name, value, note, missing, sql }) => (
        <div key={name} className="min-w-0 bg-raised px-3 py-2.5">
          <dt className="truncate text-[12px] text-muted">{name}</dt>
          <dd
            className={`tabular-nums ${missing ? 'text-[14px] text-unknown' : 'font-semibold text-[20px]'} leading-7`}
          >
            {value}
          </dd>
          <dd className="min-h-4 text-[11px] text-muted leading-4 [overflow-wrap:anywhere]">
            {note}
            {sql && <code className="mt-0.5 block select-all font-mono">{sql}</code>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
