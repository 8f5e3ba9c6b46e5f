/** Whether a headline series is another after a moment than it was before. Pure. */
import type { Headline } from './layer-verdict';

export type Typical = { median: number | null; low: number | null; high: number | null };
export type WindowChange = {
  change: 'worse' | 'better' | 'same' | 'unknown';
  before: Typical;
  after: Typical;
};

/** Fewer readings say nothing of what is usual. */
const leastPoints = 5;
const leastPart = 0.5;
/** A tenth lies below and above: single spikes are no change of what is usual. */
const [lowShare, highShare] = [0.1, 0.9];
/** What differs less than by this part of itself is the same to whoever looks. */
const leastRatio = 0.2;

/**
 * The medians differ by more than the floor of the series, by a fifth, and by more than the series itself goes up and down in
 * either window: half of where the middle eight of ten readings lie.
 * @param windows as [from, to), epoch ms
 */
export function compareWindows(
  series: Pick<Headline, 'points' | 'worse' | 'floor'>,
  windows: Record<'before' | 'after', { from: number; to: number }>,
): WindowChange {
  const { before, after } = windows;
  const was = typicalOf(series.points, before);
  const is = typicalOf(series.points, after);
  if (was.median === null || is.median === null)
    return { change: 'unknown', before: was, after: is };
  const by = is.median - was.median;
  const spread = Math.max(half(was), half(is));
  const least = Math.max(series.floor, Math.abs(was.median) * leastRatio, spread);
  const change =
    Math.abs(by) <= least ? 'same' : by > 0 === (series.worse === 'up') ? 'worse' : 'better';
  return { change, before: was, after: is };
}

const half = ({ low, high }: Typical) => ((high ?? 0) - (low ?? 0)) / 2;

function typicalOf(points: Headline['points'], window: { from: number; to: number }): Typical {
  const inside = points.filter(([at]) => at >= window.from && at < window.to);
  const known = inside.flatMap(([, value]) => value ?? []).toSorted((a, b) => a - b);
  if (known.length < Math.max(leastPoints, inside.length * leastPart))
    return { median: null, low: null, high: null };
  const at = (share: number) => known[Math.round((known.length - 1) * share)] ?? null;
  return { median: at(0.5), low: at(lowShare), high: at(highShare) };
}
