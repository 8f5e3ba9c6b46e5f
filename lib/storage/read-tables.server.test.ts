/** Tables of a cluster as one list: the primary's, with the use of all instances; fast also with 2,000 of them. */
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Inventory, InventoryIndex, InventoryTable } from '@/lib/inventory/inventory';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { migrate } from './migrate';
import { openPool } from './pool';
import { readTable } from './read-table';
import { readTables } from './read-tables';
import { writeInventory, writeInventoryFailure } from './write-inventory';

let store: RunningPostgres;
let db: pg.Pool;
const dayMs = 24 * 3_600_000;
const now = Date.now();
const range = { from: now - dayMs, to: now };

const index = (name: string, more: Partial<InventoryIndex> = {}): InventoryIndex => ({
  ...{
    name,
    oid: name,
    method: 'btree',
    columns: ['id'],
    keys: ['id'],
    included: [],
    predicate: null,
  },
  ...{
    unique: false,
    primary: false,
    constraint: null,
    replica_identity: false,
    valid: true,
    ready: true,
  },
  ...{ bytes: 100, scans: 0, last_scan: null, definition: `CREATE INDEX ${name}` },
  ...more,
});
const table = (name: string, more: Partial<InventoryTable> = {}): InventoryTable => ({
  ...{
    schema: 'public',
    name,
    oid: name,
    kind: 'table',
    parent: null,
    partition_key: null,
    partition_bound: null,
  },
  ...{ rows: 10, table_bytes: 1000, index_bytes: 100, seq_scans: 1, seq_rows: 10, index_scans: 2 },
  ...{ inserted: 1, updated: 1, deleted: 1, live_rows: 10, dead_rows: 3, last_analyze: now },
  ...{ columns: [], indexes: [], foreign_keys: [] },
  ...more,
});
const inventory = (tables: InventoryTable[], more: Partial<Inventory> = {}): Inventory => ({
  ...{
    database: 'shop',
    at: now,
    role: 'primary',
    counted_since: now - 30 * dayMs,
    hypopg: false,
    left_out: 0,
  },
  tables,
  ...more,
});
const lease = (instanceId: number) => ({ instanceId, fence: 1n });

beforeAll(async () => {
  store = await startPostgres();
  await migrate(store.url());
  db = openPool(store.url(), 4);
  await db.query(`insert into cluster (name) values ('one');
    insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
      select 'i' || n, 1, 'postgres', 'db', n, 'shop', 'u', now() from generate_series(1, 4) n;
    insert into lease select n, 'this', 1, now() + interval '1 hour' from generate_series(1, 4) n`);
  const orders = table('orders', {
    table_bytes: 5000,
    indexes: [index('orders_pkey', { scans: 7 }), index('unused')],
    foreign_keys: [
      { name: 'fk', columns: ['c'], references: 'public.customers', referenced_columns: ['id'] },
    ],
  });
  const month = (nth: number) =>
    table(`log_${nth}`, {
      kind: 'partition',
      parent: 'public.log',
      partition_bound: `FOR VALUES FROM ('2026-${nth}-01') TO ('2026-${nth + 1}-01')`,
      indexes: [index(`log_${nth}_at`, { parent: 'log_at', bytes: nth, scans: nth })],
    });
  const log = table('log', {
    ...{
      kind: 'partitioned',
      partition_key: 'RANGE (at)',
      rows: null,
      table_bytes: null,
      index_bytes: null,
    },
    ...{
      seq_scans: null,
      index_scans: null,
      inserted: null,
      updated: null,
      deleted: null,
      live_rows: null,
      dead_rows: null,
    },
  });
  const tables = [table('customers'), orders, log, month(10), month(11)];
  await writeInventory(db, lease(1), inventory(tables));
  await writeInventory(
    db,
    lease(2),
    inventory(
      [
        {
          ...orders,
          seq_scans: 40,
          inserted: null,
          indexes: [index('orders_pkey', { scans: 1 }), index('unused', { scans: 3 })],
        },
      ],
      { role: 'replica', at: now + 5 },
    ),
  );
  await writeInventoryFailure(db, lease(2), 'other', {
    code: 'timeout',
    message: 'late',
    fix: null,
  });
  await db.query(
    `insert into index_use select instance_id, database, index_oid, current_date - 5, table_name, index_name, scans, counted_since
     from index_use`,
  );
});
afterAll(async () => {
  await db?.end();
  await store?.stop();
});

