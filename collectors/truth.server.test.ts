/** The numbers are true: what a load generator did is exactly what is stored, across a reset and a restart. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { readStatements } from '@/lib/storage/read-statements';
import { startDebianPostgres, whyNoDebian } from '@/scripts/servers/debian';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';

const reason = await whyNoDebian();
const rootKey = randomBytes(32).toString('base64url');
let store: RunningPostgres;
let target: RunningPostgres;
let db: pg.Pool;
let collector: ChildProcess;

describe.skipIf(reason !== null)(`statements of Debian's PostgreSQL 15 ${reason ?? ''}`, () => {
  beforeAll(async () => {
    store = await startPostgres();
    target = await startDebianPostgres({
      settings: { shared_preload_libraries: 'pg_stat_statements', max_connections: '30' },
    });
    await migrate(store.url());
    db = openPool(store.url(), 3);
    await admin(`create extension pg_stat_statements;
      create role yagura login inherit password 'secret-for-tests' connection limit 3; grant pg_monitor to yagura`);
    await pgbench('-i', '-q');
    const key = await publishPublicKey(db, rootKey);
    await db.query(
      `insert into cluster (name) values ('bench');
       insert into instance (name, cluster_id, engine, host, port, database, "user", tls, updated_at)
         values ('bench', 1, 'postgres', '127.0.0.1', ${target.port}, 'postgres', 'yagura', 'off', now())`,
    );
    await db.query('update instance set password = $1', [
      seal(key, 'secret-for-tests', { table: 'instance', row: '1', column: 'password' }),
    ]);
    startCollector();
  });
  afterAll(async () => {
    collector?.kill('SIGTERM');
    await db?.end();
    await target?.stop();
    await store?.stop();
  });

  test('calls and rows are exact across a reset, a restart of the server and one of the collector; gaps are marked', async () => {
    await pollsAfter(Date.now(), 2);
    const from = Date.now();
    await pgbench('-n', '-c', '2', '-t', '200');
    await pollsAfter(Date.now(), 1);
    expect(await updates(from)).toMatchObject({ calls: 400, rows: 400 });
    expect((await window(from)).partial).toEqual([]);

    await admin('select pg_stat_statements_reset()');
    await pgbench('-n', '-c', '2', '-t', '150');
    await pollsAfter(Date.now(), 1);
    expect(await updates(from)).toMatchObject({ calls: 700, rows: 700 });

    await target.restart();
    await pgbench('-n', '-c', '1', '-t', '100');
    await pollsAfter(Date.now(), 2);
    expect(await updates(from)).toMatchObject({ calls: 800, rows: 800 });

    const killed = collector.pid ?? 0;
    process.kill(killed, 'SIGKILL');
    startCollector();
    await pollsAfter(Date.now(), 2);
    await pgbench('-n', '-c', '1', '-t', '50');
    await pollsAfter(Date.now(), 1);
    expect(await updates(from)).toMatchObject({ calls: 850, rows: 850 });

    const all = await window(from);
    expect(all.partial.length).toBeGreaterThan(0);
    const { rows } = await db.query(
      `select min(c) as lowest, count(*) - count(distinct (instance_id, to_at)) as doubled
       from statement_reading, unnest(calls) c`,
    );
    expect(Number(rows[0].lowest)).toBeGreaterThanOrEqual(0);
  });
});

function startCollector() {
  collector = spawn(process.execPath, ['--import', 'tsx', 'collectors/main.ts'], {
    env: { ...process.env, DATABASE_URL: store.url(), YAGURA_SECRET_KEY: rootKey },
    stdio: 'ignore',
  });
}

async function admin(sql: string) {
  const client = new pg.Client({ connectionString: target.url() });
  await client.connect();
  await client.query(sql);
  await client.end();
}

async function pgbench(...args: string[]) {
  await promisify(execFile)(
    path.join(target.binaries.bin, 'pgbench'),
    ['-h', '127.0.0.1', '-p', String(target.port), '-U', 'postgres', ...args, 'postgres'],
    { env: { ...process.env, ...target.binaries.env, PGPASSWORD: target.password } },
  );
}

/** Waits for readings that began after a moment. */
async function pollsAfter(at: number, count: number) {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(250)) {
    const { rows } = await db.query<{ n: string }>(
      'select count(*) as n from statement_reading where to_at > $1',
      [new Date(at)],
    );
    if (Number(rows[0]?.n) >= count) return;
  }
  throw new Error('no reading came within a minute');
}

const window = (from: number) =>
  readStatements(db, { instanceIds: [1], from, to: Date.now(), sort: 'calls', limit: 100 });

async function updates(from: number) {
  const { statements } = await window(from);
  const found = statements.find((one) => one.text.startsWith('UPDATE pgbench_accounts'));
  return found?.sums;
}
