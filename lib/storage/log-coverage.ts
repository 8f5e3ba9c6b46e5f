import {
  type LogTiers,
  type LogWindow,
  logParameters,
  wholeParameters,
  wholeRows,
} from './log-rows';
import type { Db } from './partitions';

/** A time in which every execution of `thresholdMs` and longer was logged; epoch ms. */
export type Covered = { from: number; to: number; thresholdMs: number };

/** Of what was watched: below this share of it, what the logs say is not said of the window. */
const enough = 0.9;
const mostRanges = 20;

/**
 * When the logs of instances were read whole, without the times in which the statements' own counts are a lower bound.
 * An instance is left out when less than nine tenths of what was watched is left.
 */
export async function readLogCoverage(
  db: Db,
  window: LogWindow,
  tiers: LogTiers,
): Promise<Map<number, Covered[]>> {
  const { watched } = window;
  if (watched === null) return new Map();
  const { rows } = await db.query<{ instance_id: number; from: Date; to: Date; threshold: number }>(
    `with marked as (
       select *, (lag(to_at) over mine >= from_at and lag(threshold_ms) over mine = threshold_ms) is not true as begins
       from ${wholeRows([])} w window mine as (partition by instance_id order by to_at)),
     numbered as (select *, count(*) filter (where begins) over (partition by instance_id order by to_at) as run from marked)
     select instance_id, min(from_at) as "from", max(to_at) as "to", threshold_ms as threshold
     from numbered group by instance_id, run, threshold_ms order by 2`,
    [...logParameters(window.instanceIds, tiers), ...wholeParameters(window)],
  );
  const found = new Map<number, Covered[]>();
  for (const row of rows)
    found.set(row.instance_id, [
      ...(found.get(row.instance_id) ?? []),
      {
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
