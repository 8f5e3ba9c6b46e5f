/**
 * Durations in buckets that are the same everywhere and always, so that histograms of any two times, servers and
 * versions can be added. Bucket i holds (growth^(i-1), growth^i] ms; its middle is at most 2.44 % from any of them
 * (DDSketch, Masson et al., VLDB 2019, with a relative error of 0.0244).
 */
export const growth = 1.05;
export const relativeError = (growth - 1) / (growth + 1);

const shortestMs = 0.001;
const longestMs = 1e9;
const logGrowth = Math.log(growth);

/** Bucket to number of executions. */
export type Histogram = Map<number, number>;

export function bucketOf(ms: number): number {
  const bounded = Math.min(longestMs, Math.max(shortestMs, ms));
  return Math.ceil(Math.log(bounded) / logGrowth - 1e-9);
}

/** Buckets from here on hold what took at most so long: of ranges that are wider than a bucket. */
const atMost = 10_000;

/** The bucket of what is only known to have taken at most `ms`, or, infinite, any time. */
export function atMostBucketOf(ms: number): number {
  return atMost + bucketOf(ms);
}

/** The longest a duration of an `atMost` bucket can be, ms, infinite where there is no limit; null for the other buckets. */
export function boundOf(bucket: number): number | null {
  if (bucket < atMost / 2) return null;
  const last = bucketOf(longestMs);
  return bucket - atMost >= last ? Number.POSITIVE_INFINITY : growth ** (bucket - atMost);
}

/** What stands for every duration of a bucket, in ms. */
export function middleOf(bucket: number): number {
  return (2 * growth ** bucket) / (growth + 1);
}

/**
 * A percentile (nearest rank) of all executions, of which only those at or above a threshold are in the histogram. It is
 * exact to the bucket when it lies among them, however few they are; null when it lies among those that were not logged.
 * @param calls all executions, logged or not
 * @param share 0.95 for p95
 */
export function tailPercentile(histogram: Histogram, calls: number, share: number): number | null {
  const logged = [...histogram.values()].reduce((sum, count) => sum + count, 0);
  // More logged than counted: the edges of the two windows differ by a poll.
  const all = Math.max(calls, logged);
  if (all === 0) return null;
  /** How many executions take longer than the percentile. */
  let above = all - Math.max(1, Math.ceil(share * all - 1e-9));
  if (above >= logged) return null;
  for (const [bucket, count] of [...histogram].sort(([a], [b]) => b - a)) {
    if (above < count) return middleOf(bucket);
    above -= count;
  }
  return null;
}
