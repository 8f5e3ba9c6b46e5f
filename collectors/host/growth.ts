/** How fast filesystems fill, as what was seen says when single jumps and saws are left out. Pure. */

export type Growth = { bytesPerDay: number | null; daysToFull: number | null };
type Point = { at: number; used: number };

const dayMs = 86_400_000;
const windowMs = 6 * 3_600_000;
const leastMs = 30 * 60_000;
/** Files of the log of changes come and go within it: of each stretch the median counts. */
const stretchMs = 5 * 60_000;
/** Less is not growing: 1 % of the size in 100 days. */
const leastShare = 0.0001;
/** Growth that goes on is seen in most parts of the time, a file that was put there once in one of them. */
const parts = 6;
const growingParts = 4;

/** Remembers 6 hours of each filesystem, in steps of a minute. */
export function watchGrowth() {
  const seen = new Map<string, Point[]>();
  return {
    /**
     * @param at epoch ms
     * @returns unknown until 30 minutes were seen; days are unknown when it does not grow, or not steadily
     */
    add(key: string, at: number, used: number, available: number): Growth {
      const points = (seen.get(key) ?? []).filter((one) => one.at > at - windowMs && one.at <= at);
      const last = points.at(-1);
      if (last === undefined || at - last.at >= 60_000) points.push({ at, used });
      seen.set(key, points);
      const first = points[0];
      if (first === undefined || at - first.at < leastMs)
        return { bytesPerDay: null, daysToFull: null };
      const stretches = medians(points, stretchMs);
      const bytesPerDay = typicalSlope(stretches) * dayMs;
      const grows = bytesPerDay > leastShare * (used + available) && isSteady(points);
      return { bytesPerDay, daysToFull: grows ? available / bytesPerDay : null };
    },
  };
}

/** The median of each stretch of time, in the middle of what was seen of it. */
function medians(points: readonly Point[], stretch: number): Point[] {
  const found = new Map<number, Point[]>();
  for (const point of points) {
    const number = Math.floor(point.at / stretch);
    found.set(number, [...(found.get(number) ?? []), point]);
  }
  return [...found.values()].map((own) => ({
    at: median(own.map(({ at }) => at)),
    used: median(own.map(({ used }) => used)),
  }));
}

/** The median of the slopes between all pairs (Theil and Sen), bytes per ms: a third of the points may be anything. */
function typicalSlope(points: readonly Point[]): number {
  return median(
    points.flatMap((from, i) =>
      points.slice(i + 1).map((to) => (to.used - from.used) / (to.at - from.at)),
    ),
  );
}

function isSteady(points: readonly Point[]): boolean {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return false;
  const part = (last.at - first.at) / parts;
  const levels = Array.from({ length: parts + 1 }, (_, i) => {
    const at = first.at + i * part;
    return median(points.flatMap((one) => (Math.abs(one.at - at) <= part / 4 ? [one.used] : [])));
  });
  return levels.filter((level, i) => level > (levels[i - 1] ?? Infinity)).length >= growingParts;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [
    sorted[sorted.length % 2 === 0 ? middle - 1 : middle],
    sorted[middle],
  ];
  return (low + high) / 2;
}
