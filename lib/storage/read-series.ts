import type { Pool } from 'pg';
import { eachFloat, floatsOf } from './float-array';
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
  db: Pool,
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
  const first = Math.floor(query.from / stepMs);
  const count = Math.max(0, Math.ceil(query.to / stepMs) - first);
  const buckets = new Map(found.map((row) => [row.id, new Buckets(first, count, stepMs)]));
  await fillBuckets(db, buckets, query.from, query.to, stepMs);
  const series = found.flatMap((row) => {
    const points = buckets.get(row.id)?.points();
    // Nothing in this range: a line that ended before or began after it.
    return points ? [{ instanceId: row.instance_id, labels: row.labels, ...points }] : [];
  });
  return { stepMs, series };
}

/** Sum and highest of all samples of a range, by instance and column of a metric whose rows have no labels. */
export async function readSums(
  db: Pool,
  query: { instanceIds: number[]; metrics: readonly string[]; from: number; to: number },
): Promise<Map<number, Map<string, { sum: number; most: number }>>> {
  const { rows } = await db.query<{ id: number; instance_id: number; column_name: string }>(
    `select id, instance_id, column_name from series
     where instance_id = any($1) and metric = any($2) and form = 'value'`,
    [query.instanceIds, query.metrics],
  );
  const whole = query.to - query.from;
  const lines = new Map(rows.map((row) => [row.id, new Buckets(0, 1, Number.MAX_SAFE_INTEGER)]));
  if (rows.length > 0) await fillBuckets(db, lines, query.from, query.to, whole);
  const found = new Map<number, Map<string, { sum: number; most: number }>>();
  for (const row of rows) {
    const total = lines.get(row.id)?.total();
    if (!total) continue;
    const columns = found.get(row.instance_id) ?? new Map();
    found.set(row.instance_id, columns.set(row.column_name, total));
  }
  return found;
}

/** The smallest multiple of the interval that gives no more than the asked number of points. */
export function stepFor(from: number, to: number, points: number, everyMs: number): number {
  const wanted = (to - from) / Math.max(1, points);
  return Math.max(1, Math.ceil(wanted / everyMs)) * everyMs;
}

/** Sum, count, lowest and highest per step of one line. */
class Buckets {
  private readonly sums: Float64Array;
  private readonly counts: Float64Array;
  private readonly lowest: Float64Array;
  private readonly highest: Float64Array;

  constructor(
    private readonly first: number,
    private readonly count: number,
    private readonly stepMs: number,
  ) {
    this.sums = new Float64Array(count);
    this.counts = new Float64Array(count);
    this.lowest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    this.highest = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  }

  add(at: number, average: number, lowest = average, highest = average, samples = 1): void {
    const index = Math.floor(at / this.stepMs) - this.first;
    if (index < 0 || index >= this.count) return;
    this.sums[index] = (this.sums[index] ?? 0) + average * samples;
    this.counts[index] = (this.counts[index] ?? 0) + samples;
    if (lowest < (this.lowest[index] ?? 0)) this.lowest[index] = lowest;
    if (highest > (this.highest[index] ?? 0)) this.highest[index] = highest;
  }

  /** Of the first step; null when there is not one sample. */
  total(): { sum: number; most: number } | null {
    if (!this.counts[0]) return null;
    return { sum: this.sums[0] ?? 0, most: this.highest[0] ?? 0 };
  }

  /** Null when there is not one sample. */
  points(): Pick<SeriesPoints, 'points' | 'min' | 'max'> | null {
    if (!this.counts.some((count) => count > 0)) return null;
    const points: SeriesPoints['points'] = [];
    const min: (number | null)[] = [];
    const max: (number | null)[] = [];
    for (let index = 0; index < this.count; index++) {
      const samples = this.counts[index] ?? 0;
      const known = samples > 0;
      points.push([
        (this.first + index) * this.stepMs,
        known ? (this.sums[index] ?? 0) / samples : null,
      ]);
      min.push(known ? (this.lowest[index] ?? null) : null);
      max.push(known ? (this.highest[index] ?? null) : null);
    }
    return { points, min, max };
  }
}

/**
 * Arrays come in their binary form and are put into steps here: PostgreSQL's grouping of single samples costs three
 * times as much as sending them.
 */
async function fillBuckets(
  db: Pool,
  lines: Map<number, Buckets>,
  from: number,
  to: number,
  stepMs: number,
): Promise<void> {
  const ids = [...lines.keys()];
  const rollupTo =
    stepMs % rollupStepMs === 0 && to - from >= rollupFrom
      ? await lastRolledUp(db, from, to)
      : null;
  const blockFrom = rollupTo ?? from;
  if (rollupTo !== null) await fillFromRollup(db, lines, from, rollupTo);
  // One statement for both tiers: an hour that is being compacted is seen in one of them, whole.
  const read = (some: number[]) =>
    db.query<{
      series_id: number;
      first: number | null;
      step_ms: number | null;
      times: Buffer | null;
      vals: Buffer;
    }>(
      `select series_id, extract(epoch from hour)::float8 * 1000 as first, step_ms, null::bytea as times, array_send(vals) as vals
     from block where series_id = any($1) and hour > $2::timestamptz - interval '1 hour' and hour < $3
     union all
     select p.series_id, null, null, array_send(array_agg(extract(epoch from h.at)::float8 * 1000 order by h.at)),
            array_send(array_agg(h.vals[p.position] order by h.at))
     from slot p join hot_sample h on h.layout_id = p.layout_id
     where p.series_id = any($1) and h.at >= $2 and h.at < $3 group by p.series_id`,
      [some, new Date(blockFrom), new Date(to)],
    );
  // Many lines are read in two halves at the same time.
  const half = ids.length >= 8 ? Math.ceil(ids.length / 2) : ids.length;
  const parts = await Promise.all(
    [ids.slice(0, half), ids.slice(half)].filter((some) => some.length > 0).map(read),
  );
  for (const row of parts.flatMap(({ rows }) => rows)) {
    const line = lines.get(row.series_id);
    if (!line) continue;
    const times = row.times && floatsOf(row.times);
    eachFloat(row.vals, (index, value) => {
      const at = times ? times[index] : (row.first ?? 0) + index * (row.step_ms ?? 0);
      if (at != null && at >= blockFrom && at < to) line.add(at, value);
    });
  }
}

async function fillFromRollup(db: Db, lines: Map<number, Buckets>, from: number, to: number) {
  const { rows } = await db.query<{
    series_id: number;
    first: number;
    average: Buffer;
    lowest: Buffer;
    highest: Buffer;
    samples: Buffer;
  }>(
    `select series_id, extract(epoch from day)::float8 * 1000 as first, array_send(average) as average,
            array_send(lowest) as lowest, array_send(highest) as highest, array_send(samples) as samples
     from rollup where series_id = any($1) and day > $2::timestamptz - interval '1 day' and day < $3`,
    [[...lines.keys()], new Date(from), new Date(to)],
  );
  for (const row of rows) {
    const lowest = floatsOf(row.lowest);
    const highest = floatsOf(row.highest);
    const samples = floatsOf(row.samples);
    eachFloat(row.average, (index, average) => {
      const at = row.first + index * rollupStepMs;
      if (at < from) return;
      lines
        .get(row.series_id)
        ?.add(
          at,
          average,
          lowest[index] ?? average,
          highest[index] ?? average,
          samples[index] ?? 1,
        );
    });
  }
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
