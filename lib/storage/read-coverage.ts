/** How much of a window the readings of statements cover, and what is known to be missing. */
import type { Db } from './partitions';
import { type StatementTiers, statementRows, tierParameters } from './statement-tiers';

export const sparkBuckets = 30;

type Window = { instanceIds: number[]; from: number; to: number };

/** Which of the window's equal parts (1 to `sparkBuckets`) a reading ended in; $5 and $6 are the window's epoch seconds. */
export const bucketOf = (end: string) =>
  `least(${sparkBuckets}, width_bucket(extract(epoch from ${end})::float8, $5::float8, $6::float8, ${sparkBuckets}))`;
export const edges = (query: { from: number; to: number }) => [query.from / 1000, query.to / 1000];

export async function readCoverage(db: Db, query: Window, tiers: StatementTiers) {
  const counted = ['hidden_calls', 'hidden_total_ms', 'evictions'];
  const [{ rows }, partial] = await Promise.all([
    db.query<{
      bucket: number;
      covered_from: Date;
      covered_to: Date;
      seconds: number;
      hidden_calls: number | null;
      hidden_total_ms: number | null;
      evictions: number | null;
    }>(
      `select ${bucketOf('r.to_at')} as bucket, min(from_at) as covered_from, max(to_at) as covered_to,
              sum(extract(epoch from to_at - from_at))::float8 / count(distinct instance_id) as seconds,
              sum(hidden_calls) as hidden_calls, sum(hidden_total_ms) as hidden_total_ms, sum(evictions) as evictions
       from ${statementRows(counted)} r group by 1 order by 1`,
      [...tierParameters(tiers), ...edges(query)],
    ),
    db.query<{ instance_id: number; reason: string; from: Date; to: Date }>(
      `select instance_id, partial as reason, from_at as "from", to_at as "to" from statement_reading
       where instance_id = any($3) and to_at > $1 and to_at <= $2 and partial is not null order by to_at limit 200`,
      [new Date(query.from), new Date(query.to), query.instanceIds],
    ),
  ]);
  const hiddenCalls = sumKnown(rows.map((row) => row.hidden_calls));
  return {
    /** Seconds that readings cover in each part of the window that has any. */
    covered: new Map(rows.map((row) => [row.bucket, row.seconds])),
    state: {
      coveredFrom: rows.length ? Math.min(...rows.map((row) => row.covered_from.getTime())) : null,
      coveredTo: rows.length ? Math.max(...rows.map((row) => row.covered_to.getTime())) : null,
      hidden:
        hiddenCalls === null
          ? null
          : {
              calls: hiddenCalls,
              totalMs: sumKnown(rows.map((row) => row.hidden_total_ms)) ?? 0,
            },
      evictions: sumKnown(rows.map((row) => row.evictions)) ?? 0,
      partial: partial.rows.map((one) => ({
        instanceId: one.instance_id,
        reason: one.reason,
        from: one.from.getTime(),
        to: one.to.getTime(),
      })),
    },
  };
}

/** The sum of what was measured; null when nothing was. */
export function sumKnown(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
