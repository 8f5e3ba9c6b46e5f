import type { Pool } from 'pg';
import { bucketOf, type Histogram, tailPercentile } from '@/lib/log/durations';
import { type Covered, edge, type LogWindow, readLogCoverage } from './log-coverage';
import {
  eachStatement,
  type StatementTiers,
  statementRows,
  statementTiers,
  tierParameters,
} from './statement-tiers';

/** Percentiles in ms. Null is not known. */
export type Percentiles = {
  p95Ms: number | null;
  p99Ms: number | null;
  /** p95 is less than this: so few executions were logged that it lies among the shorter ones. */
  p95UnderMs: number | null;
};

type Row = { id: string; database: string | null; user: string | null; instanceIds: number[] };

export const rowName = (row: { id: string; database: string | null; user: string | null }) =>
  JSON.stringify([row.id, row.database ?? '', row.user ?? '']);

/**
 * Real percentiles of statements, from the durations that servers logged. A log that holds only what took longer than a
 * threshold has p95 in it all the same as soon as it has a twentieth of all executions, which pg_stat_statements counts;
 * what lies below the threshold is not guessed. Exact to the bucket (2.44 %).
 * @returns by `rowName`; rows of which nothing is known are missing
 */
export async function readPercentiles(
  db: Pool,
  window: LogWindow,
  rows: Row[],
): Promise<Map<string, Percentiles>> {
  const found = new Map<string, Percentiles>();
  if (rows.length === 0) return found;
  const covered = await readLogCoverage(db, window);
  const ranges = [...covered.values()].flat();
  if (ranges.length === 0) return found;
  const ids = [...new Set(rows.map(({ id }) => id))];
  const thresholds = ranges.map(({ thresholdMs }) => thresholdMs);
  const highest = Math.max(...thresholds);
  const [calls, logged] = await Promise.all([
    readCalls(db, covered, ids),
    readLogged(db, ranges, ids, highest > Math.min(...thresholds) ? bucketOf(highest) + 1 : null),
  ]);
  for (const row of rows) {
    const name = rowName(row);
    const counted = calls.get(name);
    // Calls from inside functions are counted and not logged.
    if (!counted || counted.nested || row.instanceIds.some((id) => !covered.has(id))) continue;
    const histogram: Histogram = logged.get(name) ?? new Map();
    const p95Ms = tailPercentile(histogram, counted.calls, 0.95);
    found.set(name, {
      p95Ms,
      p99Ms: tailPercentile(histogram, counted.calls, 0.99),
      p95UnderMs: p95Ms === null && counted.calls > 0 && highest > 0 ? highest : null,
    });
  }
  return found;
}

async function readLogged(db: Pool, ranges: Covered[], ids: string[], fromBucket: number | null) {
  const { rows } = await db.query<Name & { bucket: number; n: number }>(
    `select k.statement_id as id, k.database_name as database, k.user_name as "user", e.bucket, sum(e.n)::float8 as n
     from (select instance_id, unnest(key_ids) as key_id, unnest(buckets) as bucket, unnest(counts) as n
           from unnest($1::int[], $2::timestamptz[], $3::timestamptz[]) w (instance, a, z)
           join log_reading r on r.instance_id = w.instance and r.threshold_ms is not null and r.to_at > w.a
            and r.from_at >= w.a - ${edge} and r.to_at <= w.z + ${edge}) e
     join log_key k on k.id = e.key_id
     where k.statement_id = any($4) and ($5::int is null or e.bucket >= $5) group by 1, 2, 3, 4`,
    [
      ranges.map(({ instanceId }) => instanceId),
      ranges.map(({ from }) => new Date(from)),
      ranges.map(({ to }) => new Date(to)),
      ids,
      fromBucket,
    ],
  );
  const logged = new Map<string, Histogram>();
  for (const row of rows) {
    const histogram = logged.get(rowName(row)) ?? new Map<number, number>();
    histogram.set(row.bucket, (histogram.get(row.bucket) ?? 0) + row.n);
    logged.set(rowName(row), histogram);
  }
  return logged;
}

type Name = { id: string; database: string; user: string };

async function readCalls(db: Pool, covered: Map<number, Covered[]>, ids: string[]) {
  const calls = new Map<string, { calls: number; nested: boolean }>();
  for (const [instanceId, ranges] of covered) {
    const parts = await Promise.all(
      ranges.map(({ from, to }) => statementTiers(db, { instanceIds: [instanceId], from, to })),
    );
    const tiers: StatementTiers = {
      instanceIds: [instanceId],
      starts: parts.flatMap((part) => part.starts),
      ends: parts.flatMap((part) => part.ends),
      hourEnds: parts.flatMap((part) => part.hourEnds),
    };
    const { rows } = await db.query<Name & { n: number; nested: boolean }>(
      `select k.statement_id as id, coalesce(k.database_name, '') as database, coalesce(k.user_name, '') as "user",
              sum(e.calls)::float8 as n, bool_or(not k.toplevel and e.calls > 0) as nested
       from (select key_id, sum(calls) as calls from ${eachStatement(['calls'], statementRows(['key_ids', 'calls']))} s group by 1) e
       join statement_key k on k.id = e.key_id where k.statement_id = any($5) group by 1, 2, 3`,
      [...tierParameters(tiers), ids],
    );
    for (const row of rows) {
      const before = calls.get(rowName(row)) ?? { calls: 0, nested: false };
      calls.set(rowName(row), {
        calls: before.calls + row.n,
        nested: before.nested || row.nested,
      });
    }
  }
  return calls;
}
