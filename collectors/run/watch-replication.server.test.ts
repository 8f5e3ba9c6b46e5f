/** A whole collector on a pair: the series of the verdict, a failover as an event, and a lag that ends with the promotion. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { metrics } from '@/collectors/catalog';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { readCluster } from '@/lib/storage/read-clusters';
import { readSeries } from '@/lib/storage/read-series';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { type SteadyWriter, writeSteadily } from '@/scripts/servers/steady-writer';
import { watchReplication } from './watch-replication';

const rootKey = randomBytes(32).toString('base64url');
const password = 'of the watching login';
let store: RunningPostgres;
let primary: RunningPostgres;
let standby: RunningPostgres;
let db: pg.Pool;
let collector: ChildProcess;
let client: pg.Client;
let writer: SteadyWriter;

beforeAll(async () => {
  store = await startPostgres();
  primary = await startPostgres();
  client = await connect(primary);
  await client.query(`create role yagura login password '${password}' in role pg_monitor`);
  await client.query('create table item (id int primary key)');
  await client.end();
  standby = await startPostgres({ standbyOf: primary, settings: { work_mem: '8MB' } });
  client = await connect(primary);
  writer = writeSteadily((id) => client.query('insert into item values ($1)', [id]), 100);
  await migrate(store.url());
  db = openPool(store.url(), 3);
  await db.query(`insert into cluster (name) values ('shop')`);
  await add('first', primary.port);
  await add('second', standby.port);
  collector = spawn(process.execPath, ['--import', 'tsx', 'collectors/main.ts'], {
    env: { ...process.env, DATABASE_URL: store.url(), YAGURA_SECRET_KEY: rootKey },
    stdio: 'ignore',
  });
});
afterAll(async () => {
  await writer?.stop();
  collector?.kill('SIGKILL');
  await client?.end().catch(() => undefined);
  await db?.end();
  await standby?.stop();
  await primary?.stop();
  await store?.stop();
});

async function connect(server: RunningPostgres) {
  const made = new pg.Client({ connectionString: server.url() });
  made.on('error', () => undefined);
  await made.connect();
  return made;
}

async function add(name: string, port: number) {
  const { rows } = await db.query<{ id: number }>(
    `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, updated_at)
     values ($1, 1, 'postgres', '127.0.0.1', $2, 'postgres', 'yagura', 'off', now()) returning id`,
    [name, port],
  );
  const id = rows[0]?.id;
  await db.query('update instance set password = $2 where id = $1', [
    id,
    seal(await publishPublicKey(db, rootKey), password, {
      ...{ table: 'instance', row: String(id), column: 'password' },
    }),
  ]);
}

const events = async () =>
  (
    await db.query<{ kind: string; instance_id: number; details: Record<string, unknown> }>(
      `select kind, instance_id, details from event where kind not in ('setting_changed', 'extension_changed') order by id`,
    )
  ).rows;
const lags = async () => {
  const { series } = await readSeries(db, {
    ...{ instanceIds: [2], metric: 'postgres.replication-lag', column: 'lag_ms', points: 200 },
    ...{ from: Date.now() - 300_000, to: Date.now() + 10_000 },
  });
  return series.flatMap(({ points }) => points).filter(([, value]) => value !== null);
};

test('the lag of a standby is a series, and what is said of it names its primary', async () => {
  await vi.waitFor(
    async () => {
      expect((await lags()).length).toBeGreaterThanOrEqual(2);
      const cluster = await readCluster(db, 1);
      expect(cluster?.replication).toMatchObject({
        ...{ primary: '1', split_brain: false },
        replicas: [{ instance: '2', upstream: '1', state: 'streaming', cause: null }],
        data_loss: { instance: '2', reason: null },
      });
      expect(cluster?.replication.data_loss.ms).toBeLessThan(1000);
      expect(cluster?.sentence.code).not.toBe('replica_unknown');
    },
    { timeout: 90_000, interval: 1000 },
  );
  for (const [, value] of await lags()) expect(value).toBeLessThan(2000);
  expect(await events()).toEqual([]);
  const losses = async () => {
    const { series } = await readSeries(db, {
      ...{ instanceIds: [1], metric: 'postgres.recovery-point', column: 'loss_ms', points: 200 },
      ...{ from: Date.now() - 300_000, to: Date.now() + 10_000 },
    });
    return series.flatMap(({ points }) => points.map(([, value]) => value));
  };
  const small = (value: number | null) => value !== null && value < 1000;
  // The verdict of the moment may be ahead of the series.
  await vi.waitFor(async () => expect((await losses()).filter(small)).not.toEqual([]), {
    ...{ timeout: 30_000, interval: 1000 },
  });
});

test('how the candidate differs from the primary is told by name', async () => {
  await vi.waitFor(
    async () => {
      const [candidate] = (await readCluster(db, 1))?.replication.candidates ?? [];
      expect(candidate).toMatchObject({
        ...{ instance: '2', fit: true },
        reasons: [{ code: 'settings_differ', detail: 'work_mem' }],
      });
    },
    { timeout: 60_000, interval: 1000 },
  );
});

test('one process judges at a time', async () => {
  const other = await db.connect();
  try {
    await other.query('select pg_advisory_lock(7274618)');
    expect(await watchReplication(db, metrics)).toBe(false);
    await other.query('select pg_advisory_unlock(7274618)');
  } finally {
    other.release();
  }
});

test('a failover: no split brain, its time, and no lag after it', async () => {
  await primary.kill9();
  const promoting = await connect(standby);
  await promoting.query('select pg_promote(true, 30)');
  await promoting.end();
  const promotedAt = Date.now();
  await vi.waitFor(
    async () => expect((await events()).map(({ kind }) => kind)).toContain('failover'),
    { timeout: 90_000, interval: 1000 },
  );
  const seen = await events();
  expect(seen.map(({ kind }) => kind)).not.toContain('split_brain');
  const failover = seen.find(({ kind }) => kind === 'failover');
  expect(failover).toMatchObject({ instance_id: 2, details: { from: 'first', to: 'second' } });
  const { last_write_ms, first_write_ms, gap_ms } = failover?.details ?? {};
  expect(Math.abs(Number(last_write_ms) - (writer.lastAt ?? 0))).toBeLessThan(500);
  // The first write on the new one is known to a poll.
  expect(Number(first_write_ms)).toBeGreaterThan(Number(last_write_ms));
  expect(Number(gap_ms)).toBeLessThan(15_000);
  const cluster = await readCluster(db, 1);
  expect(cluster?.replication).toMatchObject({ primary: '2', split_brain: false, replicas: [] });
  const after = (await lags()).filter(([at]) => at > promotedAt + 20_000);
  expect(after).toEqual([]);
});
