import { type Db, dayMs } from './partitions';

/** One line: average per step, with the lowest and highest sample of each step. Null is a gap. */
export type SeriesPoints = {
  instanceId: number;
  labels: Record<string, string>;
  points: [at: number, average: number | null][];
  min: (number | null)[];
  max: (number | null)[];
};

export type SeriesQuery = {
  instanceIds: number[];
  metric: string;
  column: string;
  /** Epoch ms; samples with from <= at < to. */
  from: number;
  to: number;
  /** At most about this many points a line. */
  points: number;
  labels?: Record<string, string>;
  /** Counters as they were read, not per second. */
  raw?: boolean;
};

const rollupStepMs = 5 * 60_000;
/** Whole days are read from the rollup when the step asked for is at least its own, and the range long enough to matter. */
const rollupFrom = 2 * dayMs;

/**
 * Reads a column over a range from whatever tier the data is in.
 * Points stand at the start of their step, steps are aligned to multiples of `stepMs`, and a step without a sample is null.
 */
export async function readSeries(
  db: Db,
  query: SeriesQuery,
): Promise<{ stepMs: number; series: SeriesPoints[] }> {
  const { rows: found } = await db.query<{
    id: number;
    instance_id: number;
    labels: Record<string, string>;
    every_ms: number;
  }>(
    `select s.id, s.instance_id, s.labels, coalesce(min(l.every_ms), 10000) as every_ms
     from series s left join slot p on p.series_id = s.id left join layout l on l.id = p.layout_id
     where s.instance_id = any($1) and s.metric = $2 and s.column_name = $3 and s.labels @> $4::jsonb
       and s.form = case when s.kind = 'counter' and not $5 then 'rate' else 'value' end
     group by s.id order by s.id`,
    [
      query.instanceIds,
      query.metric,
      query.column,
      JSON.stringify(query.labels ?? {}),
      query.raw ?? false,
    ],
  );
  const everyMs = found.reduce((most, row) => Math.max(most, row.every_ms), 1000);
  const stepMs = stepFor(query.from, query.to, query.points, everyMs);
  if (found.length === 0) return { stepMs, series: [] };
  const ids = found.map((row) => row.id);
  const buckets = await readBuckets(db, ids, query.from, query.to, stepMs);
  const first = Math.floor(query.from / stepMs);
  const count = Math.max(0, Math.ceil(query.to / stepMs) - first);
  const series = found
    .map((row) => lineOf(row, buckets.get(row.id), first, count, stepMs))
    .filter((line) => line !== null);
  return { stepMs, series };
}

/** The smallest multiple of the interval that gives no more than the asked number of points. */
export function stepFor(from: number, to: number, points: number, everyMs: number): number {
  const wanted = (to - from) / Math.max(1, points);
  return Math.max(1, Math.ceil(wanted / everyMs)) * everyMs;
}

type Bucket = { average: number; lowest: number; highest: number };

async function readBuckets(db: Db, ids: number[], from: number, to: number, stepMs: number) {
  const rollupTo =
    stepMs % rollupStepMs === 0 && to - from >= rollupFrom
      ? await lastRolledUp(db, from, to)
      : null;
  const { rows } = await db.query<{
    series_id: number;
    bucket: number;
    average: number;
    lowest: number;
    highest: number;
  }>(
    // Times are float8 milliseconds from the start: numeric and interval arithmetic per sample costs ten times as much.
    `with edge as (
       select extract(epoch from $2::timestamptz)::float8 * 1000 as a, extract(epoch from $3::timestamptz)::float8 * 1000 as z),
     sample as (
       select p.series_id, floor(extract(epoch from h.at)::float8 * 1000 / $4::float8) as bucket,
              h.vals[p.position] as v, h.vals[p.position] as lo, h.vals[p.position] as hi, 1::float8 as n
       from slot p join hot_sample h on h.layout_id = p.layout_id
       where p.series_id = any($1) and h.at >= $2 and h.at < $3
       union all
       select series_id, floor(at / $4::float8), v, v, v, 1
       from edge, (
         select b.series_id, extract(epoch from b.hour)::float8 * 1000 as first, b.step_ms::float8 as step, b.vals
         from block b where b.series_id = any($1) and b.hour > $2::timestamptz - interval '1 hour' and b.hour < $3
           and ($5::timestamptz is null or b.hour >= $5) offset 0) b,
         lateral (select b.first + (u.i - 1) * b.step as at, u.v from unnest(b.vals) with ordinality u (v, i)) s
       where at >= a and at < z
       union all
       select series_id, floor(at / $4::float8), v, lo, hi, n
       from edge, (
         select r.series_id, extract(epoch from r.day)::float8 * 1000 as first, r.average, r.lowest, r.highest, r.samples
         from rollup r where $5::timestamptz is not null and r.series_id = any($1)
           and r.day > $2::timestamptz - interval '1 day' and r.day < $5 offset 0) r,
         lateral (select r.first + (u.i - 1) * 300000 as at, u.* from
           unnest(r.average, r.lowest, r.highest, r.samples) with ordinality u (v, lo, hi, n, i)) s
       where at >= a
     )
     select series_id, bucket, sum(v * n) / sum(n) as average, min(lo) as lowest, max(hi) as highest
     from sample where v is not null group by 1, 2`,
    [ids, new Date(from), new Date(to), stepMs, rollupTo === null ? null : new Date(rollupTo)],
  );
  const byId = new Map<number, Map<number, Bucket>>();
  for (const row of rows) {
    const line = byId.get(row.series_id) ?? new Map<number, Bucket>();
    byId.set(row.series_id, line);
    line.set(row.bucket, row);
  }
  return byId;
}

/** End of the unbroken run of rolled-up days that covers `from`, or null when its first day is not rolled up. */
async function lastRolledUp(db: Db, from: number, to: number): Promise<number | null> {
  const start = Math.floor(from / dayMs) * dayMs;
  const { rows } = await db.query<{ at: Date }>(
    `select at from compacted where tier = 'rollup' and at >= $1 and at < $2 order by at`,
    [new Date(start), new Date(to)],
  );
  let end = start;
  for (const row of rows) {
    if (row.at.getTime() !== end) break;
    end += dayMs;
  }
  return end > start && end <= to ? end : null;
}

function lineOf(
  row: { instance_id: number; labels: Record<string, string> },
  buckets: Map<number, Bucket> | undefined,
  first: number,
  count: number,
  stepMs: number,
): SeriesPoints | null {
  if (!buckets) return null; // Nothing in this range: a line that ended before or began after it.
  const line: SeriesPoints = {
    instanceId: row.instance_id,
    labels: row.labels,
    points: [],
    min: [],
    max: [],
  };
  for (let index = first; index < first + count; index++) {
    const bucket = buckets.get(index);
    line.points.push([index * stepMs, bucket?.average ?? null]);
    line.min.push(bucket?.lowest ?? null);
    line.max.push(bucket?.highest ?? null);
  }
  return line;
}
