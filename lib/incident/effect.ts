/** What an action changed: headline series in the minutes before and after it. Pure. */

/** Minutes looked at on either side. */
export const effectWindowMs = 5 * 60_000;
/** The minute after is still of both. */
const settlingMs = 20_000;
const leastPoints = 6;
/** A change smaller than this is none. */
const leastRatio = 1.25;

export type EffectSeries = {
  id: string;
  of: string | null;
  layer: string;
  unit: string;
  per_second: boolean;
  /** What is no change by itself, in the series' unit. */
  floor: number;
  points: readonly (readonly [number, number | null])[];
};
export type Effect = Omit<EffectSeries, 'points' | 'floor'> & { before: number; after: number };

const median = (values: number[]) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [a = 0, b = 0] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? b : (a + b) / 2;
};

/** Series that changed, the most first; null when too little of the time after is there to say. */
export function effectOf(series: readonly EffectSeries[], at: number): Effect[] | null {
  let seen = false;
  const found = series.flatMap(({ points, floor, ...one }) => {
    const within = (from: number, to: number) =>
      points.flatMap(([t, value]) => (t >= from && t < to && value !== null ? [value] : []));
    const before = within(at - effectWindowMs, at);
    const after = within(at + settlingMs, at + settlingMs + effectWindowMs);
    if (before.length < leastPoints || after.length < leastPoints) return [];
    seen = true;
    const [was, is] = [median(before), median(after)];
    const [low, high] = [Math.min(was, is), Math.max(was, is)];
    if (high - low < floor || high < low * leastRatio) return [];
    return [{ ...one, before: was, after: is, strength: (high - low) / Math.max(floor, low) }];
  });
  if (!seen) return null;
  return found
    .toSorted((a, b) => b.strength - a.strength)
    .slice(0, 6)
    .map(({ strength: _, ...one }) => one);
}
