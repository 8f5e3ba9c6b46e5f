import { expect, test } from 'vitest';
import { adviseOnIndexes } from './all-rules';
import { createIndexSql } from './create-index';
import { column, foreignKey, index, inventory, now, table, view, watched } from './made-up';

const day = 86_400_000;
const orders = (indexes: ReturnType<typeof index>[], more = {}) =>
  table('orders', {
    engine: 'mysql',
    oid: 'shop.orders',
    indexes: [
      index('PRIMARY', ['id'], { primary: true, unique: true, constraint: 'PRIMARY', oid: 'p' }),
      ...indexes.map((one) => ({ ...one, oid: `shop.orders.${one.name}` })),
    ],
    ...more,
  });
const kinds = (given: ReturnType<typeof view>) =>
  adviseOnIndexes(given).advice.map(({ kind, index: name, sql }) => [kind, name, sql]);

test('an unused index is dropped by ALTER TABLE, in backticks and beside the work', () => {
  const unused = index('orders_a', ['a'], { scans: 0 });
  expect(kinds(view([orders([unused])]))).toEqual([
    [
      'unused_index',
      'orders_a',
      'ALTER TABLE `shop`.`orders` DROP INDEX `orders_a`, ALGORITHM=INPLACE, LOCK=NONE;',
    ],
  ]);
  const [said] = adviseOnIndexes(view([orders([unused])])).advice;
  expect(JSON.stringify(said)).not.toMatch(/HOT|CONCURRENTLY|スタンバイ|standby/);
  expect(said?.cost?.en).toContain('INVISIBLE');
});

test('nothing is unused after a fresh start, on a replica that uses it, or where nobody counts', () => {
  const tables = [orders([index('orders_a', ['a'], { scans: 0 })])];
  const used = [orders([index('orders_a', ['a'], { scans: 3 })])];
  const fresh = view(tables, {
    primary: watched('one', inventory(tables, { counted_since: now - 2 * day })),
  });
  expect(kinds(fresh)).toEqual([]);
  expect(adviseOnIndexes(fresh).not_said).toHaveLength(1);
  expect(kinds(view(tables, { replicas: [watched('two', inventory(used))] }))).toEqual([]);
  const young = inventory(tables, { counted_since: now - day });
  expect(kinds(view(tables, { replicas: [watched('two', young)] }))).toEqual([]);
  expect(kinds(view([orders([index('orders_a', ['a'], { scans: null })])]))).toEqual([]);
});

test('an index of the same name on another table is another index', () => {
  const mine = index('by_a', ['a'], { scans: 0 });
  const other = table('stock', {
    engine: 'mysql',
    indexes: [index('by_a', ['a'], { scans: 7, oid: 'shop.stock.by_a' })],
  });
  const replica = watched('two', inventory([orders([mine]), other]));
  expect(kinds(view([orders([mine]), other], { replicas: [replica] }))).toHaveLength(1);
});

test('an index whose size is not known counts where the table’s indexes are large', () => {
  const unknown = index('orders_a', ['a'], { scans: 0, bytes: null });
  expect(kinds(view([orders([unknown])]))).toHaveLength(1);
  expect(kinds(view([orders([unknown], { index_bytes: 16_384 })]))).toEqual([]);
});

test('the primary key is part of each index: (a, id) is superfluous beside (a)', () => {
  const short = index('orders_a', ['a']);
  const long = index('orders_a_id', ['a', 'id']);
  expect(kinds(view([orders([short, long])]))).toEqual([
    ['redundant_index', 'orders_a', expect.stringContaining('DROP INDEX `orders_a`')],
  ]);
  const other = index('orders_a_b', ['a', 'b']);
  expect(kinds(view([orders([short, other])]))).toEqual([
    ['redundant_index', 'orders_a', expect.stringContaining('DROP INDEX `orders_a`')],
  ]);
  expect(kinds(view([orders([index('orders_b', ['b']), other])]))).toEqual([]);
  const twin = index('orders_a_2', ['a']);
  expect(kinds(view([orders([short, twin])])).map(([kind]) => kind)).toEqual(['duplicate_index']);
});

test('a part of a column is not the column', () => {
  const part = index('orders_c', ['c'], { keys: ['c(10)'] });
  expect(kinds(view([orders([part, index('orders_c_d', ['c', 'd'])])]))).toEqual([]);
});

test('a foreign key has its index: nothing is said, and that index is not unused', () => {
  const key = index('orders_customer', ['a'], { scans: 0 });
  const tables = [orders([key], { foreign_keys: [foreignKey('fk', ['a'], 'shop.customer')] })];
  expect(kinds(view(tables))).toEqual([]);
});

test('an index kept from the optimizer is not said to be broken', () => {
  expect(kinds(view([orders([index('hidden', ['a'], { ready: false })])]))).toEqual([]);
});

test('a new index is made in the server’s words', () => {
  const sql = createIndexSql(
    orders([], { columns: [column('odd name'), column('b')] }),
    { keys: [{ column: 'odd name' }, { column: 'b', desc: true }], included: [] },
    [],
  );
  expect(sql).toBe(
    'ALTER TABLE `shop`.`orders` ADD INDEX `orders_odd name_b_idx` (`odd name`, `b` DESC), ALGORITHM=INPLACE, LOCK=NONE;',
  );
});
