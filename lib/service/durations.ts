/**
 * Durations counted in intervals of ms. Spans and exponential histograms are counted in one fixed scheme, explicit buckets
 * of an SDK stay as wide as they came: any two histograms can be added, and a percentile is as exact as its interval.
 */
export type Interval = { low: number; high: number; count: number };

/** Bucket i of the fixed scheme holds (2^((i-1)/4), 2^(i/4)] seconds: the exponential histogram of OpenTelemetry at scale 2. */
const perOctave = 4;
const shortest = -20 * perOctave; // about 1 µs
const longest = 12 * perOctave; // about 68 minutes

/** The fixed interval that holds a duration. */
export function intervalOf(ms: number): { low: number; high: number } {
  if (!(ms > 0)) return fixedInterval(shortest);
  return fixedInterval(Math.ceil(Math.log2(ms / 1000) * perOctave - 1e-9));
}

/** The fixed interval of an index; the first one begins at 0 and the last one has no end. */
export function fixedInterval(index: number): { low: number; high: number } {
  const at = Math.min(longest, Math.max(shortest, index));
  return {
    low: at === shortest ? 0 : bound(at - 1),
    high: at === longest ? Number.POSITIVE_INFINITY : bound(at),
  };
}

/** As the store keeps it, so that the same bound is always the same number. */
const bound = (index: number) => Math.fround(2 ** (index / perOctave) * 1000);

/** Histograms as one, shortest first. */
export function mergeIntervals(lists: Iterable<Interval>): Interval[] {
  const merged = new Map<string, Interval>();
  for (const { low, high, count } of lists) {
    const name = `${low} ${high}`;
    const known = merged.get(name);
    if (known) known.count += count;
    else merged.set(name, { low, high, count });
  }
  return [...merged.values()]
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.low - b.low || a.high - b.high);
}

/** A percentile: it lies surely in (low, high]; `value` is where it lies when durations are spread evenly in each interval. */
export type Percentile = { value: number | null; low: number; high: number | null };

/**
 * The percentile (nearest rank) of a merged histogram.
 * @param share 0.95 for p95
 * @returns null when nothing was counted; `high` and `value` are null when the interval has no end
 */
export function percentileOf(intervals: readonly Interval[], share: number): Percentile | null {
  const total = intervals.reduce((sum, { count }) => sum + count, 0);
  if (total <= 0) return null;
  const rank = Math.min(total, Math.max(1, Math.ceil(share * total - 1e-9)));
  const low = boundAt(intervals, rank, 'low');
  const high = boundAt(intervals, rank, 'high');
  if (!Number.isFinite(high)) return { value: null, low, high: null };
  return { value: valueAt(intervals, rank, low, high), low, high };
}

/** The rank's value if every duration were at this end of its interval: nothing can be outside these two. */
function boundAt(intervals: readonly Interval[], rank: number, end: 'low' | 'high'): number {
  let seen = 0;
  for (const one of intervals.toSorted((a, b) => a[end] - b[end])) {
    seen += one.count;
    if (seen >= rank) return one[end];
  }
  return Number.POSITIVE_INFINITY;
}

function valueAt(intervals: readonly Interval[], rank: number, low: number, high: number): number {
  const ends = [...new Set(intervals.flatMap((one) => [one.low, one.high]))]
    .filter((end) => end > low && end < high)
    .sort((a, b) => a - b);
  let from = { at: low, count: countBelow(intervals, low) };
  for (const at of [...ends, high]) {
    const count = countBelow(intervals, at);
    if (count >= rank)
      return count === from.count
        ? at
        : from.at + ((at - from.at) * Math.max(0, rank - from.count)) / (count - from.count);
    from = { at, count };
  }
  return high;
}

/** How many durations are at or below `ms` when they are spread evenly in each interval. */
export function countBelow(intervals: readonly Interval[], ms: number): number {
  let sum = 0;
  for (const { low, high, count } of intervals)
    if (high <= ms) sum += count;
    else if (low < ms && Number.isFinite(high)) sum += (count * (ms - low)) / (high - low);
  return sum;
}

/** How many durations are surely at or below `ms`, and how many may be. */
export function countWithin(
  intervals: readonly Interval[],
  ms: number,
): { least: number; most: number } {
  let least = 0;
  let most = 0;
  for (const { low, high, count } of intervals) {
    if (high <= ms) least += count;
    if (low < ms) most += count;
  }
  return { least, most };
}
