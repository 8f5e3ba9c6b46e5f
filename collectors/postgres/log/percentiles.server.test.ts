/** From a real server's log through the collector to the API: p95 where the log has it, and only there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StatementsBody } from '@/lib/contract';
import { relativeError } from '@/lib/log/durations';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { describeStatement, describeStatements } from '@/lib/storage/describe-statements';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { readExecutions } from '@/lib/storage/read-executions';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { logFunctionSql } from './log-source';

const rootKey = randomBytes(32).toString('base64url');
let store: RunningPostgres;
let target: RunningPostgres;
let db: pg.Pool;
let admin: pg.Client;
let collector: ChildProcess;

beforeAll(async () => {
  store = await startPostgres();
  target = await startPostgres({
    settings: {
      shared_preload_libraries: 'pg_stat_statements',
      logging_collector: 'on',
      log_destination: 'jsonlog',
      log_min_duration_statement: '10',
    },
  });
  admin = new pg.Client({ connectionString: target.url(), application_name: 'shop' });
  await admin.connect();
  await admin.query(`create extension pg_stat_statements;
    create role watcher login password 'for tests'; grant pg_monitor to watcher; create table u (id int unique)`);
  await admin.query(logFunctionSql('watcher'));
  await migrate(store.url());
  db = openPool(store.url(), 3);
  await db.query(`insert into cluster (name) values ('one')`);
  await db.query(
    `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, updated_at)
     values ('one', 1, 'postgres', '127.0.0.1', $1, 'postgres', 'watcher', 'off', now())`,
    [target.port],
  );
  const place = { table: 'instance', row: '1', column: 'password' };
  await db.query('update instance set password = $1', [
    seal(await publishPublicKey(db, rootKey), 'for tests', place),
  ]);
  collector = spawn(process.execPath, ['--import', 'tsx', 'collectors/main.ts'], {
    env: { ...process.env, DATABASE_URL: store.url(), YAGURA_SECRET_KEY: rootKey },
    stdio: 'ignore',
  });
});
afterAll(async () => {
  collector?.kill('SIGKILL');
  await admin?.end();
  await db?.end();
  await target?.stop();
  await store?.stop();
});

const window = () => ({ instanceIds: [1], from: Date.now() - 3_600_000, to: Date.now() });
const ranking = (sort: 'calls' | 'errors' = 'calls') =>
  describeStatements(db, { ...window(), sort, limit: 100 });
const named = (body: StatementsBody, text: string) =>
  body.statements.find((one) => one.text === text);
async function until<T>(read: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(500)) {
    const found = await read();
    if (found !== undefined) return found;
  }
  throw new Error('not within a minute');
}

test('p95 of a log of slow executions, by the calls that were counted', async () => {
  await until(async () => {
    const { rows } = await db.query('select from statement_reading');
    const logs = await db.query('select from log_position');
    return rows.length > 0 && logs.rows.length > 0 ? true : undefined;
  });
  for (let i = 0; i < 60; i++) {
    // A tenth is slow: p95 lies among them. Of the second less than a twentieth is, of the third none.
    // Another name of a column is the same query to the server, which counts it as one.
    const name = i < 15 ? 'mostly' : 'mainly';
    await admin.query(`select pg_sleep($1) as ${name}`, [i % 10 === 0 ? 0.02 + i / 1000 : 0]);
    await admin.query('select now(), pg_sleep($1) as rarely', [i === 30 ? 0.05 : 0]);
    await admin.query('select $1::int as never', [i]);
  }
  await admin.query('insert into u values (1)');
  for (let i = 0; i < 4; i++) await admin.query('insert into u values (1)').catch(() => undefined);
  await admin.query('select * from does_not_exist').catch(() => undefined);

  const body = await until(async () => {
    const found = await ranking();
    const mostly = named(found, 'select pg_sleep($1) as mostly');
    // What runs for the first time is logged before it is counted: the poll after that knows it is the same.
    return mostly?.calls === 60 &&
      mostly.p95_ms !== null &&
      (named(found, 'insert into u values ($1)')?.errors ?? 0) > 0
      ? found
      : undefined;
  });
  const mostly = named(body, 'select pg_sleep($1) as mostly');
  // The slow ones take 20, 30, 40, 50, 60 and 70 ms; the 57th of 60 is the third of them.
  expect(mostly?.p95_ms).toBeGreaterThanOrEqual(40 * (1 - relativeError));
  expect(mostly?.p95_ms).toBeLessThan(50);
  expect(mostly?.p99_ms).toBeGreaterThanOrEqual(70 * (1 - relativeError));
  expect(mostly?.errors).toBe(0);
  expect(named(body, 'select now(), pg_sleep($1) as rarely')).toMatchObject({
    p95_ms: null,
    p95_under_ms: 10,
  });
  expect(named(body, 'select $1::int as never')).toMatchObject({ p95_ms: null, p95_under_ms: 10 });
  expect(named(body, 'insert into u values ($1)')).toMatchObject({ calls: 1, errors: 4 });
});

test('errors rank statements, those that never ended too, and say which', async () => {
  const { statements } = await ranking('errors');
  expect(statements.map(({ text, errors, calls }) => ({ text, errors, calls }))).toEqual([
    { text: 'insert into u values ($1)', errors: 4, calls: 1 },
    { text: 'select * from does_not_exist', errors: 1, calls: 0 },
  ]);
  const detail = await describeStatement(db, {
    ...window(),
    id: statements[1]?.id ?? '',
    points: 10,
  });
  expect(detail.errors).toEqual([
    { sqlstate: '42P01', count: 1, user: 'postgres', database: 'postgres' },
  ]);
});

test('the slowest executions, with who ran them', async () => {
  const { executions, logs } = await readExecutions(db, { ...window(), limit: 3 });
  expect(executions).toHaveLength(3);
  expect(executions[0]).toMatchObject({
    text: 'select pg_sleep($1) as mostly',
    application: 'shop',
    user: 'postgres',
  });
  expect(executions[0]?.duration_ms).toBeGreaterThanOrEqual(70);
  expect(logs).toMatchObject([{ instance: '1', reason: null }]);
});

test('a threshold that is changed in the window, and one that some escape, leave p95 unknown', async () => {
  await admin.query('alter system set log_min_duration_statement = -1');
  await admin.query('select pg_reload_conf()');
  await until(async () => {
    const { rows } = await db.query(
      `select threshold_ms from log_reading order by to_at desc limit 1`,
    );
    return rows[0]?.threshold_ms === null ? true : undefined;
  });
  // Half of what was watched is without a log now.
  await until(async () => {
    const { rows } = await db.query(
      `select count(*)::int as n from log_reading where threshold_ms is null`,
    );
    return rows[0].n >= 3 ? true : undefined;
  });
  const found = named(await ranking(), 'select pg_sleep($1) as mostly');
  expect(found).toMatchObject({ p95_ms: null, p99_ms: null, p95_under_ms: null });
  expect(found?.mean_ms).toBeGreaterThan(0);
});
