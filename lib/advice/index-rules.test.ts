/** What the rules say of indexes, and what they leave alone. */
import { describe, expect, test } from 'vitest';
import { adviceItem } from '@/lib/contract/advice';
import { adviseOnIndexes } from './all-rules';
import { column, foreignKey, index, inventory, now, table, view, watched } from './made-up';
import type { DatabaseView } from './view';

const day = 86_400_000;
const said = (of: DatabaseView) =>
  adviseOnIndexes(of).advice.map(({ kind, index }) => `${kind} ${index}`);
const one = (of: DatabaseView) => adviseOnIndexes(of).advice[0];

describe('unused index', () => {
  const idle = (extra = {}) => index('orders_a', ['a'], { scans: 0, ...extra });
  const cases: [string, DatabaseView, boolean][] = [
    ['never scanned for a month', view([table('orders', { indexes: [idle()] })]), true],
    ['scanned', view([table('orders', { indexes: [idle({ scans: 1 })] })]), false],
    ['scans unknown', view([table('orders', { indexes: [idle({ scans: null })] })]), false],
    ['unique', view([table('orders', { indexes: [idle({ unique: true })] })]), false],
    ['a constraint', view([table('orders', { indexes: [idle({ constraint: 'x' })] })]), false],
    [
      'replica identity',
      view([table('orders', { indexes: [idle({ replica_identity: true })] })]),
      false,
    ],
    ['tiny', view([table('orders', { indexes: [idle({ bytes: 16384 })] })]), false],
    ['an empty table', view([table('orders', { live_rows: 0, indexes: [idle()] })]), false],
    [
      'made this week',
      view([table('orders', { indexes: [idle()] })], { young: new Set(['shop.orders_a']) }),
      false,
    ],
    [
      'the only index of a foreign key',
      view([
        table('orders', { indexes: [idle()], foreign_keys: [foreignKey('fk', ['a'], 'shop.x')] }),
      ]),
      false,
    ],
    [
      'one of two that serve a foreign key',
      view([
        table('orders', {
          indexes: [idle(), index('orders_ab', ['a', 'b'])],
          foreign_keys: [foreignKey('fk', ['a'], 'shop.x')],
        }),
      ]),
      true,
    ],
    [
      'of a partitioned table',
      view([table('orders', { kind: 'partitioned', indexes: [idle()] })]),
      false,
    ],
    [
      "a partition's part of its parent's index",
      view([
        table('orders', { kind: 'partitioned', indexes: [index('p', ['a'])] }),
        table('orders_1', { kind: 'partition', parent: 'shop.orders', indexes: [idle()] }),
      ]),
      false,
    ],
    [
      "a partition's own index",
      view([
        table('orders', { kind: 'partitioned', indexes: [] }),
        table('orders_1', { kind: 'partition', parent: 'shop.orders', indexes: [idle()] }),
      ]),
      true,
    ],
    [
      'unused on a replica too',
      view([table('orders', { indexes: [idle()] })], {
        replicas: [watched('shop-2', inventory([table('orders', { indexes: [idle()] })]))],
      }),
      true,
    ],
    [
      'used on a replica',
      view([table('orders', { indexes: [idle()] })], {
        replicas: [
          watched('shop-2', inventory([table('orders', { indexes: [idle({ scans: 3 })] })])),
        ],
      }),
      false,
    ],
    [
      'a replica that is not known',
      view([table('orders', { indexes: [idle()] })], {
        replicas: [watched('shop-2', null)],
      }),
      false,
    ],
  ];
  test.each(cases)('%s', (_, of, advised) => {
    expect(said(of)).toEqual(advised ? ['unused_index orders_a'] : []);
  });

  test('is advised with the SQL, its evidence and what it frees', () => {
    const item = one(view([table('Order Lines', { indexes: [idle({ name: 'Odd"Name' })] })]));
    expect(item?.sql).toBe('DROP INDEX CONCURRENTLY shop."Odd""Name";');
    expect(item?.gain?.en).toContain('4 MiB');
    expect(item?.evidence.map(({ value }) => value)).toContain('2026-10-21 00:00 UTC (30.0 days)');
    expect(adviceItem.parse(item)).toEqual(item);
  });

  test('says since when it counts where that is less than 7 days, and advises nothing', () => {
    const young = inventory([table('orders', { indexes: [idle()] })], {
      counted_since: now - 6 * day,
    });
    const { advice, not_said } = adviseOnIndexes(view([], { primary: watched('shop-1', young) }));
    expect(advice).toEqual([]);
    expect(not_said[0]?.reason.en).toContain('counted only since 2026-11-14 00:00 UTC');
  });

  test('of the demo 15 minutes say it, and are named as what they are', () => {
    const of = (minutes: number) =>
      view([], {
        demo: true,
        primary: watched(
          'shop-1',
          inventory([table('orders', { indexes: [idle()] })], {
            counted_since: now - minutes * 60_000,
          }),
        ),
      });
    const item = one(of(95));
    expect(item?.says.en).toContain('for 1 h 35 min, on the primary');
    expect(item?.says.en).toContain('a real server is watched for 7 days');
    const soon = adviseOnIndexes(of(14));
    expect(soon.advice).toEqual([]);
    expect(soon.not_said[0]?.reason.en).toContain('15 minutes are needed');
  });

  test('of two that are the same one is a duplicate, and when the other goes unused too, it stays', () => {
    expect(
      said(view([table('orders', { indexes: [idle(), idle({ oid: '9', name: 'b' })] })])),
    ).toEqual(['duplicate_index orders_a']);
  });

  describe('where the server does not say since when it counts', () => {
    const of = (kept: number | null, once: string[] = []) =>
      view([], {
        primary: watched(
          'shop-1',
          inventory([table('orders', { indexes: [idle()] })], { counted_since: null }),
          { kept_since: kept, once_used: new Set(once) },
        ),
      });
    test.each([
      ['nothing is kept', of(null), false],
      ['three days are kept', of(now - 3 * day), false],
      ['eight days are kept', of(now - 8 * day), true],
      ['it was scanned on a kept day', of(now - 8 * day, ['shop.orders_a']), false],
    ])('%s', (_, of, advised) => {
      expect(said(of)).toEqual(advised ? ['unused_index orders_a'] : []);
    });
  });

  test('of two unused ones that serve a foreign key one stays', () => {
    const of = view([
      table('orders', {
        indexes: [idle(), index('orders_ab', ['a', 'b'], { scans: 0 })],
        foreign_keys: [foreignKey('fk', ['a'], 'shop.x')],
      }),
    ]);
    expect(said(of)).toEqual(['unused_index orders_a']);
  });
});

