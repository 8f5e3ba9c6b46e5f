import { expect, test } from 'vitest';
import type { Inventory, InventoryIndex, InventoryTable } from '@/lib/inventory/inventory';
import { formsOf, mysqlFixtureNames, readMysqlFixture } from '@/scripts/mysql-plans/read-fixture';
import { planFindings } from '../plan-findings';
import { readExplain } from '../read-explain';
import { addWarnings } from './warnings';

const index = (name: string, columns: string[]): InventoryIndex => ({
  ...{ name, oid: '1', method: 'BTREE', columns, keys: columns, included: [], predicate: null },
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
        column('phone', 'varchar(20)'),
        column('city', 'varchar(40)'),
      ],
      indexes: [
        index('PRIMARY', ['id']),
        index('customer_city_area', ['city', 'area_code']),
        index('customer_phone', ['phone']),
      ],
    }),
    table('visit', { kind: 'partitioned', partition_key: 'RANGE COLUMNS (at)', rows: 60_000 }),
  ],
};

type Form = 'json' | 'tree' | 'analyzed';
const find = (name: string, form: Form, known: Inventory | null = null) => {
  const fixture = readMysqlFixture(name);
  const { root, execution } = readExplain(fixture[form] ?? '');
  if (form === 'json') addWarnings(root, fixture.warnings);
  return planFindings(root, '', {}, { execution, inventory: known });
};
const kinds = (...given: Parameters<typeof find>) => find(...given).map(({ kind }) => kind);

test.each<[kind: string, engine: string, form: Form, has: string, hasNot: string]>([
  ['selective_seq_scan', 'mysql', 'analyzed', 'seq-scan', 'whole-table'],
  ['selective_seq_scan', 'mariadb', 'analyzed', 'seq-scan', 'whole-table'],
  ['selective_seq_scan', 'mysql', 'json', 'seq-scan', 'range'],
  ['selective_seq_scan', 'mysql', 'tree', 'seq-scan', 'index-lookup'],
  ['selective_seq_scan', 'mariadb', 'json', 'seq-scan', 'covering'],
  ['filter_discards', 'mysql', 'analyzed', 'misestimate', 'range'],
  ['filter_discards', 'mariadb', 'analyzed', 'misestimate', 'range'],
  ['estimate_off', 'mysql', 'analyzed', 'hash-join', 'nested-loop'],
  ['estimate_off', 'mariadb', 'analyzed', 'dependent-subquery', 'nested-loop'],
  ['nested_seq_scan', 'mysql', 'analyzed', 'nested-seq-scan', 'nested-loop'],
  ['nested_seq_scan', 'mysql', 'json', 'nested-seq-scan', 'left-join'],
  ['nested_seq_scan', 'mariadb', 'analyzed', 'nested-seq-scan', 'nested-loop'],
  ['nested_seq_scan', 'mariadb', 'json', 'nested-seq-scan', 'left-join'],
  ['subplan_repeated', 'mysql', 'analyzed', 'dependent-subquery', 'scalar-subquery'],
  ['subplan_repeated', 'mariadb', 'analyzed', 'dependent-subquery', 'scalar-subquery'],
  ['spill_sort', 'mariadb', 'analyzed', 'filesort-spill', 'filesort-limit'],
  ['large_sort', 'mysql', 'analyzed', 'filesort', 'filesort-limit'],
  ['large_sort', 'mariadb', 'analyzed', 'filesort', 'having'],
  ['nested_seq_scan', 'mysql', 'json', 'range-checked', 'nested-loop'],
  ['selective_seq_scan', 'mariadb', 'json', 'in-list-long', 'range'],
  ['temporary_table', 'mysql', 'tree', 'temporary-group', 'index-scan'],
  ['temporary_table', 'mysql', 'json', 'temporary-group', 'index-scan'],
  ['temporary_table', 'mariadb', 'json', 'temporary-group', 'index-scan'],
  ['join_buffer', 'mariadb', 'json', 'join-buffer', 'nested-loop'],
  ['join_buffer', 'mariadb', 'analyzed', 'hash-join', 'nested-seq-scan'],
  ['partitions_not_pruned', 'mysql', 'json', 'partitions-not-pruned', 'partitions-pruned'],
  ['partitions_not_pruned', 'mariadb', 'json', 'partitions-not-pruned', 'partitions-pruned'],
  ['index_hidden_by_function', 'mysql', 'tree', 'function-in-the-way', 'seq-scan'],
  ['index_hidden_by_function', 'mysql', 'json', 'date-function-in-the-way', 'seq-scan'],
  ['index_hidden_by_function', 'mariadb', 'json', 'function-in-the-way', 'seq-scan'],
  ['index_hidden_by_cast', 'mysql', 'json', 'cast-in-the-way', 'seq-scan'],
  ['index_hidden_by_cast', 'mariadb', 'json', 'cast-in-the-way', 'seq-scan'],
  ['like_not_indexed', 'mysql', 'analyzed', 'like', 'seq-scan'],
  ['like_not_indexed', 'mariadb', 'json', 'like', 'seq-scan'],
])('%s, %s %s: found in %s, not in %s', (kind, engine, form, has, hasNot) => {
  expect(kinds(`${has}-${engine}`, form)).toContain(kind);
  expect(kinds(`${hasNot}-${engine}`, form)).not.toContain(kind);
});

