/** Which index is advised for which statements, and when none is. */
import { describe, expect, test } from 'vitest';
import type { PlanNode } from '@/lib/contract';
import { adviceItem } from '@/lib/contract/advice';
import type { InventoryTable } from '@/lib/inventory/inventory';
import { column, index, inventory, table } from './made-up';
import { type MeasuredStatement, missingIndexes } from './missing-index';
import type { TableUse } from './table-use';

const hour = 3600;

const use = (extra: Partial<TableUse>): TableUse => ({
  table: 'shop.orders',
  equal: [],
  several: [],
  range: [],
  join: [],
  order: [],
  limited: false,
  columns: null,
  in_the_way: [],
  written: false,
  ...extra,
});

const statement = (
  uses: TableUse[],
  extra: Partial<MeasuredStatement> = {},
): MeasuredStatement => ({
  id: 's1',
  uses,
  calls: 1000,
  total_ms: 20_000,
  rows: 1000,
  plan: null,
  ...extra,
});

const node = (type: string, extra: Partial<PlanNode> = {}): PlanNode => ({
  type,
  relation: null,
  index: null,
  cost: 4000,
  startup_cost: 0,
  rows_estimated: 20,
  rows_actual: null,
  time_ms: null,
  width: 8,
  details: [],
  children: [],
  ...extra,
});
const seqScan = (rows: number) =>
  node('Seq Scan', {
    relation: 'orders',
    rows_estimated: rows,
    details: [{ name: 'Filter', value: '(a = $1)' }],
  });

const orders = (extra: Partial<InventoryTable> = {}) =>
  table('orders', {
    columns: [
      column('id', { n_distinct: -1 }),
      column('a', { n_distinct: 5000 }),
      column('b', { n_distinct: 4 }),
      column('c'),
      column('d', { type: 'timestamp with time zone' }),
    ],
    ...extra,
  });

const sqlOf = (statements: MeasuredStatement[], of: InventoryTable = orders()) =>
  missingIndexes('shop-1', inventory([of]), statements, hour, new Map()).map(({ sql }) =>
    sql?.replace('CREATE INDEX CONCURRENTLY ', '').replace(' ON shop.orders', ''),
  );

