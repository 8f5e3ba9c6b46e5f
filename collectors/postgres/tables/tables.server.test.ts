/** Tables' numbers are what was done to them, for a login that has pg_monitor only; the others are summed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres } from '@/scripts/servers/embedded';
import { tables } from './tables';
import { type WatchedServer, watched } from './watched-server';

let server: WatchedServer;
let admin: WatchedServer['admin'];

beforeAll(async () => {
  server = await watched(await startPostgres({ settings: { autovacuum: 'off' } }));
  admin = server.admin;
});
afterAll(async () => {
  await server?.stop();
});

async function read() {
  // Statistics of a session that goes on appear within a second, at once when asked to.
  await admin.query('select pg_stat_force_next_flush()');
  await admin.query('select 1');
  return (await server.read(tables)).map(({ labels, values, resetAt }) => ({
    table: labels.table ?? '',
    resetAt,
    ...values,
  }));
}

test('counts what was done, and says unknown where nothing is known', async () => {
  await admin.query('create schema "My Shop"');
  await admin.query(
    'create table "My Shop".orders (id int primary key, note text) with (fillfactor = 50)',
  );
  await admin.query('create table plain (id int)');
  await admin.query(
    `insert into "My Shop".orders select n, 'x' from generate_series(1, 1000) n; insert into plain values (1), (2)`,
  );
  await admin.query('update "My Shop".orders set note = $$y$$ where id <= 30');
  await admin.query('delete from "My Shop".orders where id > 990');
  await admin.query('set enable_seqscan = off');
  for (let id = 1; id <= 7; id++)
    await admin.query('select note from "My Shop".orders where id = $1', [id]);
  await admin.query('reset enable_seqscan');
  const before = await read();
  const orders = before.find(({ table }) => table === '"My Shop".orders');
  expect(orders).toMatchObject({
    tables: 1,
    rows_inserted: 1000,
    rows_updated: 30,
    rows_deleted: 10,
    rows_hot_updated: 30,
    live_rows: 990,
    // The 30 old versions are gone already: the next reader of a page removes versions no index points at.
    dead_rows: 10,
    table_bytes: null,
  });
  expect(before.find(({ table }) => table === 'public.plain')).toMatchObject({
    rows_inserted: 2,
    seq_scans: 0,
    index_scans: null,
    table_bytes: null,
    index_bytes: 0,
  });
  for (let i = 0; i < 3; i++) await admin.query('select count(*) from plain');
  for (let id = 1; id <= 5; id++)
    await admin.query('select 1 from "My Shop".orders where id = $1', [id]);
  await admin.query('vacuum analyze "My Shop".orders');
  const pages = await admin.query(
    `select pg_relation_size('"My Shop".orders') as bytes, pg_relation_size('"My Shop".orders_pkey') as index`,
  );
  const after = await read();
  const ordersAfter = after.find(({ table }) => table === '"My Shop".orders');
  expect(ordersAfter).toMatchObject({
    table_bytes: Number(pages.rows[0].bytes),
    index_bytes: Number(pages.rows[0].index),
    dead_rows: 0,
    resetAt: orders?.resetAt,
  });
  expect(after.find(({ table }) => table === 'public.plain')).toMatchObject({
    seq_scans: 3,
    seq_rows: 6,
  });
});

test('names fifty and sums the others; a change of those named is a reset of the others', async () => {
  await admin.query(`do $$ begin for n in 1..60 loop
    execute format('create table t%s (id int)', n);
    execute format('insert into t%s select generate_series(1, %s)', n, n * 10 + 100);
  end loop; end $$`);
  const first = await read();
  expect(first).toHaveLength(51);
  const others = first.find(({ table }) => table === '(others)');
  expect(others).toMatchObject({ tables: 12 });
  const all = await admin.query('select sum(n_tup_ins)::int as n from pg_stat_user_tables');
  expect(
    (await server.read(tables)).reduce((sum, { values }) => sum + (values.rows_inserted ?? 0), 0),
  ).toBe(all.rows[0].n);

  await admin.query('insert into t60 values (1)');
  const same = await read();
  expect(same.find(({ table }) => table === '(others)')?.resetAt).toBe(others?.resetAt);
  await admin.query('insert into t1 select generate_series(1, 100000)');
  const changed = await read();
  expect(changed.find(({ table }) => table === 'public.t1')).toBeDefined();
  expect(changed.find(({ table }) => table === '(others)')?.resetAt).not.toBe(others?.resetAt);
});

test('a table another session holds exclusively does not keep it waiting', async () => {
  await admin.query('begin; lock table plain in access exclusive mode');
  expect(await server.read(tables)).toHaveLength(51);
  await admin.query('rollback');
});
