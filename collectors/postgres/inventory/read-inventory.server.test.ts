/** The inventory says what the server itself says of its tables and indexes, and never waits for a locked one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Inventory } from '@/lib/inventory/inventory';
import { type PostgresVersion, startPostgres } from '@/scripts/servers/embedded';
import { openSession, type Session } from '../session/session';
import { type WatchedServer, watched } from '../tables/watched-server';
import { addStatistics, type KnownTexts, readDatabases, readInventory } from './read-inventory';

const versions: PostgresVersion[] = [13, 14, 15, 16, 17, 18];

describe.each(versions)('PostgreSQL %i', (version) => {
  let server: WatchedServer;
  let admin: WatchedServer['admin'];
  let session: Session;
  let port: number;

  beforeAll(async () => {
    const running = await startPostgres({ version, settings: { autovacuum: 'off' } });
    port = running.port;
    server = await watched(running);
    admin = server.admin;
    const maker = await server.another();
    await maker.query(`create role explainer login password 'secret-for-tests';
      create schema "My Shop";
      create collation "My Shop".own from "C";
      create table "My Shop".customers (id bigint primary key, "Order" text not null, email varchar(80), code char(3), unique (email));
      create table "My Shop".orders (id bigint generated always as identity primary key, customer_id bigint not null
        references "My Shop".customers, status text, at timestamptz, amount numeric, period tstzrange,
        exclude using gist (period with &&)) with (fillfactor = 70);
      create index lower_email on "My Shop".customers (lower(email) desc, ("Order" || 'x') collate "C");
      create index on "My Shop".customers ("Order" text_pattern_ops, code collate "C" desc nulls last) include (email, "Order");
      create index on "My Shop".customers (email collate "My Shop".own nulls first, id desc) with (fillfactor = 60, deduplicate_items = off);
      create index hashed on "My Shop".orders using hash (status);
      create index brin on "My Shop".orders using brin (at) with (pages_per_range = 16);
      create index pending on "My Shop".orders (at) where status = 'pending';
      create index ranged on "My Shop".orders using gist (period);
      create table events (at timestamptz not null, kind text, note text) partition by range (at);
      create index events_kind on events (kind);
      create table events_1 partition of events for values from ('2026-11-01 00:00+00') to ('2026-12-01 00:00+00');
      create table events_rest partition of events default;
      create table by_expression (at timestamptz not null) partition by list (date_part('year', at at time zone 'utc'));
      create materialized view totals as select 1 as one;
      insert into "My Shop".customers select n, 'order ' || n % 7, n || '@example.com', 'abc' from generate_series(1, 1000) n;
      insert into "My Shop".orders (customer_id, status, at) select n, 'done', now() from generate_series(1, 1000) n;
      insert into events select '2026-11-02', 'a', 'b' from generate_series(1, 500);
      grant usage on schema "My Shop" to explainer; grant select on "My Shop".customers, events to explainer`);
    if (version >= 15)
      await maker.query(
        'create unique index nulls_too on "My Shop".orders (status, id) nulls not distinct',
      );
    // What a session did is counted when it ends; before 15, the counting process says so half a second later.
    await maker.end();
    await sleep(1_000);
    await admin.query('vacuum analyze');
    session = await connect('watcher');
  });
  afterAll(async () => {
    await session?.close();
    await server?.stop();
  });

  const connect = async (user: string) =>
    openSession(
      {
        host: '127.0.0.1',
        port,
        database: 'postgres',
        user,
        password: 'secret-for-tests',
        tls: 'off',
      },
      'yagura/test',
    );

  const tableOf = (inventory: Inventory, name: string) =>
    inventory.tables.find((table) => table.name === name);

  test('an index is defined in the words of the server', async () => {
    const inventory = await readInventory(session, new Map());
    const mine = inventory.tables.flatMap(({ indexes }) => indexes);
    const { rows } = await admin.query<{ oid: string; definition: string; keys: string[] }>(
      `select indexrelid::text as oid, pg_get_indexdef(indexrelid) as definition from pg_index
       join pg_class c on c.oid = indrelid join pg_namespace n on n.oid = c.relnamespace where nspname in ('public', 'My Shop')`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(14);
    expect(mine.map(({ oid, definition }) => ({ oid, definition })).sort(byOid)).toEqual(
      rows.sort(byOid),
    );
    const expressions = mine.find(({ name }) => name === 'lower_email');
    expect(expressions).toMatchObject({
      columns: [null, null],
      keys: ['lower((email)::text) DESC', `(("Order" || 'x'::text)) COLLATE "C"`],
    });
  });

  test('tables, columns, keys and partitions are told apart', async () => {
    const inventory = await readInventory(session, new Map());
    expect(inventory).toMatchObject({
      database: 'postgres',
      role: 'primary',
      hypopg: false,
      left_out: 0,
    });
    expect(Math.abs(inventory.at - Date.now())).toBeLessThan(60_000);
    expect(tableOf(inventory, 'customers')).toMatchObject({
      schema: 'My Shop',
      kind: 'table',
      rows: 1000,
      inserted: 1000,
      live_rows: 1000,
      columns: [
        { name: 'id', type: 'bigint', not_null: true, n_distinct: null },
        { name: 'Order', type: 'text', not_null: true },
        { name: 'email', type: 'character varying(80)', not_null: false },
        { name: 'code', type: 'character(3)', not_null: false },
      ],
    });
    const orders = tableOf(inventory, 'orders');
    expect(orders?.foreign_keys).toEqual([
      {
        name: 'orders_customer_id_fkey',
        columns: ['customer_id'],
        references: 'My Shop.customers',
        referenced_columns: ['id'],
        validated: true,
      },
    ]);
    expect(orders?.indexes.find(({ name }) => name === 'pending')).toMatchObject({
      predicate: `(status = 'pending'::text)`,
      columns: ['at'],
      unique: false,
      valid: true,
    });
    // Each row's reference was looked up.
    expect(tableOf(inventory, 'customers')?.indexes.find(({ primary }) => primary)?.scans).toBe(
      1000,
    );
    const size = await admin.query<{ heap: string; indexes: string }>(
      `select pg_relation_size('"My Shop".orders') as heap, (select sum(pg_relation_size(indexrelid)) from pg_index where indrelid = '"My Shop".orders'::regclass) as indexes`,
    );
    expect(orders?.table_bytes).toBe(Number(size.rows[0]?.heap));
    expect(orders?.index_bytes).toBe(Number(size.rows[0]?.indexes));
    expect(tableOf(inventory, 'events')).toMatchObject({
      kind: 'partitioned',
      partition_key: 'RANGE (at)',
      rows: null,
      table_bytes: null,
      seq_scans: null,
    });
    expect(tableOf(inventory, 'events_1')).toMatchObject({
      kind: 'partition',
      parent: 'public.events',
      rows: 500,
      inserted: 500,
    });
    expect(tableOf(inventory, 'events_1')?.partition_bound).toMatch(
      /^FOR VALUES FROM \('2026-11-01 .*'\) TO \('2026-12-01 .*'\)$/,
    );
    expect(tableOf(inventory, 'events_rest')?.partition_bound).toBe('DEFAULT');
    expect(tableOf(inventory, 'by_expression')?.partition_key).toMatch(/^LIST \(.*date_part.*\)$/s);
    expect(tableOf(inventory, 'totals')?.kind).toBe('materialized view');
  });

  test('column statistics are of the tables the login may read; others stay unknown', async () => {
    const inventory = await readInventory(session, new Map());
    await addStatistics(session, inventory.tables);
    const distinct = (table: string, column: string) =>
      tableOf(inventory, table)?.columns.find(({ name }) => name === column)?.n_distinct;
    expect(distinct('customers', 'Order')).toBeNull();
    const explainer = await connect('explainer');
    await addStatistics(explainer, inventory.tables);
    await explainer.close();
    expect(distinct('customers', 'Order')).toBe(7);
    expect(distinct('customers', 'id')).toBe(-1);
    expect(distinct('events', 'kind')).toBe(1);
    expect(distinct('orders', 'status')).toBeNull();
    expect(JSON.stringify(inventory)).not.toContain('@example.com');
  });

  test('tables locked exclusively are read without waiting, with the expressions known from before', async () => {
    const known: KnownTexts = new Map();
    const before = await readInventory(session, known);
    const other = await server.another();
    await other.query(`begin; lock table "My Shop".customers, "My Shop".orders, events, by_expression in access exclusive mode;
      alter table "My Shop".orders add column more int; drop index "My Shop".hashed`);
    const started = performance.now();
    const during = await readInventory(session, known);
    const anew = await readInventory(session, new Map());
    await addStatistics(session, anew.tables);
    expect(performance.now() - started).toBeLessThan(5_000);
    await other.query('rollback');
    const shapes = (inventory: Inventory) =>
      inventory.tables.map(({ name, partition_key, indexes, columns }) => ({
        name,
        partition_key,
        indexes: indexes.map(({ definition }) => definition),
        columns,
      }));
    expect(shapes(during)).toEqual(shapes(before));
    const pending = tableOf(anew, 'orders')?.indexes.find(({ name }) => name === 'pending');
    expect(pending?.predicate).toBe(`? ${pending?.oid}`);
  });

  test('a lock that is waited for is not waited behind', async () => {
    const reader = await server.another();
    await reader.query('begin; select count(*) from "My Shop".customers');
    const changer = await server.another();
    const change = changer.query('alter table "My Shop".customers add column later int');
    await expect
      .poll(async () => (await admin.query('select from pg_locks where not granted')).rowCount)
      .toBe(1);
    const started = performance.now();
    const inventory = await readInventory(session, new Map());
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(tableOf(inventory, 'customers')?.columns).toHaveLength(4);
    await reader.query('rollback');
    await change;
  });

  test('names the databases people can connect to', async () => {
    expect(await readDatabases(session)).toEqual(['postgres']);
  });
});

const byOid = (a: { oid: string }, b: { oid: string }) => a.oid.localeCompare(b.oid);
