import type { Db } from './partitions';

/** A time in which every execution of `thresholdMs` and longer was logged; epoch ms. */
export type Covered = { instanceId: number; from: number; to: number; thresholdMs: number };

export type LogWindow = {
  instanceIds: number[];
  from: number;
  to: number;
  /** What the statement readings cover; null when there is none. */
  watched: { from: number; to: number } | null;
  /** When the statements' own counts are a lower bound. */
  partial: { instanceId: number; from: number; to: number }[];
};

/** Of what was watched: below this share of it, what the logs say is not said of the window. */
const enough = 0.9;
const mostRanges = 20;
/** Edges of windows and of readings differ by a poll. */
export const edge = `interval '15 seconds'`;

/**
 * When the logs of instances were read whole, without the times in which the statements' own counts are a lower bound.
 * An instance is left out when less than nine tenths of what was watched is left.
 */
export async function readLogCoverage(db: Db, window: LogWindow): Promise<Map<number, Covered[]>> {
  const { watched, partial } = window;
  if (watched === null) return new Map();
  const { rows } = await db.query<{ instance_id: number; from: Date; to: Date; threshold: number }>(
    `with whole as (
       select instance_id, from_at, to_at, threshold_ms from log_reading
       where instance_id = any($1) and to_at > $2 and from_at >= $2::timestamptz - ${edge} and to_at <= $3::timestamptz + ${edge}
         and threshold_ms is not null
         and not exists (select from unnest($4::int[], $5::timestamptz[], $6::timestamptz[]) p (instance, a, z)
           where p.instance = instance_id and p.a < to_at and p.z > from_at)),
     marked as (
       select *, (lag(to_at) over mine >= from_at and lag(threshold_ms) over mine = threshold_ms) is not true as begins
       from whole window mine as (partition by instance_id order by to_at)),
     numbered as (select *, count(*) filter (where begins) over (partition by instance_id order by to_at) as run from marked)
     select instance_id, min(from_at) as "from", max(to_at) as "to", threshold_ms as threshold
     from numbered group by instance_id, run, threshold_ms order by 2`,
    [
      ...[window.instanceIds, new Date(window.from), new Date(window.to)],
      partial.map(({ instanceId }) => instanceId),
      partial.map(({ from }) => new Date(from)),
      partial.map(({ to }) => new Date(to)),
    ],
  );
  const found = new Map<number, Covered[]>();
  for (const row of rows)
    found.set(row.instance_id, [
      ...(found.get(row.instance_id) ?? []),
      {
        instanceId: row.instance_id,
        from: Math.max(window.from, row.from.getTime()),
        to: Math.min(window.to, row.to.getTime()),
        thresholdMs: row.threshold,
      },
    ]);
  for (const [id, ranges] of found)
    if (ranges.length > mostRanges || !mostOf(watched, ranges)) found.delete(id);
  return found;
}

/** Whether ranges that do not overlap hold nearly all of what was watched. */
export function mostOf(
  watched: { from: number; to: number },
  ranges: { from: number; to: number }[],
): boolean {
  const held = ranges.reduce(
    (sum, { from, to }) =>
      sum + Math.max(0, Math.min(to, watched.to) - Math.max(from, watched.from)),
    0,
  );
  return held > 0 && held >= (watched.to - watched.from) * enough;
}
