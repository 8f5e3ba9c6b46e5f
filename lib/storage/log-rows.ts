/** Which rows hold a window of what logs said: finished hours have sums, the rest is read reading by reading. */
import { type Db, hourMs } from './partitions';

export type LogWindow = {
  instanceIds: number[];
  from: number;
  to: number;
  /** What the statement readings cover; null when there is none. */
  watched: { from: number; to: number } | null;
  /** When the statements' own counts are a lower bound. */
  partial: { instanceId: number; from: number; to: number }[];
};

/** Edges in `log_reading`, and hours (by their start) in `log_hour`. */
export type LogTiers = { starts: Date[]; ends: Date[]; hours: Date[] };

/** Readings whose end lies in (from, to]. An hour in which counts are partial is read reading by reading. */
export async function logTiers(
  db: Db,
  { from, to, partial }: Pick<LogWindow, 'from' | 'to' | 'partial'>,
): Promise<LogTiers> {
  const { rows } = await db.query<{ at: Date }>(
    `select at from compacted c where tier = 'log_minutes' and at >= $1 and at + interval '1 hour' <= $2
       and (at < now() - interval '7 days' or not exists (
         select from unnest($3::timestamptz[], $4::timestamptz[]) p (a, z) where p.a < c.at + interval '1 hour' and p.z > c.at))
     order by at`,
    [
      new Date(from),
      new Date(to),
      partial.map((one) => new Date(one.from)),
      partial.map((one) => new Date(one.to)),
    ],
  );
  const tiers: LogTiers = { starts: [], ends: [], hours: rows.map(({ at }) => at) };
  let start = from;
  for (const { at } of [...rows, { at: new Date(to) }]) {
    if (at.getTime() > start) {
      tiers.starts.push(new Date(start));
      tiers.ends.push(at);
    }
    start = at.getTime() + hourMs;
  }
  return tiers;
}

/** The values of $1 to $4 in `logRows`. */
export function logParameters(instanceIds: number[], tiers: LogTiers): unknown[] {
  return [instanceIds, tiers.starts, tiers.ends, tiers.hours];
}

/** The window's rows as a subquery with these columns. */
export function logRows(columns: readonly string[]): string {
  const list = ['instance_id', 'from_at', 'to_at', ...columns]
    .map((name) => `r.${name}`)
    .join(', ');
  return `(
    select ${list} from unnest($2::timestamptz[], $3::timestamptz[]) e (a, z)
      join log_reading r on r.instance_id = any($1) and r.to_at > e.a and r.to_at <= e.z
    union all
    select ${list} from unnest($4::timestamptz[]) h (at)
      join log_hour r on r.instance_id = any($1) and r.to_at > h.at and r.to_at <= h.at + interval '1 hour')`;
}

/** The values of $5 to $8 in `wholeRows`. */
export function wholeParameters({ from, partial }: LogWindow): unknown[] {
  return [
    new Date(from),
    partial.map(({ instanceId }) => instanceId),
    partial.map((one) => new Date(one.from)),
    partial.map((one) => new Date(one.to)),
  ];
}

/**
 * Of `logRows` those that have every execution from their threshold on, while the statements' own counts were whole. One
 * that began much before the window is left out: windows and readings differ by a poll at their edges, not by minutes.
 */
export function wholeRows(columns: readonly string[]): string {
  return `(select * from ${logRows(['threshold_ms', ...columns])} w
    where threshold_ms is not null and from_at >= $5::timestamptz - interval '15 seconds'
      and not exists (select from unnest($6::int[], $7::timestamptz[], $8::timestamptz[]) p (instance, a, z)
        where p.instance = instance_id and p.a < to_at and p.z > from_at))`;
}
