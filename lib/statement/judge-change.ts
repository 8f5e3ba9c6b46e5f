/** Whether a statement changed between two windows, and whether that is more than noise. Pure. */

/** One side: sums of a window; `seconds` is how much of it was watched. */
export type Side = { calls: number; total_ms: number; sum_sq_ms: number };

export type ChangeState = 'new' | 'gone' | 'slower' | 'faster' | 'same' | 'unknown';

/**
 * Welch's t beyond which a mean is called changed: among thousands of statements one in 16,000 by chance, if times were
 * spread evenly around it. They are not, so the change must be large enough to matter too.
 */
const leastT = 4;
const leastRatio = 1.2;
/** Of fewer calls a mean says nothing. */
const leastCalls = 5;
/** A window of which less was watched may have missed it. */
export const leastWatched = 0.9;

export const meanOf = ({ calls, total_ms }: Side): number | null =>
  calls > 0 ? total_ms / calls : null;

/** Sample standard deviation in ms; null for a single call. */
export function stddevOf({ calls, total_ms, sum_sq_ms }: Side): number | null {
  if (calls < 2) return null;
  return Math.sqrt(Math.max(0, (sum_sq_ms - total_ms ** 2 / calls) / (calls - 1)));
}

/** The mean after over the mean before; `beyond_noise` when the difference is larger than spread and calls explain. */
export function judgeMean(
  before: Side,
  after: Side,
): { ratio: number | null; beyond_noise: boolean } {
  const [a, b] = [meanOf(before), meanOf(after)];
  if (a === null || b === null) return { ratio: null, beyond_noise: false };
  const ratio = a > 0 ? b / a : null;
  const [sa, sb] = [stddevOf(before), stddevOf(after)];
  if (sa === null || sb === null || Math.min(before.calls, after.calls) < leastCalls)
    return { ratio, beyond_noise: false };
  const error = Math.sqrt(sa ** 2 / before.calls + sb ** 2 / after.calls);
  const t = error > 0 ? Math.abs(b - a) / error : b === a ? 0 : Number.POSITIVE_INFINITY;
  const large = ratio !== null && (ratio >= leastRatio || ratio <= 1 / leastRatio);
  return { ratio, beyond_noise: large && t >= leastT };
}

/** As often as it ran on the other side, it would have run this often in the window: none then is no chance (e^-5). */
const leastExpected = 5;

/** How much of a window was watched, over the instances the statement runs on: the least share, and seconds. */
export type WatchedSide = { share: number; seconds: number };

/** What was not watched, or is too rare to be missed in so short a window, is unknown: neither new nor gone. */
export function judgeChange(
  before: Side,
  after: Side,
  watched: { before: WatchedSide; after: WatchedSide },
): ChangeState {
  const missed = (there: Side, on: WatchedSide, off: WatchedSide) =>
    off.share >= leastWatched &&
    (there.calls / Math.max(1, on.seconds)) * off.seconds >= leastExpected;
  if (before.calls === 0) return missed(after, watched.after, watched.before) ? 'new' : 'unknown';
  if (after.calls === 0) return missed(before, watched.before, watched.after) ? 'gone' : 'unknown';
  const { ratio, beyond_noise } = judgeMean(before, after);
  if (!beyond_noise || ratio === null) return 'same';
  return ratio > 1 ? 'slower' : 'faster';
}
