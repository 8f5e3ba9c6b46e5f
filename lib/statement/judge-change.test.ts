import { describe, expect, it } from 'vitest';
import { judgeChange, judgeMean, stddevOf } from './judge-change';

/** Calls of a mean and a standard deviation, as sums. */
const side = (calls: number, mean: number, stddev: number) => ({
  calls,
  total_ms: calls * mean,
  sum_sq_ms: stddev ** 2 * Math.max(0, calls - 1) + calls * mean ** 2,
});
const none = { calls: 0, total_ms: 0, sum_sq_ms: 0 };
const hour = (share = 1) => ({ share, seconds: 3600 * share });
const all = { before: hour(), after: hour() };

describe('judgeChange', () => {
  it('knows the standard deviation from the sums', () => {
    expect(stddevOf(side(100, 5, 2))).toBeCloseTo(2);
    expect(stddevOf(side(1, 5, 0))).toBeNull();
  });

  it.each([
    ['ten times slower', side(100, 5, 2), side(100, 50, 20), 'slower'],
    ['ten times faster', side(100, 50, 20), side(100, 5, 2), 'faster'],
    ['30 % slower, hardly any spread', side(1000, 5, 0.5), side(1000, 6.5, 0.5), 'slower'],
    ['30 % slower within a wide spread', side(20, 5, 10), side(20, 6.5, 10), 'same'],
    ['certain, but too little to matter', side(1e6, 5, 0.5), side(1e6, 5.2, 0.5), 'same'],
    ['twice as slow, in three calls', side(3, 5, 0.1), side(3, 10, 0.1), 'same'],
    ['all calls alike, then all twice as long', side(10, 5, 0), side(10, 10, 0), 'slower'],
    ['the same', side(10, 5, 0), side(10, 5, 0), 'same'],
    ['called more often, as fast as before', side(10, 5, 1), side(10_000, 5, 1), 'same'],
    ['not called before', none, side(10, 5, 1), 'new'],
    ['not called after', side(10, 5, 1), none, 'gone'],
  ])('%s', (_, before, after, state) => {
    expect(judgeChange(before, after, all)).toBe(state);
  });

  it('calls nothing new or gone of a window that was not watched', () => {
    expect(judgeChange(none, side(10, 5, 1), { before: hour(0.5), after: hour() })).toBe('unknown');
    expect(judgeChange(side(10, 5, 1), none, { before: hour(), after: hour(0.89) })).toBe(
      'unknown',
    );
    expect(judgeChange(side(10, 5, 1), none, { before: hour(0.1), after: hour(0.9) })).toBe('gone');
  });

  it('does not call gone what runs too rarely to be missed yet', () => {
    const minute = { share: 1, seconds: 60 };
    expect(judgeChange(side(30, 5, 1), none, { before: hour(), after: minute })).toBe('unknown');
    expect(judgeChange(side(3600, 5, 1), none, { before: hour(), after: minute })).toBe('gone');
    expect(judgeChange(none, side(1, 5, 1), { before: hour(), after: hour() })).toBe('unknown');
  });

  it('gives the ratio also where it is noise', () => {
    expect(judgeMean(side(3, 5, 1), side(3, 10, 1))).toEqual({ ratio: 2, beyond_noise: false });
    expect(judgeMean(none, side(3, 10, 1)).ratio).toBeNull();
    expect(judgeMean(side(3, 0, 0), side(3, 10, 1)).ratio).toBeNull();
  });
});