const all = {
  instanceIds: [1, 2],
  ...range,
  sort: 'size' as const,
  limit: 50,
  kind: 'all' as const,
};

test('the list has the tables of the primary with partitions folded in and scans of all instances', async () => {
  const answer = await readTables(db, all);
  expect(answer.total).toBe(3);
  expect(answer.databases).toEqual(['other', 'shop']);
  expect(answer.sources.map(({ database, error }) => [database, error?.code])).toEqual([
    ['shop', undefined],
    ['other', 'timeout'],
    ['shop', undefined],
  ]);
  expect(answer.tables).toMatchObject([
    { name: 'public.orders', bytes: 5100, seq_scans: 41, index_scans: 4, writes: 3, indexes: 2 },
    {
      name: 'public.log',
      kind: 'partitioned',
      partitions: 2,
      rows: 20,
      bytes: 2200,
      growth_bytes: null,
    },
    { name: 'public.customers', next_partition: null },
  ]);
  expect((await readTables(db, { ...all, limit: 1 })).tables).toHaveLength(1);
  expect(
    (await readTables(db, { ...all, search: 'LOG_1' })).tables.map(({ name }) => name),
  ).toEqual(['public.log_10', 'public.log_11']);
  expect((await readTables(db, { ...all, kind: 'partitioned' })).total).toBe(1);
  expect((await readTables(db, { ...all, database: 'other' })).total).toBe(0);
});

test('a table has its indexes with their use on each instance, and who refers to it', async () => {
  const orders = await readTable(db, { ...range, instanceIds: [1, 2], name: 'public.orders' });
  const unused = orders.indexes.find(({ name }) => name === 'unused');
  expect(unused?.uses).toMatchObject([
    { instance: '1', scans: 0, unchanged_since: now - 30 * dayMs },
    { instance: '2', scans: 3 },
  ]);
  const since = unused?.uses[1]?.unchanged_since ?? 0;
  expect(now - since).toBeGreaterThan(3.9 * dayMs);
  expect(now - since).toBeLessThan(5.1 * dayMs);
  const customers = await readTable(db, {
    ...range,
    instanceIds: [1, 2],
    name: 'public.customers',
  });
  expect(customers.referenced_by).toEqual([
    {
      name: 'fk',
      table: 'public.orders',
      columns: ['c'],
      references: 'public.customers',
      referenced_columns: ['id'],
    },
  ]);
  const log = await readTable(db, { ...range, instanceIds: [1], name: 'public.log' });
  expect(log.partitions?.partitions.map(({ name }) => name)).toEqual([
    'public.log_11',
    'public.log_10',
  ]);
  await expect(
    readTable(db, { ...range, instanceIds: [1], name: 'public.none' }),
  ).rejects.toThrow();
});

test('two thousand tables of twenty columns are listed within a second, and so is one of them', async () => {
  const columns = Array.from({ length: 20 }, (_, nth) => ({
    ...{ name: `column_${nth}`, type: 'text', not_null: false },
    ...{ n_distinct: -1, null_share: 0, average_width: 4, correlation: 0.5 },
  }));
  const many = Array.from({ length: 2_000 }, (_, nth) =>
    table(`t${nth}`, { columns, indexes: [index(`t${nth}_a`), index(`t${nth}_b`)] }),
  );
  for (const id of [3, 4])
    await writeInventory(
      db,
      lease(id),
      inventory(many, { role: id === 3 ? 'primary' : 'replica' }),
    );
  await readTables(db, { ...all, instanceIds: [3, 4] });
  const started = performance.now();
  expect((await readTables(db, { ...all, instanceIds: [3, 4] })).total).toBe(2_000);
  const listed = performance.now() - started;
  const before = performance.now();
  await readTable(db, { ...range, instanceIds: [3, 4], name: 'public.t7' });
  const one = performance.now() - before;
  expect(listed + one).toBeLessThan(1_000);
  await writeInventory(db, lease(3), inventory([table('other')]));
  expect((await readTables(db, { ...all, instanceIds: [3] })).total).toBe(1);
});
