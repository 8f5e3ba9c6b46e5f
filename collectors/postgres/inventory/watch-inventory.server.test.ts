/** Inventories of an instance's databases come into the store by themselves, and what fails is said where it failed. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WatchedInstance } from '@/collectors/store/watched-instances';
import { readWatchedInstance } from '@/collectors/store/watched-instances';
import type { Inventory } from '@/lib/inventory/inventory';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { readIndexUse, readInventories } from '@/lib/storage/read-inventory';
import { dropOldIndexUse, keepDatabases, writeInventory } from '@/lib/storage/write-inventory';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { watchInventory } from './watch-inventory';

const rootKey = randomBytes(32).toString('base64url');
const words = 'secret-for-tests';
let store: RunningPostgres;
let target: RunningPostgres;
let db: pg.Pool;
let instance: WatchedInstance;

beforeAll(async () => {
  store = await startPostgres();
  target = await startPostgres();
  const client = new pg.Client({ connectionString: target.url() });
  await client.connect();
  await client.query(`create role watcher login password '${words}'; grant pg_monitor to watcher;
    create role explainer login password '${words}';
    create table orders (id int primary key, status text); insert into orders select n, 'new' from generate_series(1, 100) n`);
  await client.query('analyze orders; grant select on orders to explainer');
  await client.query('create database shop');
  await client.query('create database closed');
  await client.query('revoke connect on database closed from public');
  await client.end();
  await migrate(store.url());
  db = openPool(store.url(), 4);
  const publicKey = await publishPublicKey(db, rootKey);
  await db.query(`insert into cluster (name) values ('one')`);
  await db.query(
    `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, explain_user, updated_at)
     values ('target', 1, 'postgres', '127.0.0.1', $1, 'postgres', 'watcher', 'off', 'explainer', now())`,
    [target.port],
  );
  const sealed = (column: string) =>
    seal(publicKey, words, { table: 'instance', row: '1', column });
  await db.query('update instance set password = $1, explain_password = $2', [
    sealed('password'),
    sealed('explain_password'),
  ]);
  await db.query(
    `insert into lease values (1, 'this', 7, now() + interval '1 hour');
     insert into statement (id, text, kind, truncated) values ('s', 'select 1', 'SELECT', false)`,
  );
  for (const name of ['postgres', 'shop', 'closed', 'dropped'])
    await db.query(
      `insert into statement_key (instance_id, statement_id, userid, dbid, queryid, toplevel, database_name)
       values (1, 's', '10', $1, '1', true, $1)`,
      [name],
    );
  instance = (await readWatchedInstance(db, 1)) as WatchedInstance;
});
afterAll(async () => {
  await db?.end();
  await target?.stop();
  await store?.stop();
});

const log: string[] = [];
const watchOnce = async (fence: bigint, until: () => Promise<boolean>) => {
  const begin = watchInventory({
    db,
    rootKey,
    applicationName: 'yagura/test',
    log: (message) => log.push(message),
    firstMs: 0,
  });
  const loop = begin(instance, { instanceId: 1, fence });
  await expect.poll(until, { timeout: 10_000 }).toBe(true);
  await loop.stop();
};

test('the connected database and those in which statements ran are kept, each with its own failure', async () => {
  await watchOnce(7n, async () => (await readInventories(db, [1])).length === 3);
  const all = await readInventories(db, ['1']);
  expect(log).toEqual([]);
  expect(
    all.map(({ database, inventory, error }) => [database, inventory?.tables.length, error?.code]),
  ).toEqual([
    ['closed', undefined, 'permission_denied'],
    ['postgres', 1, undefined],
    ['shop', 0, undefined],
  ]);
  expect(all[0]?.error?.fix).toBe('GRANT CONNECT ON DATABASE "closed" TO "watcher"');
  const [orders] = all[1]?.inventory?.tables ?? [];
  // By the login for plans: the monitoring one may not read the table.
  expect(orders?.columns.map(({ n_distinct }) => n_distinct)).toEqual([-1, 1]);
  expect(await readIndexUse(db, [1])).toMatchObject([
    {
      instance: '1',
      database: 'postgres',
      table: 'public.orders',
      index: 'orders_pkey',
      days: [{ scans: 0 }],
    },
  ]);
});

test('an index that somebody makes or drops is a mark, and is noticed before the next full reading', async () => {
  const client = new pg.Client({ connectionString: target.url() });
  await client.connect();
  const marks = async () =>
    (
      await db.query<{ kind: string; details: { table: string; index: string } }>(
        `select kind, details from event where kind like 'index%' order by id`,
      )
    ).rows.map(({ kind, details }) => `${kind} ${details.table} ${details.index}`);
  const begin = watchInventory({
    ...{ db, rootKey, applicationName: 'yagura/test', log: (message) => log.push(message) },
    ...{ firstMs: 0, lookMs: 0 },
  });
  const before = (await readInventories(db, [1])).find(({ database }) => database === 'postgres');
  const loop = begin(instance, { instanceId: 1, fence: 7n });
  await expect
    .poll(
      async () =>
        (await readInventories(db, [1])).find(({ database }) => database === 'postgres')?.inventory
          ?.at,
    )
    .not.toBe(before?.inventory?.at);
  expect(await marks()).toEqual([]);
  await client.query('create index orders_by_status on orders (status)');
  await expect
    .poll(marks, { timeout: 10_000 })
    .toEqual(['index_created public.orders orders_by_status']);
  await client.query('drop index orders_by_status');
  await expect
    .poll(marks, { timeout: 10_000 })
    .toEqual([
      'index_created public.orders orders_by_status',
      'index_dropped public.orders orders_by_status',
    ]);
  await loop.stop();
  await client.end();
  expect(log).toEqual([]);
}, 30_000);

test('a failure keeps what was read before, and its reason', async () => {
  await db.query(`update instance set port = 1`);
  await watchOnce(7n, async () =>
    (await readInventories(db, [1])).some(
      ({ database, error }) => database === 'postgres' && error !== null,
    ),
  );
  const kept = (await readInventories(db, [1])).find(({ database }) => database === 'postgres');
  expect(kept?.error?.code).toBe('unreachable');
  expect(kept?.inventory?.tables).toHaveLength(1);
  await db.query(`update instance set port = $1`, [target.port]);
});

test('a password that cannot be opened is said, with what to do', async () => {
  const loop = watchInventory({
    ...{ db, rootKey: randomBytes(32).toString('base64url'), applicationName: 'yagura/test' },
    ...{ log: (message) => log.push(message), firstMs: 0 },
  })(instance, { instanceId: 1, fence: 7n });
  const error = async () =>
    (await readInventories(db, [1])).find(({ database }) => database === 'postgres')?.error;
  await expect
    .poll(async () => (await error())?.code, { timeout: 5_000 })
    .toBe('secret_unreadable');
  expect((await error())?.fix).toContain('Enter the password again');
  await loop.stop();
});

test('one that lost the lease writes nothing', async () => {
  const read = async () => (await db.query('select * from inventory order by database')).rows;
  const before = await read();
  const lost = { instanceId: 1, fence: 6n };
  const [one] = (await readInventories(db, [1])).flatMap(({ inventory }) => inventory ?? []);
  expect(await writeInventory(db, lost, { ...(one as Inventory), tables: [] })).toBe(false);
  expect(await keepDatabases(db, lost, [])).toBe(false);
  expect(await read()).toEqual(before);
});

test('daily counts are kept a hundred days', async () => {
  await db.query(
    `insert into index_use select instance_id, database, 'old', current_date - n, table_name, index_name, 5, null
     from index_use, unnest(array[99, 101]) n where index_name = 'orders_pkey'`,
  );
  await dropOldIndexUse(db);
  const old = (await readIndexUse(db, [1])).find(({ index_oid }) => index_oid === 'old');
  expect(old?.days).toHaveLength(1);
});
