import type { Interval } from './durations';

const minuteMs = 60_000;

/** What was served in an interval of time: requests, those that failed, how long all took. */
export type Served = { requests: number; errors: number; totalMs: number; intervals: Interval[] };

/**
 * Spreads what was counted between two moments evenly over the minutes between them. Counts stay whole and their sum the
 * same: an export every 60 s would else be twice in one minute and missing in the next.
 * @returns start of each minute, ms, with its part
 */
export function spreadOverMinutes(from: number, to: number, served: Served): [number, Served][] {
  // A row for each minute of a very long gap would say more than is known.
  const start = Math.max(from, to - 60 * minuteMs);
  const first = Math.floor(start / minuteMs) * minuteMs;
  if (start >= to || to <= first + minuteMs)
    return [[Math.floor(Math.min(start, to) / minuteMs) * minuteMs, served]];
  const found: [number, Served][] = [];
  for (let at = first; at < to; at += minuteMs) {
    const a = Math.max(0, at - start) / (to - start);
    const b = Math.min(1, (at + minuteMs - start) / (to - start));
    const part = (count: number) => Math.round(count * b) - Math.round(count * a);
    const intervals = served.intervals
      .map((one) => ({ ...one, count: part(one.count) }))
      .filter(({ count }) => count > 0);
    const requests = intervals.reduce((sum, { count }) => sum + count, 0);
    // All failed, or some: never more than there are.
    const all = served.errors === served.requests;
    const errors = all ? requests : Math.min(requests, part(served.errors));
    found.push([at, { requests, errors, totalMs: served.totalMs * (b - a), intervals }]);
  }
  return found;
}
