import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CounterReading, type Identity, identityBreak, rates } from './counters';

const identity: Identity = {
  systemIdentifier: '7001',
  timeline: 1,
  startedAt: '2026-01-01 00:00:00+00',
  role: 'primary',
};
const reading = (
  monotonicMs: number,
  values: (number | null)[],
  more: Partial<CounterReading> & { resetAt?: string | null } = {},
): CounterReading => ({
  monotonicMs,
  identity: more.identity ?? identity,
  rows: more.rows ?? [{ key: 'a', values, resetAt: more.resetAt ?? null }],
});
const both = [true, true];

describe('rates', () => {
  const cases: {
    name: string;
    before: CounterReading | null;
    after: CounterReading;
    rates: (number | null)[];
    break: string | null;
  }[] = [
    {
      name: 'gives nothing at the first reading',
      before: null,
      after: reading(0, [5, 5]),
      rates: [null, null],
      break: 'first',
    },
    {
      name: 'divides by the monotonic time',
      before: reading(0, [0, 10]),
      after: reading(10_000, [50, 10]),
      rates: [5, 0],
      break: null,
    },
    {
      name: 'ends the whole row when one value fell',
      before: reading(0, [100, 10]),
      after: reading(10_000, [3, 400]),
      rates: [null, null],
      break: 'reset',
    },
    {
      name: 'sees a reset that the new value has already overtaken',
      before: reading(0, [100, 10], { resetAt: 'x' }),
      after: reading(10_000, [300, 40], { resetAt: 'y' }),
      rates: [null, null],
      break: 'reset',
    },
    {
      name: 'sees a first reset of a source that never had one',
      before: reading(0, [100, 10]),
      after: reading(10_000, [300, 40], { resetAt: 'y' }),
      rates: [null, null],
      break: 'reset',
    },
    {
      name: 'ends at a restart',
      before: reading(0, [1, 1]),
      after: reading(10_000, [2, 2], { identity: { ...identity, startedAt: 'later' } }),
      rates: [null, null],
      break: 'restart',
    },
    {
      name: 'ends at a change of role',
      before: reading(0, [1, 1]),
      after: reading(10_000, [2, 2], { identity: { ...identity, role: 'replica' } }),
      rates: [null, null],
      break: 'failover',
    },
    {
      name: 'ends when another server answers',
      before: reading(0, [1, 1]),
      after: reading(10_000, [2, 2], { identity: { ...identity, systemIdentifier: '9' } }),
      rates: [null, null],
      break: 'failover',
    },
    {
      name: 'ends at a new timeline',
      before: reading(0, [1, 1]),
      after: reading(10_000, [2, 2], { identity: { ...identity, timeline: 2 } }),
      rates: [null, null],
      break: 'failover',
    },
    {
      name: 'goes on while the identity is merely unreadable',
      before: reading(0, [1, 1]),
      after: reading(10_000, [2, 2], {
        identity: { ...identity, systemIdentifier: null, timeline: null },
      }),
      rates: [0.1, 0.1],
      break: null,
    },
    {
      name: 'leaves a hole after missing polls',
      before: reading(0, [1, 1]),
      after: reading(60_000, [2, 2]),
      rates: [null, null],
      break: 'gap',
    },
    {
      name: 'gives nothing when the clock stands still',
      before: reading(5, [1, 1]),
      after: reading(5, [2, 2]),
      rates: [null, null],
      break: 'gap',
    },
    {
      name: 'keeps unknown unknown',
      before: reading(0, [null, 1]),
      after: reading(10_000, [7, 2]),
      rates: [null, 0.1],
      break: null,
    },
    {
      name: 'starts a row that was not there',
      before: reading(0, [], { rows: [] }),
      after: reading(10_000, [9, 9]),
      rates: [null, null],
      break: 'first',
    },
  ];
  it.each(cases)('$name', ({ before, after, rates: expected, break: reason }) => {
    const [row] = rates(before, after, both, 30_000);
    expect(row?.break).toBe(reason);
    row?.rates.forEach((rate, i) => {
      const wanted = expected[i] ?? null;
      if (wanted === null) expect(rate).toBeNull();
      else expect(rate).toBeCloseTo(wanted, 9);
    });
  });

  it('gives gauges no rate', () => {
    expect(
      rates(reading(0, [1, 1]), reading(1000, [2, 2]), [false, true], 30_000)[0]?.rates,
    ).toEqual([null, 1]);
  });

  it('is never negative and never more than the growth over the time, whatever is read', () => {
    const value = fc.option(fc.double({ min: 0, max: 1e15, noNaN: true }));
    fc.assert(
      fc.property(value, value, fc.integer({ min: -5, max: 40_000 }), (a, b, elapsed) => {
        const rate = rates(reading(0, [a, a]), reading(elapsed, [b, b]), both, 30_000)[0]?.rates[0];
        if (rate === null || rate === undefined) return;
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(rate).toBeCloseTo((((b ?? 0) - (a ?? 0)) * 1000) / elapsed, 6);
      }),
    );
  });
});

describe('identityBreak', () => {
  it('takes a failover for graver than the restart that came with it', () => {
    expect(identityBreak(identity, { ...identity, timeline: 2, startedAt: 'later' })).toBe(
      'failover',
    );
  });
});
