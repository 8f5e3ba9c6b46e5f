import type { Pool } from 'pg';
import { bucketOf, type Histogram, tailPercentile } from '@/lib/log/durations';
import { type Covered, readLogCoverage } from './log-coverage';
import {
  type LogTiers,
  type LogWindow,
  logParameters,
  wholeParameters,
  wholeRows,
} from './log-rows';
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
  p999Ms: number | null;
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
  tiers: LogTiers,
  rows: Row[],
): Promise<Map<string, Percentiles>> {
  const found = new Map<string, Percentiles>();
  if (rows.length === 0) return found;
  const covered = await readLogCoverage(db, window, tiers);
  const ranges = [...covered.values()].flat();
  if (ranges.length === 0) return found;
  const ids = [...new Set(rows.map(({ id }) => id))];
  const thresholds = ranges.map(({ thresholdMs }) => thresholdMs);
  const highest = Math.max(...thresholds);
  const [calls, logged] = await Promise.all([
    readCalls(db, covered, ids),
    readLogged(
      db,
      { ...window, instanceIds: [...covered.keys()] },
      tiers,
      ids,
      highest > Math.min(...thresholds) ? bucketOf(highest) + 1 : null,
    ),
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
      p999Ms: tailPercentile(histogram, counted.calls, 0.999),
      p95UnderMs: p95Ms === null && counted.calls > 0 && highest > 0 ? highest : null,
    });
  }
  return found;
}

/** @param fromBucket where thresholds differ, only what is above the highest was logged all the time */
async function readLogged(
  db: Pool,
  window: LogWindow,
  tiers: LogTiers,
  ids: string[],
  fromBucket: number | null,
) {
  const { rows: keys } = await db.query<Name & { key: number }>(
    `select id as key, statement_id as id, database_name as database, user_name as "user" from log_key
     where instance_id = any($1) and statement_id = any($2)`,
    [window.instanceIds, ids],
  );
  const names = new Map(keys.map((row) => [row.key, rowName(row)]));
  const { rows } = await db.query<{ key: number; bucket: number; n: number }>(
    `select key, bucket, sum(n)::float8 as n
     from (select unnest(key_ids) as key, unnest(buckets) as bucket, unnest(counts) as n
           from ${wholeRows(['key_ids', 'buckets', 'counts'])} r) e
     where key = any($9) and ($10::int is null or bucket >= $10) group by 1, 2`,
    [
      ...logParameters(window.instanceIds, tiers),
      ...wholeParameters(window),
      [...names.keys()],
      fromBucket,
    ],
  );
  const logged = new Map<string, Histogram>();
  for (const row of rows) {
    const name = names.get(row.key) ?? '';
    const histogram = logged.get(name) ?? new Map<number, number>();
    histogram.set(row.bucket, (histogram.get(row.bucket) ?? 0) + row.n);
    logged.set(name, histogram);
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
