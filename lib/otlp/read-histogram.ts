import { fixedInterval, type Interval } from '@/lib/service/durations';
import type { ExplicitPoint, ExponentialPoint } from './requests';

const mostBuckets = 200;

/**
 * The buckets of a point as intervals of ms, as wide as they came. Without buckets all lie somewhere above 0.
 * @param unitMs ms in one unit of the point
 * @returns null when the point contradicts itself
 */
export function explicitIntervals(point: ExplicitPoint, unitMs: number): Interval[] | null {
  const { explicitBounds: bounds, bucketCounts: counts } = point;
  if (counts.length === 0) return [open(point.count)];
  if (counts.length !== bounds.length + 1 || counts.length > mostBuckets) return null;
  if (bounds.some((at, i) => !Number.isFinite(at) || at <= (bounds[i - 1] ?? -Infinity)))
    return null;
  if (!countsAdd(counts, point.count)) return null;
  const at = (index: number) => Math.fround(Math.max(0, (bounds[index] ?? 0) * unitMs));
  return counts
    .map((count, i) => ({
      low: i === 0 ? 0 : at(i - 1),
      high: i === bounds.length ? Number.POSITIVE_INFINITY : at(i),
      count,
    }))
    .filter(({ count }) => count > 0);
}

/**
 * At scale 2 and finer, in seconds, buckets of the fixed scheme hold whole buckets of the point: nothing is lost but the
 * finer width. What is coarser, or in another unit, keeps its own bounds.
 */
export function exponentialIntervals(point: ExponentialPoint, unitMs: number): Interval[] | null {
  const { scale, zeroCount, positive } = point;
  if (scale < -10 || scale > 20 || positive.bucketCounts.length > mostBuckets) return null;
  if (!countsAdd([zeroCount, ...positive.bucketCounts], point.count)) return null;
  const found: Interval[] = zeroCount > 0 ? [{ ...fixedInterval(-1e9), count: zeroCount }] : [];
  positive.bucketCounts.forEach((count, i) => {
    if (count === 0) return;
    const index = positive.offset + i;
    if (unitMs === 1000 && scale >= 2)
      found.push({ ...fixedInterval(Math.floor(index / 2 ** (scale - 2)) + 1), count });
    else {
      const at = (power: number) => Math.fround(2 ** (power / 2 ** scale) * unitMs);
      found.push({ low: at(index), high: at(index + 1), count });
    }
  });
  return found;
}

const open = (count: number): Interval => ({ low: 0, high: Number.POSITIVE_INFINITY, count });

function countsAdd(counts: readonly number[], count: number): boolean {
  return counts.every((one) => one >= 0) && counts.reduce((a, b) => a + b, 0) === count;
}
