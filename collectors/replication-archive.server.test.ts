/** A standby that gets its WAL as files, and what the archive holds of the primary. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgres } from '@/collectors/postgres/engine';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { type WatchedCluster, watchCluster } from '@/scripts/servers/watched-cluster';

const password = 'of the watching login';
const servers: RunningPostgres[] = [];
let folder: string;
let cluster: WatchedCluster;
let alone: WatchedCluster;

const run = async (server: RunningPostgres | undefined, ...texts: string[]) => {
  const one = new pg.Client({ connectionString: server?.url() });
  await one.connect();
  try {
    for (const text of texts) await one.query(text);
  } finally {
    await one.end();
  }
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'yagura-wal-'));
  await chmod(folder, 0o777);
  const primary = await startPostgres({
    settings: { archive_mode: 'on', archive_command: `cp %p ${folder}/%f` },
  });
  servers.push(primary);
  await run(
    primary,
    `create role yagura login password '${password}' in role pg_monitor`,
    'create table item (id int)',
  );
  const standby = await startPostgres({
    standbyOf: primary,
    settings: { restore_command: `cp ${folder}/%f %p`, wal_retrieve_retry_interval: '500ms' },
  });
  servers.push(standby);
  await run(standby, `alter system set primary_conninfo = ''`, 'select pg_reload_conf()');
  const watched = servers.map(({ port }, index) => ({
    ...{ name: ['primary', 'standby'][index] ?? '', port, engine: postgres },
    ...{ user: 'yagura', password, database: 'postgres' },
  }));
  cluster = watchCluster(watched, 2_000);
  alone = watchCluster(watched.slice(0, 1), 2_000);
});
afterAll(async () => {
  await alone?.stop();
  await cluster?.stop();
  for (const server of servers.reverse()) await server.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a standby without a link is behind by what is not archived, and not broken', async () => {
  await run(
    servers[0],
    'insert into item select generate_series(1, 1000)',
    'select pg_switch_wal()',
  );
  await run(servers[0], 'insert into item values (1)');
  const { verdict } = await cluster.until(
    ({ links }) => links[0]?.cause === 'from_archive' && (links[0].lag.bytes ?? 0) > 0,
    10,
  );
  expect(['streaming', 'catching_up']).toContain(verdict.links[0]?.state);
  expect(verdict.links).toMatchObject([
    { instance: 'standby', upstream: 'primary', cause: 'from_archive' },
  ]);
  expect(verdict.primary).toBe('primary');
});

test('without a replica the archive says what would be lost', async () => {
  const before = await alone.until(({ dataLoss }) => (dataLoss.bytes ?? 0) > 0, 5);
  expect(before.verdict.dataLoss).toMatchObject({ instance: null, reason: null });
  expect(before.verdict.dataLoss.ms).toBeGreaterThan(0);
  expect(before.verdict.dataLoss.archive?.failing).toBe(false);
  await run(servers[0], `alter system set archive_command = 'false'`, 'select pg_reload_conf()');
  await run(servers[0], 'insert into item values (1)', 'select pg_switch_wal()');
  const { verdict } = await alone.until(({ dataLoss }) => dataLoss.archive?.failing === true, 10);
  expect(verdict.dataLoss.archive?.bytes).toBeGreaterThan(0);
});
