import { expect, test } from 'vitest';
import type { Inventory, InventoryIndex, InventoryTable } from '@/lib/inventory/inventory';
import { fixtureNames, readFixture } from '@/scripts/read-plan-fixture';
import { planFindings } from './plan-findings';
import { readExplain } from './read-explain';

const find = (name: string, inventory: Inventory | null = null) => {
  const { root, execution } = readExplain(JSON.stringify(readFixture(name).json));
  return planFindings(root, '', {}, { execution, inventory });
};
const kinds = (name: string, inventory: Inventory | null = null) =>
  find(name, inventory).map(({ kind }) => kind);

test.each([
  ['estimate_off', 'misestimate', 'hash-join'],
  ['spill_sort', 'external-sort', 'memory-sort'],
  ['spill_sort', 'parallel-sort', 'parallel-join'],
  ['spill_hash', 'hash-batches', 'hash-join'],
  ['spill_aggregate', 'hash-aggregate-spill', 'grouping-sets'],
  ['spill_store', 'cte-spill', 'cte'],
  ['selective_seq_scan', 'seq-scan', 'external-sort'],
  ['filter_discards', 'filter-discards', 'index-only'],
  ['nested_seq_scan', 'nested-seq-scan', 'nested-loop'],
  ['nested_loop_repeated', 'nested-loop', 'merge-join'],
  ['subplan_repeated', 'sub-plan-repeated', 'sub-plan'],
  ['index_hidden_by_function', 'function-in-the-way', 'seq-scan'],
  ['partitions_not_pruned', 'partitions-not-pruned', 'partitions-pruned'],
  ['heap_fetches', 'index-only-heap', 'index-only'],
  ['workers_missing', 'workers-missing', 'parallel'],
  ['lossy_bitmap', 'bitmap-lossy', 'bitmap'],
  ['trigger_dominates', 'delete-trigger', 'update'],
])('%s: found in %s, not in %s', (kind, has, hasNot) => {
  for (const version of [15, 18]) {
    expect(kinds(`${has}-${version}`)).toContain(kind);
    expect(kinds(`${hasNot}-${version}`)).not.toContain(kind);
  }
});

test('JIT that takes longer than the execution', () => {
  expect(kinds('jit-15')).toContain('jit_dominates');
  expect(kinds('parallel-15')).not.toContain('jit_dominates');
});

const index = (name: string, columns: string[]): InventoryIndex => ({
  ...{ name, oid: '1', method: 'btree', columns, keys: columns, included: [], predicate: null },
  ...{ unique: false, primary: false, constraint: null, replica_identity: false, valid: true },
  ...{ ready: true, bytes: null, scans: null, last_scan: null, definition: '' },
});
const column = (name: string, type: string) => ({
  ...{ name, type, not_null: true, n_distinct: null, null_share: null },
  ...{ average_width: null, correlation: null },
});
const table = (name: string, more: Partial<InventoryTable>): InventoryTable => ({
  ...{ schema: 'shop', name, oid: '1', kind: 'table', parent: null, partition_key: null },
  ...{ partition_bound: null, rows: 40_000, table_bytes: null, index_bytes: null },
  ...{ seq_scans: null, seq_rows: null, index_scans: null, inserted: null, updated: null },
  ...{ deleted: null, live_rows: null, dead_rows: null, last_analyze: null },
  ...{ columns: [], indexes: [], foreign_keys: [] },
  ...more,
});
const inventory: Inventory = {
  ...{ database: 'shop', at: 0, role: 'primary', counted_since: null, hypopg: false, left_out: 0 },
  tables: [
    table('customer', {
      columns: [
        column('id', 'bigint'),
        ...['email', 'name', 'city', 'area_code'].map((name) => column(name, 'text')),
        column('created_at', 'timestamp with time zone'),
      ],
      indexes: [
        index('customer_pkey', ['id']),
        index('customer_email_key', ['email']),
        index('customer_city_area', ['city', 'area_code']),
      ],
    }),
    table('visit', { kind: 'partitioned', partition_key: 'RANGE (at)' }),
    ...['visit_2024', 'visit_2025', 'visit_2026'].map((name) =>
      table(name, { kind: 'partition', parent: 'shop.visit', columns: [column('at', 'date')] }),
    ),
  ],
};

test.each([
  ['cast-in-the-way', 'index_hidden_by_cast', 'customer_pkey'],
  ['function-in-the-way', 'index_hidden_by_function', 'customer_email_key'],
  ['leading-column', 'index_leading_column', 'customer_city_area'],
  ['partitions-not-pruned', 'partitions_not_pruned', 'RANGE (at)'],
])('with the table’s indexes, %s says %s and names %s', (name, kind, named) => {
  for (const version of [15, 18]) {
    const found = find(`${name}-${version}`, inventory).find((one) => one.kind === kind);
    expect(found?.says.en).toContain(named);
    expect(found?.says.ja).toContain(named);
    expect(kinds('seq-scan-15', inventory)).not.toContain(kind);
  }
});

test('the columns that depend on each other are named where the error begins', () => {
  const [found] = find('misestimate-18');
  expect(found).toMatchObject({
    kind: 'estimate_off',
    node: '0.1.0',
    sql: expect.stringContaining(
      'CREATE STATISTICS (ndistinct, dependencies, mcv) ON town, post_code',
    ),
  });
  expect(found?.evidence?.map(({ value }) => value)).toEqual(['5', '500']);
});

test.each(['trivial', 'never-executed', 'backward', 'functions', 'index-only'])(
  'nothing is said about the fast plan %s',
  (name) => {
    for (const version of [15, 18]) expect(find(`${name}-${version}`)).toEqual([]);
  },
);

test('nothing is said about a plan that costs next to nothing', () => {
  const { root } = readExplain('Result  (cost=0.00..0.01 rows=1 width=4)');
  expect(planFindings(root, 'select * from t')).toEqual([]);
});

test('no sentence holds a literal of a statement', () => {
  for (const name of fixtureNames())
    expect(JSON.stringify(find(name, inventory))).not.toMatch(/TYO|customer77|Osaka|'paid'|= 17\b/);
});
