import type { Pool } from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepFresh } from './keep-fresh';

const db = {} as Pool;
const ages = { freshMs: 10_000, lastsMs: 60_000 };
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('many who ask are one read, other arguments another', async () => {
  const read = vi.fn(async (_: Pool, n: number) => n * 2);
  const kept = keepFresh(read, ages);
  expect(await Promise.all([kept(db, 1), kept(db, 1), kept(db, 2)])).toEqual([2, 2, 4]);
  expect(read).toHaveBeenCalledTimes(2);
});

test('no longer fresh, the old answer is given while one reads anew; too old, one waits', async () => {
  let n = 0;
  const read = vi.fn(async () => ++n);
  const kept = keepFresh(read, ages);
  expect(await kept(db, null)).toBe(1);
  vi.advanceTimersByTime(9_999);
  expect(await kept(db, null)).toBe(1);
  expect(read).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(await Promise.all([kept(db, null), kept(db, null)])).toEqual([1, 1]);
  expect(read).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(await kept(db, null)).toBe(2);
  vi.advanceTimersByTime(60_001);
  expect(await kept(db, null)).toBe(3);
});

test('a failure is not kept: the old answer lasts its time, then the error is told', async () => {
  let fails = false;
  const kept = keepFresh(async () => {
    if (fails) throw new Error('store is down');
    return 'well';
  }, ages);
  expect(await kept(db, null)).toBe('well');
  fails = true;
  vi.advanceTimersByTime(20_000);
  expect(await kept(db, null)).toBe('well');
  await vi.advanceTimersByTimeAsync(1);
  vi.advanceTimersByTime(60_000);
  await expect(kept(db, null)).rejects.toThrow('store is down');
  fails = false;
  expect(await kept(db, null)).toBe('well');
});
