import { describe, expect, it } from 'vitest';
import { compare } from './compare';
import { counterNames, type Snapshot, width } from './snapshot';

type Entry = { calls: number; totalMs?: number; since?: string; planMs?: number };

function snapshot(entries: Record<string, Entry>, more: Partial<Snapshot> = {}): Snapshot {
  const keys = Object.keys(entries);
  const values = new Float64Array(keys.length * width);
  const since: string[] = [];
  keys.forEach((key, place) => {
    const { calls, totalMs = calls * 2, planMs = Number.NaN, since: born } = entries[key] as Entry;
    const of: Record<string, number> = { calls, totalMs, rows: calls, planMs };
    counterNames.forEach((name, i) => {
      values[place * width + i] = of[name] ?? 0;
    });
    if (born !== undefined) since.push(born);
  });
  return {
    at: 0,
    monotonicMs: 0,
    serverClockMs: 1_000_000,
    startedAt: 'boot 1',
    systemIdentifier: '7',
    places: new Map(keys.map((key, place) => [key, place])),
    values,
    since,
    hidden: { entries: 0, calls: 0, totalMs: 0 },
    resetAt: '900000000',
    dealloc: 0,
    ...more,
  };
}
const calls = (comparison: ReturnType<typeof compare>) =>
  Object.fromEntries([...comparison.growth].map(([key, growth]) => [key, growth.calls]));

const cases: {
  name: string;
  before: Snapshot;
  after: Snapshot;
  calls: Record<string, number>;
  partial: string | null;
}[] = [
  {
    name: 'subtracts, and leaves out what was not called',
    before: snapshot({ a: { calls: 10 }, b: { calls: 5 } }),
    after: snapshot({ a: { calls: 14 }, b: { calls: 5 } }),
    calls: { a: 4 },
    partial: null,
  },
  {
    name: 'counts an entry that was not there in full: every entry is read at every poll',
    before: snapshot({}),
    after: snapshot({ a: { calls: 3 } }),
    calls: { a: 3 },
    partial: null,
  },
  {
    name: 'takes the new value after a reset, even when it has overtaken the old one',
    before: snapshot({ a: { calls: 10 } }),
    after: snapshot({ a: { calls: 40 } }, { resetAt: '900000500' }),
    calls: { a: 40 },
    partial: 'reset',
  },
  {
    name: 'sees one entry reset by its birth (1.11)',
    before: snapshot({ a: { calls: 10, since: '1' }, b: { calls: 1, since: '1' } }),
    after: snapshot({ a: { calls: 12, since: '999' }, b: { calls: 2, since: '1' } }),
    calls: { a: 12, b: 1 },
    partial: 'reset',
  },
  {
    name: 'sees one entry reset by its fall (before 1.11)',
    before: snapshot({ a: { calls: 10 } }),
    after: snapshot({ a: { calls: 2 } }),
    calls: { a: 2 },
    partial: 'reset',
  },
  {
    name: 'marks evictions',
    before: snapshot({ a: { calls: 10 } }),
    after: snapshot({ a: { calls: 12 } }, { dealloc: 3 }),
    calls: { a: 2 },
    partial: 'eviction',
  },
  {
    name: 'stays exact over a clean restart, which keeps the counters',
    before: snapshot({ a: { calls: 10 } }),
    after: snapshot({ a: { calls: 25 } }, { startedAt: 'boot 2' }),
    calls: { a: 15 },
    partial: 'restart',
  },
  {
    name: 'knows a crash by the reset time of 2000',
    before: snapshot({ a: { calls: 10 } }),
    after: snapshot({ a: { calls: 25 } }, { startedAt: 'boot 2', resetAt: '946684800' }),
    calls: { a: 25 },
    partial: 'crash',
  },
  {
    name: 'knows a crash without any reset time (1.8) when most entries are gone',
    before: snapshot(
      { a: { calls: 10 }, b: { calls: 9 }, c: { calls: 8 } },
      { resetAt: null, dealloc: null },
    ),
    after: snapshot({ a: { calls: 11 } }, { startedAt: 'boot 2', resetAt: null, dealloc: null }),
    calls: { a: 11 },
    partial: 'crash',
  },
  {
    name: 'counts nothing when another server answers',
    before: snapshot({ a: { calls: 10 } }),
    after: snapshot({ a: { calls: 5000 } }, { systemIdentifier: '8' }),
    calls: {},
    partial: 'failover',
  },
  {
    name: 'does not take the past of entries that a GRANT made visible for growth (before 1.11)',
    before: snapshot({}, { hidden: { entries: 2, calls: 5000, totalMs: 9 } }),
    after: snapshot({ a: { calls: 4000 }, b: { calls: 1001 } }),
    calls: {},
    partial: 'first',
  },
  {
    name: 'does the same by their birth, and keeps what is really new (1.11)',
    before: snapshot({ x: { calls: 1, since: '1' } }),
    after: snapshot({
      x: { calls: 1, since: '1' },
      a: { calls: 4000, since: '500' },
      b: { calls: 2, since: '1001' },
    }),
    calls: { b: 2 },
    partial: 'first',
  },
];

describe('compare', () => {
  it.each(cases)('$name', ({ before, after, calls: expected, partial }) => {
    const comparison = compare(before, after);
    expect(calls(comparison)).toEqual(expected);
    expect(comparison.partial).toBe(partial);
  });

  it('keeps what is not measured unknown', () => {
    const grown = compare(snapshot({ a: { calls: 1 } }), snapshot({ a: { calls: 2 } })).growth.get(
      'a',
    );
    expect(grown?.planMs).toBeNull();
    expect(grown?.readMs).toBe(0);
  });

  it('counts hidden calls, and says unknown when they fell', () => {
    const hidden = (n: number) => snapshot({}, { hidden: { entries: 1, calls: n, totalMs: n } });
    expect(compare(hidden(5), hidden(9)).hidden).toEqual({ calls: 4, totalMs: 4 });
    expect(compare(hidden(9), hidden(5)).hidden).toBeNull();
  });
});
