import { describe, expect, it } from 'vitest';
import { type DigestRow, digestCounters, keyOf } from './digest-table';
import { baseOf, grow } from './grow';

const life = { startedAt: '1000', systemIdentifier: 'a' };
const row = (
  digest: string,
  calls: number,
  more: { at?: string; schema?: string } = {},
): DigestRow => ({
  key: keyOf(more.schema ?? 'shop', digest),
  schema: more.schema ?? 'shop',
  digest,
  firstSeen: more.at ?? '2026-01-01 00:00:00.000000',
  values: Float64Array.from(digestCounters, (_, i) => calls * (i + 1)),
});
const calls = ({ growth }: ReturnType<typeof grow>) =>
  Object.fromEntries([...growth].map(([key, amounts]) => [key, amounts.calls]));

describe('growth of digests', () => {
  it('is what each counted since, and nothing of what was not read', () => {
    const base = baseOf(life, [row('a', 5), row('b', 7)]);
    const grown = grow(base, life, [row('a', 8), row('c', 2)], false);
    expect(grown.partial).toBeNull();
    expect(grown.growth.get('/shop/a/t')).toMatchObject({
      ...{ calls: 3, totalMs: 6, lockMs: 9, rowsSent: 12, rowsAffected: 15, rows: 27 },
    });
    expect(calls(grown)).toEqual({ '/shop/a/t': 3, '/shop/c/t': 2 });
    expect(calls(grow(base, life, [row('a', 8), row('b', 9)], true))).toEqual({ '/shop/b/t': 2 });
  });

  it('tells schemas apart and adds rows of one digest', () => {
    const twin = row('a', 4, { at: '2026-01-01 00:00:00.000500' });
    const base = baseOf(life, [row('a', 1), twin, row('a', 1, { schema: 'other' })]);
    const now = [
      row('a', 2),
      { ...twin, values: row('a', 6).values },
      row('a', 2, { schema: 'other' }),
    ];
    expect(calls(grow(base, life, now, false))).toEqual({ '/shop/a/t': 3, '/other/a/t': 1 });
  });

  it('counts a row that was made anew from nothing and says so', () => {
    const base = baseOf(life, [row('a', 5), row('b', 7)]);
    const anew = { at: '2026-01-01 01:00:00.000000' };
    // It has outgrown its former self: without the time it would seem to have gone on.
    const grown = grow(base, life, [row('a', 9, anew)], false);
    expect(grown.partial).toBe('reset');
    expect(calls(grown)).toEqual({ '/shop/a/t': 9 });
    const after = grow(base, life, [row('a', 10, anew)], true);
    expect(calls(after)).toEqual({ '/shop/a/t': 1 });
    expect(after.partial).toBe('reset'); // b is gone.
    expect(grow(base, life, [row('a', 10, anew)], true).partial).toBeNull();
  });

  it('counts from nothing after a restart, and nothing of another server', () => {
    const base = baseOf(life, [row('a', 5)]);
    const restarted = grow(base, { ...life, startedAt: '2000' }, [row('a', 6)], true);
    expect(restarted.partial).toBe('restart');
    expect(calls(restarted)).toEqual({ '/shop/a/t': 6 });
    const other = { startedAt: '2000', systemIdentifier: 'b' };
    expect(grow(base, other, [row('a', 50)], true)).toEqual({
      partial: 'failover',
      growth: new Map(),
    });
    expect(calls(grow(base, other, [row('a', 51)], false))).toEqual({ '/shop/a/t': 1 });
  });

  it('is never negative', () => {
    const base = baseOf(life, [row('a', 5)]);
    const grown = grow(base, life, [row('a', 2)], false);
    expect(grown.partial).toBe('reset');
    expect(calls(grown)).toEqual({ '/shop/a/t': 2 });
  });
});
