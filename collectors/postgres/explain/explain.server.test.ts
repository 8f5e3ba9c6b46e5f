/** EXPLAIN safety: each fact is first seen on the bare server, then seen to be stopped by our path. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planFindings } from '@/lib/plan/plan-findings';
import { readPostgresPlan } from '@/lib/plan/read-postgres-plan';
import {
  type PostgresVersion,
  type RunningPostgres,
  startPostgres,
} from '@/scripts/servers/embedded';
import { explainStatement } from './explain-statement';

describe.each<PostgresVersion>([13, 15, 16, 18])('PostgreSQL %i', (version) => {
  let server: RunningPostgres;
  let admin: pg.Client;
  const login = () => ({
    host: '127.0.0.1',
    port: server.port,
    database: 'postgres',
    user: 'explainer',
    password: 'secret-for-tests',
    tls: 'off' as const,
  });
  const explain = (text: string, truncated = false) =>
    explainStatement(login(), { text, truncated }, 'yagura test');
  const traces = async () =>
    Number((await admin.query('select count(*) as n from trace')).rows[0].n);

  beforeAll(async () => {
    server = await startPostgres({ version });
    admin = new pg.Client({ connectionString: server.url() });
    await admin.connect();
    await admin.query(`
      create table trace (at timestamptz default now());
      create role mallory; grant insert on trace to public;
      create function worker() returns int language plpgsql volatile as $$ begin insert into trace default values; return 1; end $$;
      create function quiet() returns int language plpgsql immutable as $$ begin return worker(); end $$;
      create function stable_one() returns int language plpgsql stable as $$ begin return worker(); end $$;
      alter function quiet() owner to mallory; alter function stable_one() owner to mallory;
      create function same(int, int) returns bool language plpgsql immutable as $$ begin perform worker(); return true; end $$;
      create operator === (leftarg = int, rightarg = int, function = same);
      create table item (id int primary key, name text not null, price int not null);
      insert into item select n, 'item ' || n, n from generate_series(1, 20000) n;
      create table closed (id int primary key);
      create view trap as select id from item where id = quiet();
      create table guarded (id int); alter table guarded enable row level security;
      create policy p on guarded using (id = stable_one());
      create domain odd as int check (value = quiet());
      create role explainer login password 'secret-for-tests';
      grant select on item, trap, guarded to explainer;
      analyze item`);
  });
  afterAll(async () => {
    await admin?.end();
    await server?.stop();
  });

  const hostile: [string, string][] = [
    ['an IMMUTABLE function', 'select * from item where id = quiet()'],
    ['a STABLE function', 'select * from item where id = stable_one()'],
    ['a function in a qualified name', 'select * from item where id = public.quiet()'],
    ['an operator', 'select * from item where 1 === 1'],
    ['a function on a table we may not read', 'select * from closed where id = quiet()'],
    ['a view', 'select * from trap'],
    ['a policy', 'select * from guarded'],
    ['a domain', 'select 1::odd'],
  ];

  test('the bare server runs functions while it only plans', async () => {
    const before = await traces();
    await admin.query('explain select * from item where id = quiet()');
    await admin.query('explain select * from item where id = stable_one()');
    await admin.query('explain select * from item where 1 === 1');
    await admin.query('explain select * from trap');
    expect(await traces()).toBeGreaterThanOrEqual(before + 4);
  });

  test.each(hostile)('%s is refused and does not run', async (_, text) => {
    const before = await traces();
    expect(await explain(text)).toMatchObject({ status: 'refused', code: 'function' });
    expect(await traces()).toBe(before);
  });

  test.each([
    ['select 1; commit; insert into trace default values', 'not_one'],
    ['select 1; select 2', 'not_one'],
    ['vacuum', 'utility'],
    ['do $$ begin end $$', 'utility'],
    ['copy item to program $$true$$', 'utility'],
    ['explain analyze delete from item', 'utility'],
    ['set session authorization postgres', 'utility'],
    ['select * into stolen from item', 'into'],
    ['select * from item for update', 'locking'],
    ['with x as (select 1 for share) select * from x', 'locking'],
    ['select $stmt$ $stmt$ ; drop table item', 'not_one'],
    ['selec 1', 'unparsed'],
    ['', 'unparsed'],
    [`select '${'x'.repeat(70_000)}'`, 'too_long'],
    ['select 1 \u0000', 'nul'],
    ['select * from item where name = ...', 'truncated'],
  ])('a text that may not be explained is refused (%#)', async (text, code) => {
    const before = await traces();
    expect(await explain(text)).toMatchObject({ status: 'refused', code });
    expect(await traces()).toBe(before);
  });

  test('the bare server escapes a read-only transaction through a second statement; ours is refused above', async () => {
    const before = await traces();
    await admin.query('begin read only');
    await admin.query('explain select 1; commit; insert into trace default values');
    expect(await traces()).toBe(before + 1);
  });

  test('a parameterised statement has the generic plan that the server itself gives', async () => {
    for (const text of [
      'select name from item where id = $1',
      'select count(*) from item where price > $1 and name like $2',
      'select * from item a join item b on a.id = b.price where a.name = $1 order by b.price limit $2',
    ]) {
      const ours = await explain(text);
      await admin.query(`deallocate all`);
      await admin.query(`prepare own as ${text}`);
      await admin.query('set plan_cache_mode = force_generic_plan');
      const nulls = new Set(text.match(/\$\d/g)).size;
      const theirs = await admin.query(
        `explain (format json) execute own(${new Array(nulls).fill('null').join(',')})`,
      );
      expect(ours).toMatchObject({
        status: 'ok',
        root: readPostgresPlan(theirs.rows[0]['QUERY PLAN']),
      });
    }
  });

  test('the tables come with their size, by which a scan of all for a few is found', async () => {
    const ours = await explain('select name from item where price = $1');
    expect(ours).toMatchObject({ status: 'ok', tableRows: { item: 20000, 'public.item': 20000 } });
    if (ours.status !== 'ok') throw new Error('no plan');
    const found = planFindings(ours.root, '', ours.tableRows).map((one) => one.kind);
    expect(found).toEqual(['selective_seq_scan']);
  });

  test('the interval of normalised text is repaired', async () => {
    expect(await explain('select now() - interval $1')).toMatchObject({ status: 'ok' });
  });

  test('a missing right is said with the GRANT, a locked table at once', async () => {
    expect(await explain('select * from closed')).toMatchObject({
      status: 'unavailable',
      code: 'permission_denied',
      fix: expect.stringContaining('GRANT SELECT ON "closed" TO "explainer"'),
    });
    await admin.query('begin; lock table item in access exclusive mode');
    const startedAt = Date.now();
    expect(await explain('select * from item')).toMatchObject({ code: 'lock_timeout' });
    expect(Date.now() - startedAt).toBeLessThan(3000);
    await admin.query('rollback');
    expect(await explain('select * from item')).toMatchObject({ status: 'ok' });
  });

  test('a statement that changes rows is planned only with the right to, and changes nothing', async () => {
    expect(await explain('delete from item where id = $1')).toMatchObject({
      status: 'unavailable',
    });
    await admin.query('grant delete on item to explainer');
    expect(await explain('delete from item where id = $1')).toMatchObject({ status: 'ok' });
    expect((await admin.query('select count(*)::int as n from item')).rows[0].n).toBe(20000);
  });
});
