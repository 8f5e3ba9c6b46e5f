/** Inventories of schemas come into the store by themselves; what is gone is forgotten. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readWatchedInstance, type WatchedInstance } from '@/collectors/store/watched-instances';
import type { Inventory } from '@/lib/inventory/inventory';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { startMariadb } from '@/scripts/servers/mariadb';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { watchMysqlInventory } from './watch-inventory';

const rootKey = randomBytes(32).toString('base64url');
const words = 'secret-for-tests';
let store: RunningPostgres;
let server: RunningMysql;
let db: pg.Pool;

beforeAll(async () => {
  [store, server] = await Promise.all([startPostgres(), startMariadb()]);
  await migrate(store.url());
  db = openPool(store.url(), 4);
  for (const sql of [
    'create database shop',
    'create database hidden',
    'create table shop.orders (id int primary key, status int, key orders_status (status))',
    `create user monitor@'%' identified by '${words}'`,
    `grant select on performance_schema.* to monitor@'%'`,
    `grant select on shop.* to monitor@'%'`,
  ])
    await server.query(sql);
  await db.query(`insert into cluster (name) values ('one')`);
  await db.query(
    `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, updated_at)
     values ('target', 1, 'mariadb', '127.0.0.1', $1, '', 'monitor', 'off', now())`,
    [server.port],
  );
  await db.query('update instance set password = $1', [
    seal(await publishPublicKey(db, rootKey), words, {
      ...{ table: 'instance', row: '1', column: 'password' },
    }),
  ]);
  await db.query(
    `insert into lease values (1, 'this', 7, now() + interval '1 hour');
     insert into inventory (instance_id, database, at, body) values (1, 'gone', now(), null)`,
  );
}, 120_000);
afterAll(async () => {
  await db?.end();
  await Promise.all([store?.stop(), server?.stop()]);
});

test('what our login sees is read, kept with the uses of its indexes, and what is gone is forgotten', async () => {
  const log: string[] = [];
  const begin = watchMysqlInventory({
    ...{ db, rootKey, applicationName: 'yagura test', firstMs: 1, everyMs: 1_000 },
    log: (message) => log.push(message),
  });
  const instance = (await readWatchedInstance(db, 1)) as WatchedInstance;
  const running = begin(instance, { instanceId: 1, fence: 7n });
  const stored = async () =>
    (
      await db.query<{ database: string; body: Inventory | null }>(
        'select database, body from inventory order by 1',
      )
    ).rows;
  for (let i = 0; i < 100 && !(await stored()).some(({ database }) => database === 'shop'); i += 1)
    await sleep(100);
  await running.stop();
  expect(log).toEqual([]);
  const rows = await stored();
  expect(rows.map(({ database }) => database)).toEqual(['shop']);
  expect(rows[0]?.body?.tables.map(({ name }) => name)).toEqual(['orders']);
  const { rows: use } = await db.query('select index_oid, scans from index_use order by 1');
  expect(use).toEqual([
    { index_oid: 'shop.orders.PRIMARY', scans: expect.anything() },
    { index_oid: 'shop.orders.orders_status', scans: expect.anything() },
  ]);
});
