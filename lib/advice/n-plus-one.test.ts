import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallPattern, findNPlusOne } from './n-plus-one';

const pattern = (
  id: string,
  calls: readonly number[],
  rows: readonly number[],
  more: Partial<CallPattern> = {},
): CallPattern => ({ id, user: 'shop', database: 'shop', lookup: true, calls, rows, ...more });
const list = (calls: readonly number[], perCall: number) =>
  pattern(
    'list',
    calls,
    calls.map((n) => n * perCall),
    { lookup: false },
  );
const busy = [3, 5, 2, 8, 6, 4, 9, 1, 5, 7];
const per = (factor: number) => busy.map((n) => n * factor);
const noise = (seed: number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

describe('findNPlusOne', () => {
  it('finds the lookup that is called once for each row of a list', () => {
    expect(findNPlusOne([list(busy, 25), pattern('line', per(25), per(75))])).toEqual([
      {
        parent: 'list',
        child: 'line',
        user: 'shop',
        database: 'shop',
        ratio: 25,
        correlation: 1,
        intervals: 10,
        calls: 1250,
      },
    ]);
  });

  it('finds two lookups of one loop, and one whose loops are cut by the intervals', () => {
    const random = noise(7);
    const cut = per(25).map((n) => n + Math.round((random() - 0.5) * 30));
    const found = findNPlusOne([
      list(busy, 25),
      pattern('line', per(25), per(75)),
      pattern('customer', cut, cut),
    ]);
    expect(found.map(({ child }) => child).sort()).toEqual(['customer', 'line']);
  });

  it('blames the list that fits best', () => {
    const other = { ...list(per(1).toReversed(), 26), id: 'other' };
    const [found] = findNPlusOne([other, list(busy, 25), pattern('line', per(25), per(25))]);
    expect(found?.parent).toBe('list');
  });

  it.each([
    [
      'statements of one transaction, each called once',
      [pattern('a', per(50), per(50)), pattern('b', per(50), per(50))],
    ],
    [
      'a child of another user',
      [list(busy, 25), pattern('line', per(25), per(25), { user: 'other' })],
    ],
    [
      'a child in another database',
      [list(busy, 25), pattern('line', per(25), per(25), { database: 'other' })],
    ],
    ['what is no lookup', [list(busy, 25), pattern('line', per(25), per(25), { lookup: false })]],
    ['too few calls', [list([1, 0, 1], 25), pattern('line', [25, 0, 25], [25, 0, 25])]],
    [
      'an equal sum that moves otherwise',
      [
        list(busy, 25),
        pattern(
          'line',
          [8, 6, 4, 9, 1, 5, 7, 3, 5, 2].map((n) => n * 25),
          per(25),
        ),
      ],
    ],
    ['half as many calls as rows', [list(busy, 25), pattern('line', per(12.5), per(12.5))]],
  ])('says nothing of %s', (_, patterns) => {
    expect(findNPlusOne(patterns)).toEqual([]);
  });

  it('says nothing of pgbench: five statements a transaction, single rows', () => {
    const names = ['accounts', 'balance', 'tellers', 'branches', 'history', 'begin', 'end'];
    const calls = busy.map((n) => n * 1000);
    expect(findNPlusOne(names.map((name) => pattern(name, calls, calls)))).toEqual([]);
  });

  it('says nothing of independent statements under the same rhythm of the day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const random = noise(seed);
        const rush = Array.from({ length: 60 }, (_, n) => 1 + Math.sin(n / 10) * 0.8);
        const made = Array.from({ length: 20 }, (_, n) => {
          const rate = 10 ** (0.5 + random() * 2.5);
          // Arrivals of independent users differ by their square root.
          const calls = rush.map((r) =>
            Math.max(0, Math.round(rate * r + Math.sqrt(rate * r) * 2 * (random() - 0.5))),
          );
          const perCall = random() < 0.5 ? 1 : 2 + Math.floor(random() * 40);
          return pattern(
            `s${n}`,
            calls,
            calls.map((c) => Math.round(c * perCall * (0.7 + 0.6 * random()))),
          );
        });
        return findNPlusOne(made).length <= 1;
      }),
      { seed: 42, numRuns: 100 },
    );
  });

  it('does not fall over on nothing and on zeros', () => {
    expect(findNPlusOne([])).toEqual([]);
    expect(findNPlusOne([pattern('a', [], []), pattern('b', [0, 0], [0, 0])])).toEqual([]);
  });
});
