/** What gives out first when load grows. Pure. */

export const resourceIds = ['connections', 'cpu', 'disk_busy'] as const;
export type ResourceId = (typeof resourceIds)[number];

export type ResourceUse = {
  id: ResourceId;
  /** The instance or machine it belongs to. */
  of: string;
  /** Share in use, 0 to 1, at epoch ms; null where it was not known. */
  points: readonly (readonly [at: number, used: number | null])[];
};

export type Headroom = {
  id: ResourceId;
  of: string;
  /** 95th percentile of the share in use; null when unknown. */
  used: number | null;
  /**
   * How many times the load of the window fits; 1 is at its end. Null when unknown, and when nothing is in use: from
   * nothing, nothing can be extrapolated.
   */
  factor: number | null;
  /** A disk that serves several requests at once may have room beyond being busy all the time. */
  atLeast: boolean;
  unknown: 'not_measured' | 'too_little' | 'unused' | null;
};

/** Less time with values says nothing about load. */
export const leastSpanMs = 30 * 60_000;
/** A window of which more than half is missing is not known. */
const leastKnown = 0.5;

/**
 * Assumes that the use of each resource grows in proportion to load, from the 95th percentile of the window. What is used
 * without any load (idle connections of a pool, a backup) is counted as load: the true headroom is then larger.
 * @returns the nearest to its end first, unknown ones last
 */
export function headroomOf(resources: readonly ResourceUse[]): Headroom[] {
  return resources
    .map((one) => headroomOfOne(one))
    .toSorted(
      (a, b) =>
        (a.factor ?? Number.POSITIVE_INFINITY) - (b.factor ?? Number.POSITIVE_INFINITY) || 0,
    );
}

function headroomOfOne({ id, of, points }: ResourceUse): Headroom {
  const known = points.flatMap(([at, used]) => (used === null ? [] : [{ at, used }]));
  const base = { id, of, atLeast: id === 'disk_busy' };
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return { ...base, used: null, factor: null, unknown: 'not_measured' };
  if (last.at - first.at < leastSpanMs || known.length < points.length * leastKnown)
    return { ...base, used: null, factor: null, unknown: 'too_little' };
  const sorted = known.map(({ used }) => used).toSorted((a, b) => a - b);
  const used = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
  if (used <= 0) return { ...base, used, factor: null, unknown: 'unused' };
  return { ...base, used, factor: Math.max(1, 1 / used), unknown: null };
}