describe('duplicate and redundant index', () => {
  const cases: [string, ReturnType<typeof index>[], string[]][] = [
    ['the same twice', [index('i1', ['a']), index('i2', ['a'])], ['duplicate_index i2']],
    [
      'the same twice, the less used one goes',
      [index('i1', ['a'], { scans: 1 }), index('i2', ['a'], { scans: 9 })],
      ['duplicate_index i1'],
    ],
    [
      'three times the same: two go',
      [index('i1', ['a']), index('i2', ['a']), index('i3', ['a'])],
      ['duplicate_index i3', 'duplicate_index i2'],
    ],
    [
      'as the primary key: the other goes',
      [
        index('pk', ['id'], { unique: true, primary: true, constraint: 'pk' }),
        index('u', ['id'], { unique: true }),
      ],
      ['duplicate_index u'],
    ],
    [
      'two constraints',
      [
        index('u1', ['a'], { unique: true, constraint: 'u1' }),
        index('u2', ['a'], { unique: true, constraint: 'u2' }),
      ],
      [],
    ],
    ['another order of columns', [index('i1', ['a', 'b']), index('i2', ['b', 'a'])], []],
    [
      'another operator class',
      [index('i1', ['a']), index('i2', ['a'], { keys: ['a text_pattern_ops'] })],
      [],
    ],
    ['descending', [index('i1', ['a']), index('i2', ['a'], { keys: ['a DESC'] })], []],
    ['another method', [index('i1', ['a']), index('i2', ['a'], { method: 'hash' })], []],
    ['partial', [index('i1', ['a']), index('i2', ['a'], { predicate: '(b = 1)' })], []],
    ['invalid', [index('i1', ['a']), index('i2', ['a'], { valid: false })], ['invalid_index i2']],
    ['a leading part', [index('i1', ['a']), index('i2', ['a', 'b'])], ['redundant_index i1']],
    [
      'a leading part that is unique',
      [index('i1', ['a'], { unique: true }), index('i2', ['a', 'b'])],
      [],
    ],
    ['not a leading part', [index('i1', ['b']), index('i2', ['a', 'b'])], []],
    [
      'a part of a partial index',
      [index('i1', ['a']), index('i2', ['a', 'b'], { predicate: '(c = 1)' })],
      [],
    ],
    [
      'not unique beside unique',
      [index('i1', ['a']), index('u', ['a'], { unique: true })],
      ['redundant_index i1'],
    ],
    [
      'included columns covered',
      [index('i1', ['a'], { included: ['b'] }), index('i2', ['a', 'b'])],
      ['redundant_index i1'],
    ],
    [
      'included columns not covered',
      [index('i1', ['a'], { included: ['c'] }), index('i2', ['a', 'b'])],
      [],
    ],
    [
      'the wider one is unused: it goes, the used one stays',
      [index('i1', ['a']), index('i2', ['a', 'b'], { scans: 0 })],
      ['unused_index i2'],
    ],
  ];
  test.each(cases)('%s', (_, indexes, advised) => {
    expect(said(view([table('orders', { indexes })]))).toEqual(advised);
  });
});

