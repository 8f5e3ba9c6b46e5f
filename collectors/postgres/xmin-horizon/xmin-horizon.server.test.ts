/** Each kind of holder of old row versions is found, with its exact age. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type WatchedServer, watched } from '@/collectors/postgres/tables/watched-server';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { xminHorizon } from './xmin-horizon';

let primary: RunningPostgres;
let server: WatchedServer;
const standbys: RunningPostgres[] = [];
const settings = {
  autovacuum: 'off',
  wal_level: 'logical',
  max_prepared_transactions: '5',
  hot_standby_feedback: 'on',
  wal_receiver_status_interval: '1',
};

beforeAll(async () => {
  primary = await startPostgres({ settings });
  server = await watched(primary);
});
afterAll(async () => {
  for (const standby of standbys) await standby.stop();
  await server?.stop();
});

const holders = async () =>
  Object.fromEntries(
    (await server.read(xminHorizon)).map(({ labels, values }) => [labels.held_by, values]),
  );
/** Uses up transaction ids. */
const burn = async (count: number) => {
  for (let i = 0; i < count; i++) await server.admin.query('select txid_current()');
};
const none = { holders: 0, xid_age: 0, held_ms: 0 };

test('nobody holds anything back on a quiet server', async () => {
  expect(await holders()).toEqual({
    transaction: none,
    'prepared-transaction': none,
    standby: none,
    slot: none,
    'slot-catalog': none,
  });
});

test('a transaction that has written and idles, by its own id', async () => {
  const idle = await server.another();
  await idle.query('begin');
  await idle.query('select txid_current()');
  const later = await server.another();
  await burn(10);
  await later.query('begin isolation level repeatable read');
  await later.query('select 1');
  const seen = await holders();
  expect(seen.transaction).toMatchObject({ holders: 2, xid_age: 11 });
  expect(seen.transaction?.held_ms).toBeGreaterThan(0);
  expect(seen.transaction?.held_ms).toBeLessThan(30_000);
  await idle.query('rollback');
  // A snapshot without an id of its own holds too: it was taken while the first was still open.
  expect((await holders()).transaction).toMatchObject({ holders: 1, xid_age: 11 });
  await later.query('rollback');
  expect((await holders()).transaction).toEqual(none);
});

test('a prepared transaction nobody ends, and a logical slot nobody reads', async () => {
  await server.admin.query('begin');
  await server.admin.query('create table prepared (id int)');
  await server.admin.query(`prepare transaction 'forgotten'`);
  await burn(5);
  expect((await holders())['prepared-transaction']).toMatchObject({ holders: 1, xid_age: 6 });
  await server.admin.query(`rollback prepared 'forgotten'`);
  expect((await holders())['prepared-transaction']).toEqual(none);

  await server.admin.query(`select pg_create_logical_replication_slot('unread', 'pgoutput')`);
  const before = (await holders())['slot-catalog'];
  expect(before).toMatchObject({ holders: 1, held_ms: null });
  await burn(7);
  expect((await holders())['slot-catalog']?.xid_age).toBe((before?.xid_age ?? 0) + 7);
  await server.admin.query(`select pg_drop_replication_slot('unread')`);
  expect((await holders())['slot-catalog']).toEqual(none);
});

test.each([
  { held: 'standby', free: 'slot', slot: null },
  { held: 'slot', free: 'standby', slot: 'of_standby' },
])('a long query on a standby, seen as $held', async ({ held, free, slot }) => {
  await server.admin.query('create table if not exists written (id int)');
  if (slot) await server.admin.query('select pg_create_physical_replication_slot($1)', [slot]);
  await server.disconnect();
  const standby = await startPostgres({
    settings: { ...settings, ...(slot ? { primary_slot_name: slot } : {}) },
    standbyOf: primary,
  });
  standbys.push(standby);
  server = await watched(primary);
  const reader = new pg.Client({ connectionString: standby.url() });
  await reader.connect();
  await reader.query('begin isolation level repeatable read');
  await reader.query('select count(*) from written');
  for (let i = 0; i < 20; i++) await server.admin.query('insert into written values (1)');
  await expect
    .poll(async () => (await holders())[held]?.xid_age, { timeout: 10_000 })
    .toBeGreaterThanOrEqual(20);
  const seen = await holders();
  expect(seen[held]).toMatchObject({ holders: 1, held_ms: null });
  expect(seen[held]?.xid_age).toBeLessThan(25);
  expect(seen[free]).toEqual(none);
  expect(seen.transaction).toEqual(none);
  await reader.end();
  await standby.stop();
  standbys.pop();
  await expect.poll(async () => (await holders()).standby, { timeout: 10_000 }).toEqual(none);
});
