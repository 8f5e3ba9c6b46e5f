/** Plans of real executions on the demo's shop, for fixtures and tests. */
import pg from 'pg';
import { buildShop } from '@/demo/shop';
import { planCases } from './plan-cases';
import type { PlanFixture } from './read-plan-fixture';
import type { PostgresVersion, RunningPostgres } from './servers/embedded';

/** What a server is started with. */
export const planSettings = {
  max_parallel_workers_per_gather: '2',
  jit: 'off',
  autovacuum: 'off',
};

const extra = `
  create table shop.visit (id bigint generated always as identity, at date not null, customer_id bigint, page int)
    partition by range (at);
  create table shop.visit_2024 partition of shop.visit for values from ('2024-01-01') to ('2025-01-01');
  create table shop.visit_2025 partition of shop.visit for values from ('2025-01-01') to ('2026-01-01');
  create table shop.visit_2026 partition of shop.visit for values from ('2026-01-01') to ('2027-01-01');
  insert into shop.visit (at, customer_id, page)
    select date '2024-01-01' + i % 1000, i % 40000, i % 50 from generate_series(1, 60000) i;
  -- Columns that depend on each other: the planner multiplies what it should not.
  create table shop.parcel as
    select i as id, i % 100 as town, (i % 100) * 7 as post_code, repeat('x', 60) as label from generate_series(1, 50000) i;
  create index customer_city_area on shop.customer (city, area_code);
  create index customer_lower on shop.customer (name);
  create table shop.category (id int primary key, parent int);
  insert into shop.category select i, nullif(i / 3, 0) from generate_series(1, 300) i;
  create table shop.stale as select i as id, i % 100 as kind from generate_series(1, 20000) i;
  create index stale_id on shop.stale (id);
  create table shop.parcel_town (id int primary key, name text);
  insert into shop.parcel_town select i, 'town ' || i from generate_series(1, 300) i;
  -- No index on the referencing column: each deleted row searches all parcels.
  create table shop.parcel_way (id int, town int references shop.parcel_town);
  insert into shop.parcel_way select i, 100 + i % 100 from generate_series(1, 100000) i;
  create table shop.wide as select i as id, i % 7 as kind, repeat('y', 250) as pad from generate_series(1, 60000) i;
  create index wide_kind on shop.wide (kind);
  vacuum analyze;
  update shop.stale set kind = kind + 1 where id % 2 = 0;
`;

/**
 * Runs every case that this version knows.
 * `json` and `logged` are two forms of one execution: EXPLAIN (FORMAT JSON) answers, auto_explain logs the same as text.
 * So their numbers are equal to the last digit. `text` is another execution, with what only EXPLAIN prints at its end.
 */
export async function recordPlans(
  server: RunningPostgres,
  version: PostgresVersion,
): Promise<Map<string, PlanFixture>> {
  const plans = new Map<string, PlanFixture>();
  const connect = async (database: string) => {
    const client = new pg.Client({ connectionString: server.url(database) });
    client.on('error', () => {}); // The server is stopped in the end.
    await client.connect();
    return client;
  };
  const superuser = await connect('postgres');
  await superuser.query('create role yagura_demo');
  await buildShop(superuser, connect, { app: 'a', monitor: 'b', explain: 'c' });
  await superuser.end();
  const client = await connect('shop');
  for (const one of extra.split(';\n')) await client.query(one);
  let logged = '';
  client.on('notice', ({ message = '' }) => {
    if (/^duration: .* plan:/.test(message)) logged = message;
  });
  await client.query(`load 'auto_explain'`);
  const options = ['analyze', 'buffers', 'wal', 'timing', 'triggers', 'verbose', 'settings'];
  for (const one of options) await client.query(`set auto_explain.log_${one} = on`).catch(() => {});
  for (const one of planCases) {
    if ((one.only && one.only !== version) || (one.from && one.from > version)) continue;
    await client.query('begin');
    for (const setting of one.set ?? []) {
      const known = version >= 14 || !/memoize/.test(setting);
      if (known) await client.query(`set local ${setting}`);
    }
    const flags = one.plain
      ? 'verbose, settings'
      : `analyze, buffers, wal, verbose, settings${version >= 17 ? ', serialize, memory' : ''}`;
    const explain = async (format: string) => {
      await client.query('savepoint before');
      const { rows } = await client.query(`explain (${flags}, format ${format}) ${one.sql}`);
      await client.query('rollback to before');
      return rows as { 'QUERY PLAN': unknown }[];
    };
    await explain('text'); // Once to warm the cache.
    const text = (await explain('text')).map((row) => row['QUERY PLAN']).join('\n');
    logged = '';
    // Foreign keys ask the server too: theirs is logged before the statement's own.
    await client.query('set local auto_explain.log_min_duration = 0');
    await client.query('set local client_min_messages = log');
    const json = (await explain('json'))[0]?.['QUERY PLAN'];
    await client.query('rollback');
    if (!one.plain && !logged) throw new Error(`${one.name}: auto_explain said nothing`);
    const { name, sql: statement } = one;
    plans.set(name, { version, statement, json, text, logged: logged || null });
  }
  await client.end();
  return plans;
}
