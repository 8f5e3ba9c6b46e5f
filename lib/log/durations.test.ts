import { expect, test } from 'vitest';
import { bucketOf, type Histogram, middleOf, relativeError, tailPercentile } from './durations';

const histogramOf = (durations: number[]): Histogram => {
  const found: Histogram = new Map();
  for (const ms of durations) found.set(bucketOf(ms), (found.get(bucketOf(ms)) ?? 0) + 1);
  return found;
};

test('what stands for a bucket is within the relative error of every duration in it', () => {
  for (let ms = 0.001; ms < 1e7; ms *= 1.013)
    expect(Math.abs(middleOf(bucketOf(ms)) - ms) / ms).toBeLessThanOrEqual(relativeError + 1e-6);
});

const durations = Array.from({ length: 1000 }, (_, i) => ((i * 7919) % 1000) + 1);
const exact = (share: number) => share * 1000;

test.each([0.5, 0.95, 0.99])('percentile %d of all executions', (share) => {
  const found = tailPercentile(histogramOf(durations), 1000, share) ?? 0;
  expect(Math.abs(found - exact(share)) / exact(share)).toBeLessThanOrEqual(relativeError + 1e-9);
});

test('with 6 % of the executions logged p95 is as exact as with all, and the median is not known', () => {
  const tail = histogramOf(durations.filter((ms) => ms > 940));
  expect(tailPercentile(tail, 1000, 0.95)).toBe(tailPercentile(histogramOf(durations), 1000, 0.95));
  expect(tailPercentile(tail, 1000, 0.99)).toBe(tailPercentile(histogramOf(durations), 1000, 0.99));
  expect(tailPercentile(tail, 1000, 0.5)).toBeNull();
});

test('p95 of those slower than a threshold is not called p95', () => {
  const tail = histogramOf(durations.filter((ms) => ms > 960));
  expect(tailPercentile(tail, 1000, 0.95)).toBeNull();
  expect(tailPercentile(tail, 1000, 0.99)).not.toBeNull();
});

test('nothing logged, nothing known; one execution is its own percentile', () => {
  expect(tailPercentile(new Map(), 0, 0.95)).toBeNull();
  expect(tailPercentile(new Map(), 10, 0.95)).toBeNull();
  expect(tailPercentile(histogramOf([80]), 1, 0.95)).toBeCloseTo(80, -1);
});
