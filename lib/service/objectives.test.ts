import { expect, test } from 'vitest';
import { burnRate, goodOf, type Objective, objectiveState } from './objectives';

const availability: Objective = { kind: 'availability', target: 0.999 };
const served = (requests: number, errors: number) => ({ requests, errors, intervals: [] });
const rates = (more: object) => ({ '5m': 0, '30m': 0, '1h': 0, '6h': 0, ...more });

test('the burn rate is how many times faster than allowed the budget is spent', () => {
  // One in a thousand may fail; fourteen do.
  expect(burnRate(availability, goodOf(availability, served(100_000, 100)))).toBeCloseTo(1);
  expect(burnRate(availability, goodOf(availability, served(1000, 14)))).toBeCloseTo(14);
  expect(burnRate(availability, goodOf(availability, served(0, 0)))).toBeNull();
  expect(burnRate(availability, null)).toBeNull();
});

test('latency counts what is surely and what may be within the threshold', () => {
  const intervals = [
    { low: 0, high: 50, count: 90 },
    { low: 50, high: 100, count: 8 },
    { low: 100, high: Number.POSITIVE_INFINITY, count: 2 },
  ];
  const counted = { requests: 100, errors: 0, intervals };
  const at = (thresholdMs: number) =>
    goodOf({ kind: 'latency', target: 0.95, thresholdMs }, counted);
  expect(at(100)).toEqual({ total: 100, good: 98, least: 98, most: 98 });
  expect(at(75)).toEqual({ total: 100, good: 94, least: 90, most: 98 });
  expect(at(200)).toMatchObject({ good: 98, least: 98, most: 100 });
});

test('a pair of windows must burn together', () => {
  expect(objectiveState(rates({ '1h': 20, '5m': 20 }), 0.9)).toBe('critical');
  // It is over: the short window is calm again.
  expect(objectiveState(rates({ '1h': 20, '5m': 0 }), 0.9)).toBe('ok');
  expect(objectiveState(rates({ '6h': 7, '30m': 7, '1h': 7, '5m': 7 }), 0.9)).toBe('warning');
  expect(objectiveState(rates({ '5m': 20 }), 0.9)).toBe('ok');
  expect(objectiveState(rates({}), -0.2)).toBe('warning');
  expect(objectiveState(rates({ '5m': null, '1h': null, '6h': null, '30m': null }), null)).toBe(
    'unknown',
  );
});
