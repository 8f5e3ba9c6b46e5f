/** Rows written to each table, of the primary, as each engine's metric names tables. */
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InstanceBody } from '@/lib/contract';
import type { Inventory, InventoryTable } from '@/lib/inventory/inventory';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { appendReadings } from './append-readings';
import { migrate } from './migrate';
import { openPool } from './pool';
import { readViews } from './read-views';
import { writeInventory } from './write-inventory';

const everyMs = 60_000;
const now = Math.floor(Date.now() / everyMs) * everyMs;
let store: RunningPostgres;
let db: pg.Pool;

beforeAll(async () => {
  store = await startPostgres();
  await migrate(store.url());
  db = openPool(store.url(), 2);
  await db.query(`insert into cluster (name) values ('c');
    insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
      values ('p', 1, 'postgres', 'h', 1, 'd', 'u', now()), ('m', 1, 'mysql', 'h', 2, 'd', 'u', now());
    insert into lease select id, 'test', 1, now() + interval '1 hour' from instance`);
});
afterAll(async () => {
  await db?.end();
  await store?.stop();
});

const columnNames = ['rows_inserted', 'rows_updated', 'rows_deleted', 'rows_read'];

test.each([
  {
    ...{ instanceId: 1, metric: 'postgres.tables', schema: 'Sales' },
    labels: { database: 'shop', table: '"Sales".item' },
    elsewhere: { database: 'other', table: '"Sales".item' },
  },
  {
    ...{ instanceId: 2, metric: 'mysql.tables', schema: 'shop' },
    labels: { name: 'shop.item' },
    elsewhere: { name: 'other.item' },
  },
])('$metric', async ({ instanceId, metric, schema, labels, elsewhere }) => {
  const lease = { instanceId, fence: 1n };
  const columns = columnNames.map((name) => ({
    ...{ name, kind: 'counter' as const, unit: 'count' as const },
  }));
  const row = (of: Record<string, string>, rates: number[]) => ({
    ...{ labels: of, values: rates.map((rate) => rate * 60), rates },
  });
  const rows = [row(labels, [1, 2, 4, 100]), row(elsewhere, [8, 8, 8, 8])];
  await appendReadings(db, [{ lease, readings: [{ metric, at: now, everyMs, columns, rows }] }]);
  const tables = ['item', 'idle'].map((name) => ({
    ...{ schema, name, oid: name, kind: 'table', columns: [], indexes: [], foreign_keys: [] },
  })) as unknown as InventoryTable[];
  await writeInventory(db, lease, {
    ...{ database: 'shop', at: now, role: 'primary', counted_since: now },
    ...{ hypopg: false, left_out: 0, tables },
  } as unknown as Inventory);
  const instance = { id: String(instanceId), name: 'it', role: 'primary', demo: false };
  const { views } = await readViews(db, [instance as InstanceBody], now);
  expect(views.map(({ writes }) => [...writes])).toEqual([[[`${schema}.item`, 7]]]);
});
