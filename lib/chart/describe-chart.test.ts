import { describe, expect, it } from 'vitest';
import { describeChart, trendOf } from './describe-chart';
import { prepareLines } from './prepare-lines';

const chart = (...lines: (number | null)[][]) =>
  prepareLines({
    series: lines.map((values, index) => ({
      identity: `l${index}`,
      name: `l${index}`,
      points: values.map((value, at) => [at * 10, value] as const),
    })),
    stepMs: 10,
    quantity: { unit: 'count' },
  });

describe('describeChart', () => {
  it('speaks of the line that is highest now, in its good and its bad form', () => {
    const two = chart([9, 1, 2], [3, 4, 5]);
    const said = { leader: 'l1', last: 5, lowest: 3, highest: 5, trend: 'unknown' };
    expect(describeChart(two, 10)).toEqual({ state: 'ok', ...said });
    expect(describeChart(two, 4)).toEqual({ state: 'over', ...said });
    expect(describeChart(two, null).state).toBe('ok');
  });

  it('does not take silence for zero', () => {
    expect(describeChart(chart([1, 2, null]), 1)).toMatchObject({ state: 'silent', last: null });
    expect(describeChart(chart([null, null]), 1)).toMatchObject({ state: 'none', highest: null });
    expect(describeChart(chart(), null).state).toBe('none');
  });

  it('tells rising, falling and steady apart', () => {
    expect(trendOf([1, 1, 1, 2, 2, 2])).toBe('rising');
    expect(trendOf([2, 2, 2, 1, 1, 1])).toBe('falling');
    expect(trendOf([10, 10, 11, 10, 10, 10])).toBe('steady');
    expect(trendOf([0, 0, 0, 0, 0, 0])).toBe('steady');
    expect(trendOf([1, 2])).toBe('unknown');
  });
});