describe('one statement', () => {
  const cases: [string, MeasuredStatement, InventoryTable, string[]][] = [
    ['equality', statement([use({ equal: ['a'] })]), orders(), ['orders_a_idx (a);']],
    [
      'the most selective column first',
      statement([use({ equal: ['b', 'a'] })]),
      orders(),
      ['orders_a_b_idx (a, b);'],
    ],
    [
      'equality, then the ORDER BY of a LIMIT',
      statement([use({ equal: ['a'], order: [{ column: 'd', desc: true }], limited: true })]),
      orders(),
      ['orders_a_d_idx (a, d);'],
    ],
    [
      'an ORDER BY without LIMIT is not worth a wider index',
      statement([use({ equal: ['a'], order: [{ column: 'd', desc: true }] })]),
      orders(),
      ['orders_a_idx (a);'],
    ],
    [
      'mixed directions are kept',
      statement([
        use({
          equal: ['a'],
          order: [
            { column: 'd', desc: true },
            { column: 'id', desc: false },
          ],
          limited: true,
        }),
      ]),
      orders(),
      ['orders_a_d_id_idx (a, d DESC, id);'],
    ],
    [
      'equality, then one range',
      statement([use({ equal: ['a'], range: ['d', 'c'] })]),
      orders(),
      ['orders_a_d_idx (a, d);'],
    ],
    [
      'several values do not come out in order',
      statement([
        use({
          equal: ['a'],
          several: ['a'],
          order: [{ column: 'd', desc: true }],
          limited: true,
        }),
      ]),
      orders(),
      ['orders_a_idx (a);'],
    ],
    ['low cardinality alone', statement([use({ equal: ['b'] })]), orders(), []],
    [
      'low cardinality, but sorted and stopped early',
      statement([use({ equal: ['b'], order: [{ column: 'd', desc: true }], limited: true })]),
      orders(),
      ['orders_b_d_idx (b, d);'],
    ],
    ['unknown cardinality and no plan', statement([use({ equal: ['c'] })]), orders(), []],
    [
      'unknown cardinality, the plan expects few rows',
      statement([use({ equal: ['c'] })], { plan: seqScan(20) }),
      orders(),
      ['orders_c_idx (c);'],
    ],
    [
      'unknown cardinality, the plan expects many rows',
      statement([use({ equal: ['c'] })], { plan: seqScan(90_000) }),
      orders(),
      [],
    ],
    [
      'the plan uses an index already',
      statement([use({ equal: ['a'] })], { plan: node('Index Scan', { relation: 'orders' }) }),
      orders(),
      [],
    ],
    [
      'reading the table is a small part of the plan',
      statement([use({ equal: ['a'] })], {
        plan: node('Sort', { cost: 100_000, children: [seqScan(20)] }),
      }),
      orders(),
      [],
    ],
    ['a range alone, nothing known', statement([use({ range: ['d'] })]), orders(), []],
    ['a small table', statement([use({ equal: ['a'] })]), orders({ rows: 9000 }), []],
    [
      'a table nobody measured',
      statement([use({ equal: ['a'] })]),
      orders({ rows: null, live_rows: null }),
      [],
    ],
    [
      'hardly any time is spent',
      statement([use({ equal: ['a'] })], { total_ms: 10 }),
      orders(),
      [],
    ],
    [
      'an index serves it',
      statement([use({ equal: ['a'] })]),
      orders({ indexes: [index('i', ['a', 'b'])] }),
      [],
    ],
    [
      'an index with the columns in the other order serves equality',
      statement([use({ equal: ['a', 'b'] })]),
      orders({ indexes: [index('i', ['b', 'a'])] }),
      [],
    ],
    [
      'an index that has the column second does not',
      statement([use({ equal: ['a'] })]),
      orders({ indexes: [index('i', ['b', 'a'])] }),
      ['orders_a_idx (a);'],
    ],
    [
      'an index that leaves few rows is enough',
      statement([use({ equal: ['a'], range: ['d'] })]),
      orders({ indexes: [index('i', ['a'])] }),
      [],
    ],
    [
      'an index on a column of low cardinality is not',
      statement([use({ equal: ['a', 'b'] })]),
      orders({ indexes: [index('i', ['b'])] }),
      ['orders_a_b_idx (a, b);'],
    ],
    [
      'an invalid index serves nobody',
      statement([use({ equal: ['a'] })]),
      orders({ indexes: [index('i', ['a'], { valid: false })] }),
      ['orders_a_idx (a);'],
    ],
    [
      'a primary key in the condition is enough',
      statement([use({ equal: ['id', 'a'] })]),
      orders({ indexes: [index('pk', ['id'], { unique: true, primary: true })] }),
      [],
    ],
    [
      'a handful of rows: a second column adds nothing',
      statement([use({ equal: ['id', 'b'] })]),
      orders(),
      ['orders_id_idx (id);'],
    ],
    [
      'few narrow columns are included when many rows are fetched',
      statement([use({ equal: ['a'], columns: ['a', 'c'] })]),
      orders(),
      ['orders_a_idx (a) INCLUDE (c);'],
    ],
    [
      'wide columns are not',
      statement([use({ equal: ['a'], columns: ['a', 'c'] })]),
      orders({
        columns: [column('a', { n_distinct: 5000 }), column('c', { average_width: 200 })],
      }),
      ['orders_a_idx (a);'],
    ],
    [
      'only a function of the column is compared',
      statement([use({ in_the_way: [{ column: 'a', by: 'function' }] })]),
      orders(),
      [],
    ],
    ['join columns without a plan', statement([use({ join: ['a'] })]), orders(), []],
    [
      'join columns where few rows come from the other side',
      statement([use({ join: ['a'] })], {
        plan: node('Hash Join', {
          cost: 4500,
          children: [
            node('Index Scan', { relation: 'customer', rows_estimated: 3 }),
            node('Hash', { children: [seqScan(200_000)] }),
          ],
        }),
      }),
      orders(),
      ['orders_a_idx (a);'],
    ],
    [
      'join columns where all rows are joined',
      statement([use({ join: ['a'] })], {
        plan: node('Hash Join', {
          cost: 4500,
          children: [
            node('Seq Scan', { relation: 'customer', rows_estimated: 40_000 }),
            node('Hash', { children: [seqScan(200_000)] }),
          ],
        }),
      }),
      orders(),
      [],
    ],
  ];
  test.each(cases)('%s', (_, one, of, sql) => {
    expect(sqlOf([one], of)).toEqual(sql);
  });
});