describe('invalid index', () => {
  const broken = (name: string, extra = {}) =>
    view([table('orders', { indexes: [index(name, ['a'], { valid: false, ...extra })] })]);

  test('is rebuilt; what REINDEX left behind is dropped', () => {
    expect(one(broken('i1'))?.sql).toBe('REINDEX INDEX CONCURRENTLY shop.i1;');
    expect(one(broken('i1_ccnew'))?.sql).toBe('DROP INDEX CONCURRENTLY shop.i1_ccnew;');
  });
  test('is left alone while it is built', () => {
    expect(said({ ...broken('i1'), building: new Set(['shop.i1']) })).toEqual([]);
  });
  test('says so where it is not known whether it is being built', () => {
    expect(one({ ...broken('i1'), building: null })?.says.en).toContain(
      'pg_stat_progress_create_index',
    );
    expect(one(broken('i1'))?.says.en).not.toContain('pg_stat_progress');
  });
});

describe('bloated index', () => {
  // 1,000,000 bigint: 20 bytes each and 407 a page, 2,458 pages, that is 19.6 MiB.
  const million = (bytes: number, extra = {}) =>
    view([
      table('orders', {
        rows: 1_000_000,
        live_rows: 1_000_000,
        indexes: [index('i1', ['a'], { bytes, ...extra })],
      }),
    ]);
  const MiB = 1024 * 1024;
  test.each([
    ['as large as it should be', million(21 * MiB), false],
    ['a third of it air', million(30 * MiB), false],
    ['more than half of it air', million(50 * MiB), true],
    ['another method', million(50 * MiB, { method: 'gin' }), false],
    ['partial', million(50 * MiB, { predicate: '(b = 1)' }), false],
    ['an expression', million(50 * MiB, { columns: [null], keys: ['lower(x)'] }), false],
    ['a fillfactor of 40', million(50 * MiB, { definition: "… WITH (fillfactor='40')" }), false],
  ])('%s', (_, of, advised) => {
    expect(said(of)).toEqual(advised ? ['bloated_index i1'] : []);
  });
  test('unknown widths: nothing is said', () => {
    const of = table('orders', {
      rows: 10_000,
      columns: [column('a', { average_width: null })],
      indexes: [index('i1', ['a'], { bytes: 500 * MiB })],
    });
    expect(said(view([of]))).toEqual([]);
  });
  test('small: nothing is said', () => {
    const of = table('orders', { rows: 100, indexes: [index('i1', ['a'], { bytes: 9 * MiB })] });
    expect(said(view([of]))).toEqual([]);
  });
});

describe('foreign key without index', () => {
  const key = foreignKey('orders_a_fkey', ['a'], 'shop.customer');
  const customer = (deleted: number) => table('customer', { rows: 10, deleted });
  const of = (extra: object, deleted = 1) =>
    view([table('orders', { foreign_keys: [key], ...extra }), customer(deleted)]);
  test.each([
    ['none', of({}), true],
    ['an index that leads with it', of({ indexes: [index('i', ['a', 'b'])] }), false],
    ['an index that has it second', of({ indexes: [index('i', ['b', 'a'])] }), true],
    ['an invalid index', of({ indexes: [index('i', ['a'], { valid: false })] }), true],
    ['a partial index', of({ indexes: [index('i', ['a'], { predicate: '(b = 1)' })] }), true],
    [
      'an index over the rows that refer to anything',
      of({ indexes: [index('i', ['a'], { predicate: '(a IS NOT NULL)' })] }),
      false,
    ],
    ['a small table', of({ rows: 900, live_rows: 900 }), false],
    ['a middling table, nothing is ever deleted', of({ rows: 20_000 }, 0), false],
    ['a large table, nothing is deleted yet', of({}, 0), true],
    [
      'few distinct values, nothing is deleted',
      of({ columns: [column('a', { n_distinct: 3 })] }, 0),
      false,
    ],
    [
      'two columns in the other order',
      view([
        table('orders', {
          foreign_keys: [foreignKey('fk', ['a', 'b'], 'shop.customer')],
          indexes: [index('i', ['b', 'a'])],
        }),
        customer(1),
      ]),
      false,
    ],
  ])('%s', (_, one, advised) => {
    const found = said(one).filter((text) => text.startsWith('foreign'));
    expect(found).toEqual(advised ? ['foreign_key_without_index orders_a_idx'] : []);
  });
  test('is advised with the SQL that makes it', () => {
    expect(one(of({}))?.sql).toBe('CREATE INDEX CONCURRENTLY orders_a_idx ON shop.orders (a);');
  });
  test('of a partitioned table: one partition after another, never with a lock on all', () => {
    const whole = view([
      table('orders', { kind: 'partitioned', rows: null, live_rows: null, foreign_keys: [key] }),
      table('orders_1', { kind: 'partition', parent: 'shop.orders', foreign_keys: [key] }),
      customer(1),
    ]);
    expect(one(whole)?.sql).toBe(
      `CREATE INDEX orders_a_idx ON ONLY shop.orders (a);
CREATE INDEX CONCURRENTLY orders_1_a_idx ON shop.orders_1 (a);
ALTER INDEX shop.orders_a_idx ATTACH PARTITION shop.orders_1_a_idx;`,
    );
    expect(said(whole)).toHaveLength(1);
  });
});

test('nothing is said of a database that nobody has read', () => {
  const { advice, not_said } = adviseOnIndexes(view([], { primary: null }));
  expect(advice).toEqual([]);
  expect(not_said[0]?.reason.en).toContain('no primary');
});
