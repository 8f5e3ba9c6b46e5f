import type { StatementBody } from '@/lib/contract';

export type RowSum = {
  calls: number;
  total_ms: number;
  mean_ms: number | null;
  /** Only when the statement ran as one user in one database: deviations of several do not add up. */
  stddev_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  p999_ms: number | null;
  p95_under_ms: number | null;
  rows: number;
  previous_mean_ms: number | null;
  previous_calls: number | null;
  previous_total_ms: number | null;
} & Record<
  | 'blocks_hit'
  | 'blocks_read'
  | 'temp_blocks_written'
  | 'read_ms'
  | 'plan_ms'
  | 'wal_bytes'
  | 'rows_examined'
  | 'lock_ms'
  | 'no_index_used'
  | 'temp_disk_tables'
  | 'sort_merge_passes'
  | 'errors'
  | 'warnings',
  number | null
>;

/** One statement over all its databases and users; null when it did not run. A part that is unknown makes its sum unknown. */
export function sumRows(rows: readonly StatementBody[]): RowSum | null {
  const first = rows[0];
  if (!first) return null;
  const sum = (value: (row: StatementBody) => number | null): number | null =>
    rows.reduce<number | null>((all, row) => {
      const one = value(row);
      return all === null || one === null ? null : all + one;
    }, 0);
  const calls = sum((row) => row.calls) ?? 0;
  const total = sum((row) => row.total_ms) ?? 0;
  const previousCalls = sum((row) => row.previous?.calls ?? null);
  const previousTotal = sum((row) => row.previous?.total_ms ?? null);
  return {
    calls,
    total_ms: total,
    mean_ms: calls > 0 ? total / calls : null,
    stddev_ms: rows.length === 1 ? first.stddev_ms : null,
    p95_ms: rows.length === 1 ? first.p95_ms : null,
    p99_ms: rows.length === 1 ? first.p99_ms : null,
    p999_ms: rows.length === 1 ? first.p999_ms : null,
    p95_under_ms: rows.length === 1 ? first.p95_under_ms : null,
    rows: sum((row) => row.rows) ?? 0,
    previous_mean_ms:
      previousCalls && previousTotal !== null ? previousTotal / previousCalls : null,
    previous_calls: previousCalls,
    previous_total_ms: previousTotal,
    blocks_hit: sum((row) => row.blocks_hit),
    blocks_read: sum((row) => row.blocks_read),
    temp_blocks_written: sum((row) => row.temp_blocks_written),
    read_ms: sum((row) => row.read_ms),
    plan_ms: sum((row) => row.plan_ms),
    wal_bytes: sum((row) => row.wal_bytes),
    rows_examined: sum((row) => row.rows_examined),
    lock_ms: sum((row) => row.lock_ms),
    no_index_used: sum((row) => row.no_index_used),
    temp_disk_tables: sum((row) => row.temp_disk_tables),
    sort_merge_passes: sum((row) => row.sort_merge_passes),
    errors: sum((row) => row.errors),
    warnings: sum((row) => row.warnings),
  };
}