describe('several statements', () => {
  test('one index serves those whose columns lead it, and names them all', () => {
    const found = missingIndexes(
      'shop-1',
      inventory([orders()]),
      [
        statement([use({ equal: ['a'] })], { id: 's1', total_ms: 40_000 }),
        statement([use({ equal: ['a'], order: [{ column: 'd', desc: true }], limited: true })], {
          id: 's2',
          total_ms: 20_000,
        }),
        statement([use({ equal: ['b', 'a'] })], { id: 's3', total_ms: 10_000 }),
      ],
      hour,
      new Map(),
    );
    expect(found.map(({ sql, statements }) => [sql?.split(' ON ')[1], statements])).toEqual([
      ['shop.orders (a, d);', ['s1', 's2']],
      ['shop.orders (a, b);', ['s3']],
    ]);
  });
  test('the dearest comes first', () => {
    const found = missingIndexes(
      'shop-1',
      inventory([orders()]),
      [
        statement([use({ equal: ['id'] })], { id: 'cheap', total_ms: 1000 }),
        statement([use({ equal: ['a'] })], { id: 'dear', total_ms: 90_000 }),
      ],
      hour,
      new Map(),
    );
    expect(found.map(({ statements }) => statements[0])).toEqual(['dear', 'cheap']);
  });
});

test('says why in the terms of selectivity and column order, how it knows, and what it costs', () => {
  const [item] = missingIndexes(
    'shop-1',
    inventory([orders()]),
    [
      statement([use({ equal: ['a'], order: [{ column: 'd', desc: true }], limited: true })], {
        plan: node('Limit', { cost: 4100, children: [node('Sort', { children: [seqScan(40)] })] }),
      }),
    ],
    hour,
    new Map(),
  );
  expect(adviceItem.parse(item)).toEqual(item);
  expect(item?.says.en).toContain('Selectivity: a narrows shop.orders to about 40 of 200,000 rows');
  expect(item?.says.ja).toContain('選択性');
  expect(item?.says.en).toContain('Column order');
  expect(item?.says.ja).toContain('列順');
  expect(item?.known).toBe('estimated');
  expect(item?.gain?.en).toContain("Estimated from the plan's cost and the selectivity");
  expect(item?.cost?.en).toMatch(/About \d.* MiB; one more index to write at up to/);
  expect(item?.statements).toEqual(['s1']);
});

test('a partitioned table has the rows of its partitions, and is indexed part by part', () => {
  const parts = [
    orders({ kind: 'partitioned', rows: null, live_rows: null }),
    table('orders_1', { kind: 'partition', parent: 'shop.orders', rows: 90_000 }),
    table('orders_2', { kind: 'partition', parent: 'shop.orders', rows: 90_000 }),
  ];
  const [item] = missingIndexes(
    'shop-1',
    inventory(parts),
    [statement([use({ equal: ['a'] })])],
    hour,
    new Map(),
  );
  expect(item?.sql?.split('\n')).toHaveLength(5);
  expect(item?.sql).toContain('ATTACH PARTITION shop.orders_2_a_idx');
});
