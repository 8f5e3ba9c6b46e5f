/** The planner is asked with indexes that do not exist, on Debian's 15 with hypopg and on 18 without. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDebianPostgres, whyNoDebian } from '@/scripts/servers/debian';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { whatIf } from './what-if';

const why = await whyNoDebian();
const statement = 'select * from shop.orders where customer_id = $1';
const useful = 'CREATE INDEX ON shop.orders (customer_id)';

async function build(server: RunningPostgres, extension: boolean) {
  const admin = new pg.Client({ connectionString: server.url() });
  await admin.connect();
  await admin.query(
    `create schema shop;
     create table shop.orders as select n as id, n % 5000 as customer_id, n % 2 as half, repeat('x', 60) as note
       from generate_series(1, 100000) n;
     analyze shop.orders;
     create role planner login password 'canary-planner';
     grant usage on schema shop to planner; grant select on all tables in schema shop to planner;
     ${extension ? 'create schema ext; create extension hypopg schema ext; grant usage on schema ext to planner;' : ''}`,
  );
  await admin.end();
}

const loginOf = (server: RunningPostgres) => ({
  ...{ host: '127.0.0.1', port: server.port, database: 'postgres', user: 'planner' },
  ...{ password: 'canary-planner', tls: 'off' as const },
});

describe.skipIf(why !== null)(`with hypopg ${why ?? ''}`, () => {
  let server: RunningPostgres;
  beforeAll(async () => {
    server = await startDebianPostgres();
    await build(server, true);
  }, 120_000);
  afterAll(() => server?.stop());

  test('an index that serves the statement is used, and the plan is cheaper by far', async () => {
    const answer = await whatIf(loginOf(server), [statement], useful, 'test');
    if (answer.status !== 'ok') throw new Error(JSON.stringify(answer));
    expect(answer.used).toBe(true);
    expect(answer.cost_after).toBeLessThan(answer.cost_before / 10);
    expect(answer.bytes).toBeGreaterThan(500_000);
  });

  test('an index that halves the table is not used, and the plan costs the same', async () => {
    const answer = await whatIf(
      loginOf(server),
      ['select note from shop.orders where half = $1'],
      'CREATE INDEX ON shop.orders (half)',
      'test',
    );
    expect(answer).toMatchObject({ status: 'ok', used: false });
    if (answer.status === 'ok') expect(answer.cost_after).toBe(answer.cost_before);
  });

  test('nothing is left behind: no index, no open transaction, no session', async () => {
    await whatIf(loginOf(server), [statement], useful, 'test');
    const admin = new pg.Client({ connectionString: server.url() });
    await admin.connect();
    const { rows } = await admin.query(
      `select (select count(*)::int from pg_index where indrelid = 'shop.orders'::regclass) as indexes,
              (select count(*)::int from pg_stat_activity where usename = 'planner') as sessions`,
    );
    await admin.end();
    expect(rows).toEqual([{ indexes: 0, sessions: 0 }]);
  });

  test('functions of that name that are not the extension’s are not called', async () => {
    const admin = new pg.Client({ connectionString: server.url() });
    await admin.connect();
    await admin.query(
      `create schema evil;
       create function evil.hypopg_create_index(text, out indexrelid oid, out indexname text) language plpgsql
         as $$ begin raise exception 'called'; end $$;
       alter role planner set search_path = evil, public; grant usage on schema evil to planner`,
    );
    await admin.end();
    expect((await whatIf(loginOf(server), [statement], useful, 'test')).status).toBe('ok');
  });

  test('a statement that would be refused a plan is refused here', async () => {
    const answer = await whatIf(loginOf(server), ['drop table shop.orders'], useful, 'test');
    expect(answer.status).toBe('refused');
  });
});

test('without the extension the answer says so, and how to get it', async () => {
  const server = await startPostgres();
  try {
    await build(server, false);
    expect(await whatIf(loginOf(server), [statement], useful, 'test')).toMatchObject({
      ...{ status: 'refused', code: 'no_hypopg', fix: 'CREATE EXTENSION hypopg;' },
    });
  } finally {
    await server.stop();
  }
});
