import { expect, it } from 'vitest';
import { milliseconds } from './slow-table';

it('reads a TIME of the slow log as milliseconds', () => {
  expect(milliseconds('00:00:01.500915')).toBeCloseTo(1500.915, 6);
  expect(milliseconds('838:59:59')).toBe(3_020_399_000);
  expect(milliseconds('-00:00:01')).toBeNull();
  expect(milliseconds('soon')).toBeNull();
});
