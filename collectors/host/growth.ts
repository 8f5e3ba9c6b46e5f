/** How fast filesystems fill, as a straight line through what was seen. Pure. */

export type Growth = { bytesPerDay: number | null; daysToFull: number | null };
type Point = { at: number; used: number };

const dayMs = 86_400_000;
const windowMs = 6 * 3_600_000;
const leastMs = 30 * 60_000;
/** Less is not growing: 1 % of the size in 100 days. */
const leastShare = 0.0001;

/** Remembers 6 hours of each filesystem, in steps of a minute. */
export function watchGrowth() {
  const seen = new Map<string, Point[]>();
  return {
    /**
     * @param at epoch ms
     * @returns unknown until 30 minutes were seen; days are unknown when it does not grow
     */
    add(key: string, at: number, used: number, available: number): Growth {
      const points = (seen.get(key) ?? []).filter((one) => one.at > at - windowMs && one.at <= at);
      const last = points.at(-1);
      if (last === undefined || at - last.at >= 60_000) points.push({ at, used });
      seen.set(key, points);
      const first = points[0];
      if (first === undefined || at - first.at < leastMs)
        return { bytesPerDay: null, daysToFull: null };
      const bytesPerDay = slope(points) * dayMs;
      const grows = bytesPerDay > leastShare * (used + available);
      return { bytesPerDay, daysToFull: grows ? available / bytesPerDay : null };
    },
  };
}

/** Least squares, bytes per ms. */
function slope(points: readonly Point[]): number {
  const mean = (of: (point: Point) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const at = mean((point) => point.at);
  const used = mean((point) => point.used);
  const spread = mean((point) => (point.at - at) ** 2);
  return spread === 0 ? 0 : mean((point) => (point.at - at) * (point.used - used)) / spread;
}
