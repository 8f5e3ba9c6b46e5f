import { expect, test } from 'vitest';
import { dayMs, rushAt, seededRandom } from './rhythm';

test('the shop is quiet at night and busiest half a day later', () => {
  expect(rushAt(0)).toBeCloseTo(0.25);
  expect(rushAt(dayMs / 2)).toBeCloseTo(1);
  expect(rushAt(dayMs)).toBeCloseTo(0.25);
});

test('the same seed gives the same numbers, all in 0..1', () => {
  const one = seededRandom(7);
  const two = seededRandom(7);
  const drawn = Array.from({ length: 1000 }, () => one());
  expect(drawn).toEqual(Array.from({ length: 1000 }, () => two()));
  expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(new Set(drawn).size).toBeGreaterThan(990);
});
