import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closeWith, sinceLast } from './counters';
import { countBelow, countWithin, intervalOf, mergeIntervals, percentileOf } from './durations';
import { spreadOverMinutes } from './minutes';

const duration = fc.double({ min: 0.01, max: 100_000, noNaN: true });
const counted = (values: number[]) =>
  mergeIntervals(values.map((ms) => ({ ...intervalOf(ms), count: 1 })));
/** As an SDK counts in buckets of its own. */
const explicit = [5, 10, 25, 50, 75, 100, 250, 500, 1000, 10_000];
const inExplicit = (values: number[]) =>
  mergeIntervals(
    values.map((ms) => {
      const at = explicit.findIndex((bound) => ms <= bound);
      const low = at === -1 ? 10_000 : (explicit[at - 1] ?? 0);
      return { low, high: explicit[at] ?? Number.POSITIVE_INFINITY, count: 1 };
    }),
  );

test('the true percentile of all values lies within the bounds, whatever schemes were merged', () => {
  fc.assert(
    fc.property(
      fc.array(duration, { minLength: 1, maxLength: 200 }),
      fc.array(duration, { maxLength: 200 }),
      fc.constantFrom(0.5, 0.95, 0.99),
      (fine, coarse, share) => {
        const merged = mergeIntervals([...counted(fine), ...inExplicit(coarse)]);
        const all = [...fine, ...coarse].sort((a, b) => a - b);
        const truth = all[Math.ceil(share * all.length) - 1] ?? 0;
        const found = percentileOf(merged, share);
        expect(found?.low).toBeLessThanOrEqual(truth * 1.000001);
        expect(found?.high ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(truth * 0.999999);
        if (found?.value != null) {
          expect(found.value).toBeGreaterThanOrEqual(found.low);
          expect(found.value).toBeLessThanOrEqual(found.high ?? Number.POSITIVE_INFINITY);
        }
      },
    ),
    { seed: 1 },
  );
});

test('an interval of the fixed scheme is 19 % wide and holds its durations', () => {
  fc.assert(
    fc.property(duration, (ms) => {
      const { low, high } = intervalOf(ms);
      expect(low).toBeLessThanOrEqual(ms * 1.000001);
      expect(high).toBeGreaterThanOrEqual(ms * 0.999999);
      expect(high / low).toBeCloseTo(2 ** 0.25, 4);
    }),
    { seed: 2 },
  );
});

test('nothing counted has no percentile, and an open interval has no value', () => {
  expect(percentileOf([], 0.95)).toBeNull();
  const open = [{ low: 100, high: Number.POSITIVE_INFINITY, count: 3 }];
  expect(percentileOf(open, 0.95)).toEqual({ value: null, low: 100, high: null });
  expect(percentileOf(closeWith(open, 130), 0.95)?.high).toBe(intervalOf(130).high);
});

test('how many are within a threshold is between what is sure and what may be', () => {
  const list = [
    { low: 0, high: 100, count: 10 },
    { low: 100, high: 200, count: 4 },
  ];
  expect(countWithin(list, 100)).toEqual({ least: 10, most: 10 });
  expect(countWithin(list, 150)).toEqual({ least: 10, most: 14 });
  expect(countBelow(list, 150)).toBe(12);
});

test('spread over minutes, counts stay whole and their sum the same', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 300_000 }),
      fc.integer({ min: 1, max: 600_000 }),
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 0, max: 100 }),
      (from, span, counts, failed) => {
        const intervals = counts.map((count, i) => ({ low: i, high: i + 1, count }));
        const requests = counts.reduce((a, b) => a + b, 0);
        const errors = Math.round((requests * failed) / 100);
        const parts = spreadOverMinutes(from, from + span, {
          requests,
          errors,
          totalMs: 100,
          intervals,
        });
        const sum = (pick: (part: (typeof parts)[number][1]) => number) =>
          parts.reduce((all, [, part]) => all + pick(part), 0);
        expect(sum((part) => part.requests)).toBe(requests);
        expect(sum((part) => part.totalMs)).toBeCloseTo(100);
        for (const [at, part] of parts) {
          expect(at % 60_000).toBe(0);
          expect(part.requests % 1).toBe(0);
          expect(part.errors).toBeLessThanOrEqual(part.requests);
        }
      },
    ),
    { seed: 3 },
  );
});

test('a counter whose buckets changed counts from now on, and one that fell began again', () => {
  const at = (low: number, count: number) => ({ low, high: low * 2, count });
  const last = { at: 1000, count: 5, totalMs: 50, intervals: [at(1, 5)] };
  const now = { startAt: 10, at: 2000, totalMs: 80 };
  expect(sinceLast({ ...now, count: 8, intervals: [at(4, 8)] }, last, 1000)).toBeNull();
  expect(sinceLast({ ...now, count: 2, intervals: [at(1, 2)] }, last, 1000)).toMatchObject({
    count: 2,
    from: 1000,
  });
  expect(sinceLast({ ...now, count: 8, intervals: [at(1, 8)] }, last, 1000)).toMatchObject({
    ...{ count: 3, totalMs: 30, intervals: [at(1, 3)] },
  });
});
