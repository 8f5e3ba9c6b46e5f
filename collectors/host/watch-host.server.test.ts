/** A whole collector: an instance on this machine shows its CPU in the cell; one elsewhere stays unknown, with the reason. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { hostMetrics } from '@/collectors/host/host-reader';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { readClusters } from '@/lib/storage/read-clusters';
import { readLatest } from '@/lib/storage/read-latest';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';

const rootKey = randomBytes(32).toString('base64url');
let store: RunningPostgres;
let db: pg.Pool;
let collector: ChildProcess;

beforeAll(async () => {
  store = await startPostgres();
  const client = new pg.Client({ connectionString: store.url() });
  await client.connect();
  await client.query(`create role yagura login password 'x' in role pg_monitor`);
  await client.end();
  await migrate(store.url());
  db = openPool(store.url(), 3);
  await add('here', '127.0.0.1');
  await add('elsewhere', '192.0.2.1');
  collector = spawn(process.execPath, ['--import', 'tsx', 'collectors/main.ts'], {
    env: { ...process.env, DATABASE_URL: store.url(), YAGURA_SECRET_KEY: rootKey },
    stdio: 'ignore',
  });
});
afterAll(async () => {
  collector?.kill('SIGKILL');
  await db?.end();
  await store?.stop();
});

async function add(name: string, host: string) {
  const key = await publishPublicKey(db, rootKey);
  await db.query('insert into cluster (name) values ($1)', [name]);
  const { rows } = await db.query<{ id: number }>(
    `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, updated_at)
     select $1, id, 'postgres', $2, $3, 'postgres', 'yagura', 'off', now() from cluster where name = $1 returning id`,
    [name, host, store.port],
  );
  const row = String(rows[0]?.id);
  await db.query('update instance set password = $2 where id = $1', [
    row,
    seal(key, 'x', { table: 'instance', row, column: 'password' }),
  ]);
}

const infrastructureOf = async (name: string) =>
  (await readClusters(db)).clusters
    .find((cluster) => cluster.name === name)
    ?.layers.find(({ layer }) => layer === 'infrastructure');

test('the machine of the collector is measured at the second reading', {
  timeout: 90_000,
}, async () => {
  await vi.waitFor(
    async () => {
      const cell = await infrastructureOf('here');
      expect(cell).toMatchObject({ measured: true, headline: { unit: 'ratio' } });
      expect(cell?.headline?.value).toBeGreaterThan(0);
    },
    { timeout: 60_000, interval: 500 },
  );
  expect((await infrastructureOf('here'))?.headline?.value).toBeLessThanOrEqual(1);
  const metrics = new Set((await readLatest(db)).map(({ metric }) => metric));
  for (const name of ['cpu', 'memory', 'disks', 'filesystems', 'network'])
    expect(metrics).toContain(`host.${name}`);
});

test('where nothing tells of the machine it is unknown, and no blindness of the database', async () => {
  expect(await infrastructureOf('elsewhere')).toMatchObject({ measured: false, state: 'unknown' });
  const { rows } = await db.query(
    `select h.metric, h.error ->> 'code' as code from metric_health h join instance i on i.id = h.instance_id
     where i.name = 'elsewhere' and h.metric like 'host.%'`,
  );
  expect(rows).toHaveLength(hostMetrics.length);
  expect(new Set(rows.map(({ code }) => code))).toEqual(new Set(['no_host_source']));
});