test.each<[string, Form, string, string]>([
  ['cast-in-the-way', 'analyzed', 'index_hidden_by_cast', 'customer_phone'],
  ['function-in-the-way', 'analyzed', 'index_hidden_by_function', 'customer_phone'],
  ['leading-column', 'analyzed', 'index_leading_column', 'customer_city_area'],
  ['partitions-not-pruned', 'json', 'partitions_not_pruned', 'RANGE COLUMNS (at)'],
])('with the table’s indexes, %s (%s) says %s and names %s', (name, form, kind, named) => {
  for (const engine of ['mysql', 'mariadb']) {
    const found = find(`${name}-${engine}`, form, inventory).find((one) => one.kind === kind);
    expect(found?.says.en, engine).toContain(named);
    expect(found?.says.ja, engine).toContain(named);
    expect(kinds(`seq-scan-${engine}`, form, inventory)).not.toContain(kind);
  }
});

test('what to run is in the server’s own words', () => {
  const sql = (name: string) => find(name, 'analyzed', inventory).flatMap((one) => one.sql ?? []);
  expect(sql('leading-column-mysql')).toEqual([
    'ALTER TABLE customer ADD INDEX (area_code), ALGORITHM=INPLACE, LOCK=NONE;',
  ]);
  expect(sql('function-in-the-way-mysql')).toEqual([
    'ALTER TABLE customer ADD INDEX ((lower(phone))), ALGORITHM=INPLACE, LOCK=NONE;',
  ]);
  // MariaDB has no index on an expression.
  expect(sql('function-in-the-way-mariadb')).toEqual([]);
  expect(sql('dependent-subquery-mariadb')).toEqual([
    'ANALYZE TABLE w PERSISTENT FOR COLUMNS (town) INDEXES ();',
  ]);
  for (const name of mysqlFixtureNames())
    for (const one of find(name, 'json').flatMap(({ sql: text }) => text ?? []))
      expect(one).not.toMatch(/CONCURRENTLY|work_mem|VACUUM|STATISTICS|"/);
});

test.each([
  'trivial',
  'no-table',
  'impossible',
  'covering',
  'backward',
  'recursive',
  'semi-join',
  'optimized-away',
  'loose-scan',
  'except',
  'intersect',
])('nothing is said about the good plan %s', (name) => {
  for (const engine of ['mysql', 'mariadb'])
    for (const [, text] of formsOf(readMysqlFixture(`${name}-${engine}`))) {
      const { root, execution } = readExplain(text);
      expect(planFindings(root, '', {}, { execution }), engine).toEqual([]);
    }
});

test('a join without an index is said once', () => {
  expect(kinds('join-buffer-mariadb', 'analyzed')).toEqual(['join_buffer']);
});

test('no sentence holds a literal, also none of a warning', () => {
  for (const name of mysqlFixtureNames())
    for (const form of ['json', 'analyzed'] as const)
      if (readMysqlFixture(name)[form])
        expect(JSON.stringify(find(name, form, inventory)), name).not.toMatch(
          /lost|City \d|0917|\b917\b|customer77|2025-|omer 77|note 7|model 7/,
        );
});
