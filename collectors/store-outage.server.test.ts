/** The store is away: collectors go on reading, and what they read is there when it is back, even when they were killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { readStatements } from '@/lib/storage/read-statements';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';

const rootKey = randomBytes(32).toString('base64url');
let folder: string;
let store: RunningPostgres;
let target: RunningPostgres;
let db: pg.Pool;
let collector: ChildProcess;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'yagura-outage-'));
  store = await startPostgres();
  target = await startPostgres({ settings: { shared_preload_libraries: 'pg_stat_statements' } });
  await onTarget(`create extension pg_stat_statements;
    create role yagura login password 'secret-for-tests'; grant pg_monitor to yagura;
    create table during_it (); create table late_in_it (); create table before_the_kill ()`);
  await migrate(store.url());
  db = openPool(store.url(), 3);
  await db.query(
    `insert into cluster (name) values ('one');
     insert into instance (name, cluster_id, engine, host, port, database, "user", tls, updated_at)
       values ('one', 1, 'postgres', '127.0.0.1', ${target.port}, 'postgres', 'yagura', 'off', now())`,
  );
  const place = { table: 'instance', row: '1', column: 'password' };
  await db.query('update instance set password = $1', [
    seal(await publishPublicKey(db, rootKey), 'secret-for-tests', place),
  ]);
});
afterAll(async () => {
  collector?.kill('SIGKILL');
  await db?.end();
  await target?.stop();
  await store?.stop();
  await rm(folder, { recursive: true, force: true });
});

function startCollector() {
  collector = spawn(process.execPath, ['--import', 'tsx', 'collectors/main.ts'], {
    env: {
      ...process.env,
      DATABASE_URL: store.url(),
      YAGURA_SECRET_KEY: rootKey,
      YAGURA_DATA_DIR: folder,
    },
    stdio: 'ignore',
  });
}

async function onTarget(sql: string, times = 1) {
  const client = new pg.Client({ connectionString: target.url() });
  await client.connect();
  for (let n = 0; n < times; n++) await client.query(sql);
  await client.end();
}

/** Grid times of the polls that are stored, oldest first. */
async function polls(): Promise<number[]> {
  const { rows } = await db.query<{ at: Date }>(
    `select h.at from hot_sample h join layout l on l.id = h.layout_id
     where l.metric = 'postgres.databases' order by 1`,
  );
  return rows.map(({ at }) => at.getTime());
}

async function pollsAfter(time: number, count: number) {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(300))
    if ((await polls()).filter((at) => at >= time).length >= count) return;
  throw new Error(`no ${count} polls after ${new Date(time).toISOString()}`);
}

const spooled = () => readdir(path.join(folder, 'spool'));
const callsOf = async (from: number, text: string) =>
  (
    await readStatements(db, { instanceIds: [1], from, to: Date.now(), sort: 'calls', limit: 200 })
  ).statements
    .filter((row) => row.text.includes(text))
    .reduce((sum, row) => sum + (row.sums.calls ?? 0), 0);

test('nothing is lost while the store is away, statements seen for the first time included', async () => {
  startCollector();
  const from = Date.now();
  await pollsAfter(from - 20_000, 2);
  await store.kill9();
  await onTarget('select from during_it', 70);
  await sleep(21_000);
  expect(await spooled()).not.toEqual([]);
  await onTarget('select from late_in_it', 30);
  await sleep(10_000);
  await store.restart();
  await pollsAfter(Date.now(), 2);
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(200))
    if ((await spooled()).length === 0) break;
  expect(await spooled()).toEqual([]);
  const at = await polls();
  expect(at.slice(1).map((time, i) => time - (at[i] ?? 0))).toEqual(at.slice(1).map(() => 10_000));
  expect(await callsOf(from, 'during_it')).toBe(70);
  expect(await callsOf(from, 'late_in_it')).toBe(30);
  const { rows } = await db.query(
    `select bool_and(from_at = before) as whole from (
       select from_at, lag(to_at) over (order by to_at) as before from statement_reading) r where before is not null`,
  );
  expect(rows[0].whole).toBe(true);
}, 120_000);

test('what a collector had read before it was killed in an outage arrives with the next one', async () => {
  await store.kill9();
  const from = Date.now();
  await onTarget('select from before_the_kill', 50);
  await sleep(24_000);
  collector.kill('SIGKILL');
  const killed = Date.now();
  expect(await spooled()).not.toEqual([]);
  await store.restart();
  startCollector();
  await pollsAfter(killed, 1);
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(200))
    if ((await spooled()).length === 0) break;
  expect((await polls()).filter((at) => at > from && at < killed).length).toBeGreaterThanOrEqual(2);
  expect(await callsOf(from, 'before_the_kill')).toBe(50);
}, 120_000);
