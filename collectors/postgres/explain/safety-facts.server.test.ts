/**
 * What EXPLAIN of hostile text can do to a server, fact by fact (a to m). Each is first seen on the bare server, so that
 * the test can fail, and then seen to be stopped, or made harmless, by our path.
 */
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readPostgresPlan } from '@/lib/plan/read-postgres-plan';
import { describeStatement } from '@/lib/statement/describe-statement';
import { loadParser } from '@/lib/statement/parse-postgres';
import {
  type PostgresVersion,
  type RunningPostgres,
  startPostgres,
} from '@/scripts/servers/embedded';
import { explainStatement } from './explain-statement';

describe.each<PostgresVersion>([15, 16, 18])('PostgreSQL %i', (version) => {
  let server: RunningPostgres;
  let admin: pg.Client;
  const login = () => ({
    ...{ host: '127.0.0.1', port: server.port, database: 'postgres', tls: 'off' as const },
    ...{ user: 'explainer', password: 'secret-for-tests' },
  });
  const explain = (text: string) =>
    explainStatement(login(), { text, truncated: false }, 'yagura test');
  const refused = {
    status: 'refused',
    code: 'function',
    reason: expect.stringContaining('Planning would run the function'),
    fix: expect.stringContaining('by hand'),
  };
  const traces = async () =>
    Number((await admin.query('select count(*) as n from trace')).rows[0].n);
  /** The SQLSTATE of what a query fails with. */
  const failure = (run: Promise<unknown>): Promise<string> =>
    run.then(
      () => 'no failure',
      (error: { code?: string }) => error.code ?? String(error),
    );
  const extended = (text: string) => admin.query({ text, queryMode: 'extended' } as never);

  beforeAll(async () => {
    server = await startPostgres({ version });
    admin = new pg.Client({ connectionString: server.url() });
    await admin.connect();
    await admin.query(`
      create table trace (at timestamptz default now());
      create role mallory login password 'secret-for-tests'; grant insert on trace to public;
      create table item (id int primary key, name text not null);
      insert into item select n, 'item ' || n from generate_series(1, 20000) n; analyze item;
      create table closed (id int primary key);
      create role explainer login password 'secret-for-tests'; grant select on item to explainer;
      grant create on schema public to mallory;
      set role mallory;
      create function worker() returns int language plpgsql volatile as $$ begin insert into trace default values; return 1; end $$;
      create function quiet() returns int language plpgsql immutable as $$ begin return worker(); end $$;
      create function rise() returns int language plpgsql volatile as $$ begin alter role mallory createrole; return 1; end $$;
      create function quiet_rise() returns int language plpgsql immutable as $$ begin return rise(); end $$;
      create function escape() returns int language plpgsql volatile as
        $$ begin copy (select 1) to program 'cat > escaped'; perform pg_advisory_lock(77); return 1; end $$;
      create function quiet_escape() returns int language plpgsql immutable as $$ begin return escape(); end $$;
      create function plain() returns int language plpgsql stable as $$ begin return worker(); end $$;
      reset role`);
  });
  afterAll(async () => {
    await admin?.end();
    await server?.stop();
  });
  beforeEach(() => admin.query('rollback; truncate trace'));

  test('a: plain EXPLAIN runs IMMUTABLE and STABLE functions in the planner, not VOLATILE ones', async () => {
    await admin.query('explain select * from item where id = quiet()');
    await admin.query('explain select * from item where id = plain()');
    expect(await traces()).toBeGreaterThanOrEqual(2);
    const before = await traces();
    await admin.query('explain select * from item where id = worker()');
    expect(await traces()).toBe(before);
    for (const name of ['quiet', 'plain', 'worker'])
      expect(await explain(`select * from item where id = ${name}()`)).toMatchObject(refused);
    expect(await traces()).toBe(before);
  });

  test('b: the label is a claim only: an IMMUTABLE wrapper of a VOLATILE function writes rows', async () => {
    await admin.query('explain select quiet()');
    expect(await traces()).toBeGreaterThan(0);
    await admin.query('truncate trace');
    expect(await explain('select quiet()')).toMatchObject(refused);
    expect(await traces()).toBe(0);
  });

  test.skipIf(version < 16)('c: GENERIC_PLAN runs them just the same', async () => {
    const text = 'select * from item where id = quiet() and name = $1';
    await admin.query(`explain (generic_plan) ${text}`);
    expect(await traces()).toBeGreaterThan(0);
    await admin.query('truncate trace');
    expect(await explain(text)).toMatchObject(refused);
    expect(await traces()).toBe(0);
  });

  test('d: a helper of a superuser with SECURITY DEFINER lets a role make itself CREATEROLE; we use none', async () => {
    const rises = async () =>
      (await admin.query(`select rolcreaterole from pg_roles where rolname = 'mallory'`)).rows[0]
        .rolcreaterole;
    await admin.query(`create or replace function explain_statement(text, out explain json) returns setof json language plpgsql
      security definer as $$ begin return query execute 'explain (format json) ' || $1; end $$`);
    const monitor = new pg.Client({
      connectionString: server.url('postgres', 'explainer', 'secret-for-tests'),
    });
    await monitor.connect();
    await monitor.query(`select explain_statement('select quiet_rise()')`);
    await monitor.end();
    expect(await rises()).toBe(true);
    await admin.query('alter role mallory nocreaterole');
    expect(await explain('select quiet_rise()')).toMatchObject(refused);
    expect(await explain(`select explain_statement('select quiet_rise()')`)).toMatchObject(refused);
    expect(await rises()).toBe(false);
  });

  test('e: a read-only transaction blocks neither programs nor advisory locks that outlive it', async () => {
    const escaped = async () =>
      (await admin.query(`select size from pg_stat_file('escaped', true)`)).rows[0].size !== null;
    const locks = async () =>
      (await admin.query(`select count(*)::int as n from pg_locks where locktype = 'advisory'`))
        .rows[0].n;
    await admin.query('begin read only');
    await admin.query('explain select quiet_escape()');
    await admin.query('rollback');
    expect(await escaped()).toBe(true);
    expect(await locks()).toBe(1);
    await admin.query(`select pg_advisory_unlock_all(); copy (select 1) to program 'rm escaped'`);
    expect(await explain('select quiet_escape()')).toMatchObject(refused);
    expect(await escaped()).toBe(false);
    expect(await locks()).toBe(0);
  });

  test('f: functions run before the table permission check', async () => {
    const weak = new pg.Client({
      connectionString: server.url('postgres', 'explainer', 'secret-for-tests'),
    });
    await weak.connect();
    const text = 'select * from closed where id = quiet()';
    // What they do is undone with the statement that then fails; what they reveal, or lock, is not.
    await admin.query(`create or replace function tell() returns int language plpgsql immutable as
      $$ begin perform pg_advisory_lock(78); return 1; end $$`);
    expect(await failure(weak.query(text.replace('quiet', 'tell').replace(/^/, 'explain ')))).toBe(
      '42501',
    );
    const { rows } = await weak.query(
      `select count(*)::int as n from pg_locks where locktype = 'advisory'`,
    );
    expect(rows[0].n).toBe(1);
    await weak.end();
    expect(await explain(text)).toMatchObject(refused);
  });

  test('g: what runs in the planner cannot leave read-only mode, and is ended by the time limit', async () => {
    await admin.query(`
      create or replace function slow_one() returns int language plpgsql immutable as
        $$ begin perform pg_sleep(60); return 1; end $$;
      create or replace function to_write() returns int language plpgsql immutable as
        $$ begin perform set_config('transaction_read_only', 'off', true); return worker(); end $$`);
    await admin.query(`set statement_timeout = '500ms'`);
    expect(await failure(admin.query('explain select slow_one()'))).toBe('57014');
    await admin.query('reset statement_timeout; begin read only');
    expect(await failure(admin.query('explain select to_write()'))).toBe('25001');
    await admin.query('rollback');
    for (const name of ['slow_one', 'to_write'])
      expect(await explain(`select ${name}()`)).toMatchObject(refused);
    // No function is needed to keep a planner busy: every order of sixteen tables is looked at.
    await admin.query(
      'alter role explainer set geqo = off; alter role explainer set join_collapse_limit = 20',
    );
    const joins = Array.from({ length: 15 }, (_, n) => `join item t${n} on t${n}.name = t.name`);
    const started = performance.now();
    expect(await explain(`select 1 from item t ${joins.join(' ')}`)).toMatchObject({
      status: 'unavailable',
      code: 'timeout',
    });
    expect(performance.now() - started).toBeLessThan(5000);
    await admin.query('alter role explainer reset all');
    expect(await traces()).toBe(0);
  });

  test('h: a second statement leaves the read-only transaction under the simple protocol, not under the extended one', async () => {
    const text = 'explain select 1; commit; insert into trace default values';
    await admin.query('begin read only');
    await admin.query({ text, values: [] });
    expect(await traces()).toBe(1);
    await admin.query('begin read only');
    expect(await failure(extended(text))).toBe('42601');
    await admin.query('rollback');
    expect(await explain(text.replace('explain ', ''))).toMatchObject({ code: 'not_one' });
    expect(await traces()).toBe(1);
  });

  test('i: a NULL bound in place of a parameter gives a wrong plan; GENERIC_PLAN takes neither a bound parameter nor ANALYZE', async () => {
    const wrong = await admin.query('explain select name from item where id = null');
    expect(JSON.stringify(wrong.rows)).toContain('One-Time Filter: false');
    if (version >= 16) {
      const text = 'explain (generic_plan) select name from item where id = $1';
      expect(await failure(extended(text))).toBe('08P01');
      expect(
        await failure(
          admin.query('explain (analyze, generic_plan) select name from item where id = $1'),
        ),
      ).toBe('22023');
    }
    const ours = await explain('select name from item where id = $1');
    expect(ours).toMatchObject({ status: 'ok', root: { type: 'Index Scan', relation: 'item' } });
    expect(JSON.stringify(ours)).not.toContain('One-Time');
  });

  test('j: PREPARE over the extended protocol takes one plannable statement only, a DELETE in a WITH included', async () => {
    for (const text of ['select 1; select 2', 'explain select 1', 'set a.b = 1', 'vacuum'])
      expect(await failure(extended(`prepare g as ${text}`))).toBe('42601');
    await extended('prepare g as with x as (delete from item returning id) select * from x');
    await admin.query('deallocate all');
    const answer = await explain('with x as (delete from item returning id) select * from x');
    expect(answer).toMatchObject({ status: 'unavailable', code: 'permission_denied' });
    expect((await admin.query('select count(*)::int as n from item')).rows[0].n).toBe(20000);
  });

  test('k: text spliced into a dollar-quoted string gets out of it; ours is never spliced into one', async () => {
    const text = 'select 1 $stmt$; insert into trace default values; select $stmt$ 2';
    await admin
      .query(
        `do $x$ begin execute $stmt$ explain ${text} $stmt$; exception when others then null; end $x$`,
      )
      .catch(() => null);
    await admin.query(`select $stmt$ ${text} $stmt$`);
    expect(await traces()).toBe(1);
    const answer = await explain(text);
    expect(answer.status).toBe('refused');
    expect(await traces()).toBe(1);
  });

  test('l: EXPLAIN ANALYZE of a DELETE deletes, unless read-only; ours never analyses and repairs what does not parse', async () => {
    await admin.query('begin');
    await admin.query('explain analyze delete from item where id = 1');
    expect((await admin.query('select count(*)::int as n from item')).rows[0].n).toBe(19999);
    await admin.query('rollback; begin read only');
    expect(await failure(admin.query('explain analyze delete from item'))).toBe('25006');
    await admin.query('rollback');
    expect(await explain('explain analyze delete from item')).toMatchObject({ code: 'utility' });
    expect(await failure(extended('prepare g as select now() - interval $1'))).toBe('42601');
    expect(await explain('select now() - interval $1')).toMatchObject({ status: 'ok' });
  });

  test('m: the parser keeps comments when it normalises; what we store and plan has none', async () => {
    await loadParser();
    const { normalizeSync } = await import('libpg-query');
    const text = `select name from item /* CANARY-7f3a */ where id = 1 and name = $q$CANARY-literal$q$ -- CANARY-line`;
    const theirs = normalizeSync(text);
    expect(theirs).toContain('CANARY-7f3a');
    expect(theirs).not.toContain('CANARY-literal');
    const ours = await describeStatement(text);
    expect(JSON.stringify(ours)).not.toContain('CANARY');
    expect(await explain(ours.text)).toMatchObject({ status: 'ok', root: { relation: 'item' } });
  });

  test('a plan is not made again while tables, indexes, statistics and settings are the same', async () => {
    const text = 'select name from item where name = $1';
    const again = (from: string | null) =>
      explainStatement(login(), { text, truncated: false }, 'yagura test', from);
    const first = await again(null);
    if (first.status !== 'ok') throw new Error('no plan');
    expect(await again(first.schemaVersion)).toEqual({ status: 'unchanged' });
    let last = first.schemaVersion;
    for (const change of [
      'create index item_name on item (name)',
      'alter table item add column note text',
      'alter role explainer set random_page_cost = 1.5',
      'delete from item where id > 15000; analyze item',
    ]) {
      await admin.query(change);
      // The time of an ANALYZE reaches other sessions with the next report of statistics.
      const next = await again(last);
      if (next.status !== 'ok') throw new Error(`${change} changed nothing`);
      last = next.schemaVersion;
    }
    await admin.query(`alter role explainer reset all; drop index item_name; alter table item drop column note;
      truncate item; insert into item select n, 'item ' || n from generate_series(1, 20000) n; analyze item`);
  });

  test('the plan of a parameterised statement is the one the server gives', async () => {
    const text = 'select name from item where id = $1';
    await admin.query(
      `deallocate all; prepare own as ${text}; set plan_cache_mode = force_generic_plan`,
    );
    const theirs = await admin.query('explain (format json) execute own(null)');
    expect(await explain(text)).toMatchObject({
      status: 'ok',
      root: readPostgresPlan(theirs.rows[0]['QUERY PLAN']),
    });
  });
});
