import { type Interval, intervalOf } from './durations';

/** Where a counter of a process stood. */
export type Stood = { count: number; totalMs: number; intervals: Interval[] };
export type Since = Stood & { from: number; to: number };

/** A process younger than this when we first hear of it has sent all it did: older ones did most of it unheard. */
const youngMs = 10 * 60_000;

/**
 * What happened since a cumulative counter was last heard of.
 * @param last where it stood; null when it is new to us
 * @param processLastAt when the process last exported anything; a counter that it did not have then began after it
 * @returns null when that cannot be known, and counting begins now
 */
export function sinceLast(
  now: Stood & { startAt: number; at: number },
  last: (Stood & { at: number }) | null,
  processLastAt: number | null,
): Since | null {
  const whole = (from: number): Since => ({
    count: now.count,
    totalMs: now.totalMs,
    intervals: now.intervals,
    from,
    to: now.at,
  });
  if (last === null) {
    if (processLastAt !== null && processLastAt < now.at)
      return whole(Math.max(processLastAt, now.startAt));
    const young = now.startAt > 0 && now.at - now.startAt <= youngMs;
    return young ? whole(now.startAt) : null;
  }
  if (now.at <= last.at) return { count: 0, totalMs: 0, intervals: [], from: now.at, to: now.at };
  // Lower than before with the same start: it began again without saying so, and what it has now came since.
  const before = new Map(last.intervals.map((one) => [`${one.low} ${one.high}`, one.count]));
  const intervals: Interval[] = [];
  for (const one of now.intervals) {
    const name = `${one.low} ${one.high}`;
    const count = one.count - (before.get(name) ?? 0);
    before.delete(name);
    if (count < 0) return whole(last.at);
    if (count > 0) intervals.push({ ...one, count });
  }
  if (now.count < last.count) return whole(last.at);
  // Buckets that were there and are not: the scale changed, and what came since cannot be told from the rest.
  if (before.size > 0) return null;
  return {
    count: now.count - last.count,
    totalMs: Math.max(0, now.totalMs - last.totalMs),
    intervals,
    from: last.at,
    to: now.at,
  };
}

/** The longest duration closes what would else have no end, by a bound of the fixed scheme, of which there are few. */
export function closeWith(intervals: readonly Interval[], maxMs: number | null): Interval[] {
  return intervals.map((one) =>
    maxMs === null || Number.isFinite(one.high) || maxMs <= one.low
      ? one
      : { ...one, high: intervalOf(maxMs).high },
  );
}
