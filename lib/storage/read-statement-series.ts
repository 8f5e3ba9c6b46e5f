import { type Db, hourMs } from './partitions';
import { statementRows, statementTiers, tierParameters } from './statement-tiers';
import { fineMs } from './sum-statements';

export type StatementPoint = {
  at: number;
  /** How much of the step was watched, in seconds. The amounts below were counted in it. */
  seconds: number;
  calls: number;
  totalMs: number;
  rows: number;
  /** Null when it was not measured. */
  blocksRead: number | null;
};

/** Up to here single readings are read; beyond, the hourly sums. */
const fineWindowMs = 26 * hourMs;

/** One statement over time, summed in equal steps; a step in which nothing was polled is missing from the list. */
export async function readStatementSeries(
  db: Db,
  query: { id: string; instanceIds: number[]; from: number; to: number; points: number },
): Promise<{ stepMs: number; points: StatementPoint[] }> {
  const length = query.to - query.from;
  const fine = length <= fineWindowMs;
  const tiers = await statementTiers(db, query, fine ? 'readings' : 'sums');
  // Readings are merged to minutes after a while: a window that reaches back further has no finer steps.
  const merged = query.from < Date.now() - fineMs;
  const smallest = !fine || tiers.hourEnds.length > 0 ? hourMs : merged ? 60_000 : 10_000;
  const stepMs = Math.max(1, Math.ceil(length / Math.max(1, query.points) / smallest)) * smallest;
  const columns = ['calls', 'total_ms', 'rows', 'blocks_read'];
  const sums = (of: (name: string) => string) =>
    columns.map((name) => `sum(${of(name)}) as ${name}`).join(', ');
  const { rows } = await db.query<{
    bucket: number;
    seconds: number;
    calls: number | null;
    total_ms: number | null;
    rows: number | null;
    blocks_read: number | null;
  }>(
    `with mine as (select id from statement_key where statement_id = $5 and instance_id = any($1))
     select floor((extract(epoch from r.to_at)::float8 * 1000 - 1) / $6::float8) as bucket,
            sum(extract(epoch from r.to_at - r.from_at))::float8 / count(distinct r.instance_id) as seconds,
            ${sums((name) => `own.${name}`)}
     from ${statementRows(['key_ids', ...columns])} r
     cross join lateral (
       select ${sums((name) => `r.${name}[place]`)}
       from (select array_position(r.key_ids, mine.id) as place from mine) p where place is not null) own
     group by 1 order by 1`,
    [...tierParameters(tiers), query.id, stepMs],
  );
  return {
    stepMs,
    points: rows.map((row) => ({
      at: row.bucket * stepMs,
      seconds: row.seconds,
      calls: row.calls ?? 0,
      totalMs: row.total_ms ?? 0,
      rows: row.rows ?? 0,
      blocksRead: row.calls === null ? 0 : row.blocks_read,
    })),
  };
}
