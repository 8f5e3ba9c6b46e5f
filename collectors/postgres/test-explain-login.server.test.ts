/** What "Test connection" says of the separate EXPLAIN login; each fix it names is run, and does fix it. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testJob } from '@/collectors/run/test-job';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import {
  type PostgresVersion,
  type RunningPostgres,
  startPostgres,
} from '@/scripts/servers/embedded';
import { postgresProbe } from './test-connection';
import { testExplainLogin } from './test-explain-login';

describe.each<PostgresVersion>([15, 18])('PostgreSQL %i', (version) => {
  let server: RunningPostgres;
  let admin: pg.Client;
  const loginOf = (user: string, password: string | null = 'secret-for-tests') => ({
    ...{ host: '127.0.0.1', port: server.port, database: 'shop', tls: 'off' as const },
    ...{ user, password },
  });
  const look = (user: string, password?: string) =>
    testExplainLogin(loginOf(user, password), 'yagura test');
  const good = { ok: true, excess: [], tables: 3, readable: 3, fix_sql: null, error: null };

  beforeAll(async () => {
    server = await startPostgres({ version });
    admin = new pg.Client({ connectionString: server.url() });
    await admin.connect();
    await admin.query('create database shop');
    await admin.end();
    admin = new pg.Client({ connectionString: server.url('shop') });
    await admin.connect();
    await admin.query(`
      create table item (id int); create schema "Back Office"; create table "Back Office".wage (id int);
      create view "Back Office".pay as select * from "Back Office".wage;
      create role good login password 'secret-for-tests' connection limit 1;
      grant usage on schema "Back Office" to good;
      grant select on item, "Back Office".wage, "Back Office".pay to good`);
  });
  afterAll(async () => {
    await admin?.end();
    await server?.stop();
  });

  test('a login with SELECT and nothing else is good', async () => {
    expect(await look('good')).toEqual({ user: 'good', ...good });
  });

  test('a login that cannot connect says why', async () => {
    expect(await look('good', 'wrong')).toMatchObject({
      ok: false,
      excess: [],
      error: { code: expect.stringMatching(/auth|password/), message: expect.any(String) },
    });
    expect(await look('nobody')).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/./) },
    });
    await admin.query('alter role good nologin');
    expect(await look('good')).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/./) },
    });
    await admin.query('alter role good login');
  });

  test('a superuser is too much', async () => {
    await admin.query('alter role good superuser');
    const found = await look('good');
    expect(found.excess).toEqual([
      { right: 'SUPERUSER', fix_sql: 'ALTER ROLE "good" NOSUPERUSER;' },
    ]);
    for (const { fix_sql } of found.excess) await admin.query(fix_sql);
    expect(await look('good')).toMatchObject(good);
  });

  test('pg_monitor is too much for planning, and what brings it in through another role', async () => {
    await admin.query('grant pg_monitor to good');
    const found = await look('good');
    expect(found.excess).toEqual([
      { right: 'pg_monitor', fix_sql: 'REVOKE "pg_monitor" FROM "good";' },
    ]);
    for (const { fix_sql } of found.excess) await admin.query(fix_sql);
    expect(await look('good')).toMatchObject(good);
    await admin.query('grant pg_read_all_stats, pg_write_all_data to good');
    expect((await look('good')).excess.map(({ right }) => right)).toEqual([
      'pg_read_all_stats',
      'pg_write_all_data',
    ]);
    await admin.query('revoke pg_read_all_stats, pg_write_all_data from good');
    await admin.query('create role team; grant pg_monitor to team; grant team to good');
    const through = await look('good');
    expect(through.excess).toEqual([
      { right: 'pg_monitor', fix_sql: 'REVOKE "team" FROM "good";' },
    ]);
    for (const { fix_sql } of through.excess) await admin.query(fix_sql);
    expect(await look('good')).toMatchObject(good);
  });

  test('a missing SELECT is counted, and the GRANT repairs it', async () => {
    await admin.query('create role "O\'Neil ""x""" login password \'secret-for-tests\'');
    const found = await look('O\'Neil "x"');
    expect(found).toMatchObject({ ok: true, excess: [], tables: 3, readable: 0, error: null });
    expect(found.fix_sql).toContain(
      'GRANT SELECT ON ALL TABLES IN SCHEMA "Back Office" TO "O\'Neil ""x""";',
    );
    await admin.query(found.fix_sql ?? '');
    expect(await look('O\'Neil "x"')).toMatchObject(good);
  });

  test('the job tries the given password, else the stored one, and nothing without a separate login', async () => {
    const rootKey = randomBytes(32).toString('base64url');
    await migrate(server.url());
    const db = openPool(server.url(), 2);
    try {
      const key = await publishPublicKey(db, rootKey);
      await db.query(`insert into cluster (name) values ('one');
        insert into instance (name, cluster_id, engine, host, port, database, "user", tls, explain_user, updated_at)
        values ('one', 1, 'postgres', '127.0.0.1', ${server.port}, 'shop', 'postgres', 'off', 'good', now())`);
      await db.query('update instance set explain_password = $1', [
        seal(key, 'secret-for-tests', { table: 'instance', row: '1', column: 'explain_password' }),
      ]);
      const job = testJob({
        ...{ db, rootKey, applicationName: 'yagura test' },
        probes: { postgres: { ...postgresProbe, metrics: [] } },
      });
      const run = (passwords: Record<string, string>, more: Record<string, unknown>) => {
        const { password: _, ...target } = loginOf('postgres');
        const id = '6f1c1d6e-0000-4000-8000-000000000001';
        const place = { table: 'job', row: id, column: 'sealed' };
        const sealed = seal(
          key,
          JSON.stringify({ password: server.password, ...passwords }),
          place,
        );
        return job({ id, payload: { ...target, ...more }, sealed });
      };
      expect(await run({}, {})).toMatchObject({ ok: true, explain: null });
      const stored = { explain_user: 'good', explain_instance_id: 1 };
      expect(await run({}, stored)).toMatchObject({ ok: true, explain: good });
      expect(
        await run({ explain_password: 'secret-for-tests' }, { explain_user: 'good' }),
      ).toMatchObject({ explain: good });
      expect(await run({ explain_password: 'wrong' }, stored)).toMatchObject({
        ok: true,
        explain: { ok: false },
      });
    } finally {
      await db.end();
    }
  });
});
