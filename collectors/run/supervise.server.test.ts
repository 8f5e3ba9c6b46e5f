/** Two collectors, one store: nothing is polled twice, a dead one's work is taken over, and a bad instance harms no other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';

const rootKey = randomBytes(32).toString('base64url');
let store: RunningPostgres;
let target: RunningPostgres;
let silent: Server;
let db: pg.Pool;
const collectors: ChildProcess[] = [];

beforeAll(async () => {
  store = await startPostgres();
  target = await startPostgres({ settings: { shared_preload_libraries: 'pg_stat_statements' } });
  const client = new pg.Client({ connectionString: target.url() });
  await client.connect();
  await client.query(`create extension pg_stat_statements;
    create role watcher login password 'for tests'; grant pg_monitor to watcher`);
  await client.end();
  // Accepts and never says a word: the worst kind of slow.
  silent = createServer(() => undefined);
  await new Promise<void>((resolve) => {
    silent.listen(0, '127.0.0.1', resolve);
  });
  await migrate(store.url());
  db = openPool(store.url(), 3);
  await db.query(`insert into cluster (name) values ('one')`);
  const address = silent.address();
  await add('good', target.port, 'for tests');
  await add(
    'silent',
    typeof address === 'object' && address !== null ? address.port : 0,
    'for tests',
  );
  await add('refused', target.port, 'wrong');
  await add('nobody', 1, 'for tests');
});
afterAll(async () => {
  for (const collector of collectors) collector.kill('SIGKILL');
  await db?.end();
  silent?.close();
  await target?.stop();
  await store?.stop();
});

async function add(name: string, port: number, password: string): Promise<void> {
  const { rows } = await db.query<{ id: number }>(
    `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, updated_at)
     values ($1, 1, 'postgres', '127.0.0.1', $2, 'postgres', 'watcher', 'off', now()) returning id`,
    [name, port],
  );
  const id = rows[0]?.id;
  await db.query('update instance set password = $2 where id = $1', [
    id,
    seal(await publishPublicKey(db, rootKey), password, {
      table: 'instance',
      row: String(id),
      column: 'password',
    }),
  ]);
}

function start(): ChildProcess {
  const collector = spawn(process.execPath, ['--import', 'tsx', 'collectors/main.ts'], {
    env: { ...process.env, DATABASE_URL: store.url(), YAGURA_SECRET_KEY: rootKey },
    stdio: 'ignore',
  });
  collectors.push(collector);
  return collector;
}

async function until<T>(seconds: number, read: () => Promise<T | null>): Promise<T> {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(200)) {
    const found = await read();
    if (found !== null) return found;
  }
  throw new Error(`not within ${seconds} s`);
}
const one = async <T extends pg.QueryResultRow>(
  sql: string,
  ...params: unknown[]
): Promise<T | null> => (await db.query<T>(sql, params)).rows[0] ?? null;
const state = (name: string) =>
  one<{ state: string; code: string | null; last_seen: Date | null; version: string | null }>(
    `select s.state, s.reason ->> 'code' as code, s.last_seen, s.version from instance_status s join instance i on i.id = s.instance_id
     where i.name = $1`,
    name,
  );

test('shows each instance with its reason, and the good one is read all the while', async () => {
  start();
  const good = await until(15, async () => {
    const found = await state('good');
    return found?.state === 'up' ? found : null;
  });
  expect(good.version).toMatch(/^18/);
  expect(await until(20, () => state('refused'))).toMatchObject({
    state: 'unknown',
    code: 'auth_failed',
  });
  expect(await until(20, () => state('nobody'))).toMatchObject({
    state: 'down',
    code: 'unreachable',
  });
  expect(await until(25, () => state('silent'))).toMatchObject({
    state: 'down',
    code: 'connect_timeout',
  });
  const { rows } = await db.query<{ metric: string; error: unknown }>(
    `select metric, error from metric_health h join instance i on i.id = h.instance_id where i.name = 'good'`,
  );
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter(({ error }) => error !== null)).toEqual([]);
});

test('a second collector shares the work, and takes over within 20 s what a killed one held', async () => {
  const first = collectors[0] as ChildProcess;
  start();
  const owners = async () =>
    (
      await db.query<{ owner: string; n: string }>(
        `select owner, count(*) as n from lease where owner <> '' and expires_at > now() group by owner`,
      )
    ).rows;
  await until(30, async () => ((await owners()).length === 2 ? true : null));
  expect((await owners()).map(({ n }) => Number(n)).sort()).toEqual([2, 2]);
  // One session of ours on the good server: nobody polls it twice.
  const client = new pg.Client({ connectionString: target.url() });
  await client.connect();
  await sleep(3_000);
  const { rows } = await client.query(
    `select count(*)::int as n from pg_stat_activity where usename = 'watcher'`,
  );
  expect(rows[0].n).toBe(1);
  await client.end();

  first.kill('SIGKILL');
  const killedAt = Date.now();
  await until(22, async () => {
    const held = await owners();
    return held.length === 1 && Number(held[0]?.n) === 4 ? true : null;
  });
  expect(Date.now() - killedAt).toBeLessThanOrEqual(21_000);
  const seen = await state('good');
  await until(20, async () => {
    const now = await state('good');
    return now?.state === 'up' && (now.last_seen ?? 0) > (seen?.last_seen ?? 0) ? true : null;
  });
});

test('a new instance is polled, a deleted one is let go, within seconds', async () => {
  await add('late', target.port, 'for tests');
  await until(6, async () => ((await state('late'))?.state === 'up' ? true : null));
  await db.query(`delete from instance where name in ('late', 'good')`);
  const client = new pg.Client({ connectionString: target.url() });
  await client.connect();
  await until(5, async () => {
    const { rows } = await client.query(
      `select count(*)::int as n from pg_stat_activity where usename = 'watcher'`,
    );
    return rows[0].n === 0 ? true : null;
  });
  await client.end();
});

test('stops at once on SIGTERM, with everything handed over', async () => {
  const last = collectors[1] as ChildProcess;
  const exited = new Promise<number | null>((resolve) => {
    last.once('exit', resolve);
  });
  const asked = Date.now();
  last.kill('SIGTERM');
  expect(await exited).toBe(0);
  expect(Date.now() - asked).toBeLessThan(6_000);
  expect(await one('select from lease where expires_at > now()')).toBeNull();
});
