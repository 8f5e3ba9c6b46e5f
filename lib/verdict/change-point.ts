/** When a series left what is usual for it, told from noise. Pure. */

/** What is usual at a time of day, from days before; where history does not reach, it is left out. */
export type Usual = { median: number; spread: number };

export type Watched = {
  /** Equal steps; null is unknown. Epoch ms, ascending. */
  points: readonly (readonly [at: number, value: number | null])[];
  /** Which way is worse. */
  worse: 'up' | 'down';
  /** A shift smaller than this is never worth naming, in the unit of the series. */
  floor: number;
  usual?: (at: number) => Usual | null;
};

export type Change = {
  /** The first step that was not usual. */
  at: number;
  /** The usual value, and the median since the change. */
  before: number;
  after: number;
  /** In spreads of the usual, at its highest. */
  strength: number;
  /** When it was usual again; null while it is not. */
  endedAt: number | null;
};

export type Watching =
  | { state: 'unknown'; reason: 'too_few_points' }
  | { state: 'usual' }
  | { state: 'changed'; change: Change };

/**
 * Page's cumulative sum over robust scores: each step adds by how many spreads it lies beyond `slack`, at most `clip`, so that
 * one wild point is no change and a lasting one is found after three to six steps.
 */
const slack = 2.5;
const clip = 8;
const alarm = 15;
/** Usual again: this many steps in a row within the slack. */
const calmSteps = 6;
/** Of the reference at least this part must be known, and at least so many points. */
const knownPart = 0.5;
const leastPoints = 20;
/** Noise of real series is wider than their spread in a quiet hour: a tenth of the usual value is noise. */
const relativeNoise = 0.1;
/** From the middle half of normal values to a standard deviation. */
const toDeviation = 1.4826;

/**
 * @param from the reference is what lies before it, the change what comes from it on
 * @returns the newest change that has not ended, else the last one that has
 */
export function watchSeries(series: Watched, from: number): Watching {
  const reference = series.points.flatMap(([at, value]) =>
    at < from && value !== null ? [value] : [],
  );
  const before = series.points.filter(([at]) => at < from).length;
  if (reference.length < Math.max(leastPoints, before * knownPart))
    return { state: 'unknown', reason: 'too_few_points' };
  const base = usualOf(reference);
  const sign = series.worse === 'up' ? 1 : -1;
  const score = (at: number, value: number) => {
    const expected = worst(base, series.usual?.(at) ?? null, sign);
    const scale = Math.max(
      expected.spread,
      Math.abs(expected.median) * relativeNoise,
      // What is not beyond the floor adds nothing, however long it lasts.
      series.floor / slack,
    );
    return scale > 0 ? (sign * (value - expected.median)) / scale : 0;
  };
  let sum = 0;
  let risingAt: number | null = null;
  let known = 0;
  let calm = 0;
  let change: (Change & { values: number[] }) | null = null;
  for (const [at, value] of series.points) {
    if (at < from || value === null) continue;
    known++;
    const z = score(at, value);
    const step = Math.min(z, clip) - slack;
    if (change === null || change.endedAt !== null) {
      sum = Math.max(0, sum + step);
      if (sum === 0) risingAt = null;
      else risingAt ??= at;
      if (sum >= alarm && risingAt !== null) {
        const values = series.points.flatMap(([when, one]) =>
          when >= (risingAt as number) && when <= at && one !== null ? [one] : [],
        );
        change = {
          ...{ at: risingAt, before: base.median, after: median(values), strength: z },
          ...{ endedAt: null, values },
        };
        calm = 0;
      }
    } else {
      calm = z < slack ? calm + 1 : 0;
      change.values.push(value);
      change.strength = Math.max(change.strength, z);
      if (calm === calmSteps) {
        change.endedAt = at;
        change.values.splice(-calmSteps);
        sum = 0;
        risingAt = null;
      }
      change.after = median(change.values);
    }
  }
  if (change !== null) {
    const { values: _, ...found } = change;
    return { state: 'changed', change: found };
  }
  return known < 3 ? { state: 'unknown', reason: 'too_few_points' } : { state: 'usual' };
}

/** Median, and the spread that half of all values lie within, as a standard deviation. */
export function usualOf(values: readonly number[]): Usual {
  const middle = median(values);
  return {
    median: middle,
    spread: toDeviation * median(values.map((value) => Math.abs(value - middle))),
  };
}

/** What is usual every day at this hour is no change, whatever the last hour was. */
function worst(base: Usual, seasonal: Usual | null, sign: number): Usual {
  if (seasonal === null || sign * (seasonal.median - base.median) <= 0) return base;
  return { median: seasonal.median, spread: Math.max(base.spread, seasonal.spread) };
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}
