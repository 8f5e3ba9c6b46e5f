import { expect, test } from 'vitest';
import { responseBounds } from './response-histograms';

const rounded = (bounds: number[]) => bounds.map((one) => Math.round(one * 1000) / 1000);

test('the default ranges are those that its documentation shows', () => {
  const bounds = responseBounds({ minMs: 1, maxMs: 100_000 }, 22);
  expect(rounded(bounds).slice(0, 6)).toEqual([1, 2.778, 4.162, 6.623, 11, 18.783]);
  expect(rounded(bounds).slice(-3)).toEqual([56_234.598, 100_000, Number.POSITIVE_INFINITY]);
});

test('a minimum of 0 and the highest maximum have no range of their own', () => {
  expect(rounded(responseBounds({ minMs: 0, maxMs: 1_000 }, 4))).toEqual([
    ...[10, 100, 1_000],
    Number.POSITIVE_INFINITY,
  ]);
  expect(responseBounds({ minMs: 1, maxMs: 50_000_000 }, 3).at(-1)).toBeCloseTo(50_000_000, -2);
});
