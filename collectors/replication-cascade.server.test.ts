/** A standby of a standby, one that commits wait for, and a slot that nobody reads. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { postgres } from '@/collectors/postgres/engine';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { type SteadyWriter, writeSteadily } from '@/scripts/servers/steady-writer';
import { type WatchedCluster, watchCluster } from '@/scripts/servers/watched-cluster';

const intervalMs = 5_000;
const password = 'of the watching login';
const servers: RunningPostgres[] = [];
let cluster: WatchedCluster;
let client: pg.Client;
let writer: SteadyWriter;

const run = async (server: RunningPostgres | undefined, text: string) => {
  const one = new pg.Client({ connectionString: server?.url() });
  await one.connect();
  try {
    return (await one.query(text)).rows;
  } finally {
    await one.end();
  }
};

beforeAll(async () => {
  const settings = { max_slot_wal_keep_size: '1GB' };
  const primary = await startPostgres({ settings });
  servers.push(primary);
  await run(primary, `create role yagura login password '${password}' in role pg_monitor`);
  await run(primary, 'create table item (id int primary key)');
  const middle = await startPostgres({ standbyOf: primary });
  servers.push(middle);
  const last = await startPostgres({ standbyOf: middle });
  servers.push(last);
  client = new pg.Client({ connectionString: primary.url() });
  client.on('error', () => undefined);
  await client.connect();
  writer = writeSteadily((id) => client.query('insert into item values ($1)', [id]), 50);
  cluster = watchCluster(
    servers.map(({ port }, index) => ({
      ...{ name: ['primary', 'middle', 'last'][index] ?? '', port, engine: postgres },
      ...{ user: 'yagura', password, database: 'postgres' },
    })),
    intervalMs,
  );
  await cluster.until(({ links }) => links.every(({ state }) => state === 'streaming'), 6);
});
afterAll(async () => {
  await writer?.stop();
  await client?.end().catch(() => undefined);
  await cluster?.stop();
  for (const server of servers.reverse()) await server.stop();
});

test('each follows the one before it, and both are measured against the one that writes', async () => {
  const { verdict } = await cluster.until(() => true, 1);
  expect(verdict.links).toMatchObject([
    { instance: 'middle', upstream: 'primary', state: 'streaming' },
    { instance: 'last', upstream: 'middle', state: 'streaming' },
  ]);
  for (const { lag } of verdict.links) expect(lag.ms).toBeLessThan(500);
  expect(verdict.candidates[0]?.instance).toBe('middle');
  expect(verdict.candidates[1]?.reasons.map(({ code }) => code)).toContain('cascade');
});

test('when the one in the middle pauses, both stand still, and neither hides it', async () => {
  await run(servers[1], 'select pg_wal_replay_pause()');
  const { verdict } = await cluster.until(({ links }) => links[0]?.state === 'stopped', 2);
  // A cascade receives what its upstream received, replayed or not: it goes on.
  expect(verdict.links).toMatchObject([{ cause: 'replay_paused' }, { state: 'streaming' }]);
  expect(verdict.links[1]?.lag.ms).toBeLessThan(1000);
  await run(servers[1], 'select pg_wal_replay_resume()');
});

test('when the one in the middle is cut off, the one behind it is late for that reason', async () => {
  await run(servers[1], `alter system set primary_conninfo = 'host=127.0.0.1 port=1'`);
  await run(servers[1], 'select pg_reload_conf()');
  const { verdict } = await cluster.until(
    ({ links }) => links[0]?.state === 'disconnected' && links[1]?.cause === 'upstream_behind',
    4,
  );
  expect(verdict.links).toMatchObject([
    { instance: 'middle', state: 'disconnected', cause: 'receiver_not_running' },
    { instance: 'last', state: 'catching_up', cause: 'upstream_behind' },
  ]);
  const [middle, last] = verdict.links;
  expect(Math.abs((middle?.lag.ms ?? 0) - (last?.lag.ms ?? Number.NaN))).toBeLessThan(1000);
  expect(verdict.dataLoss.ms).toBeGreaterThan(4_000);
  await run(servers[1], 'alter system reset primary_conninfo');
  await run(servers[1], 'select pg_reload_conf()');
  await vi.waitFor(
    async () => expect((await cluster.look()).links[1]?.state).toBe('streaming'),
    30_000,
  );
});

test('with a synchronous standby nothing that was confirmed would be lost', async () => {
  await run(servers[0], `alter system set synchronous_standby_names = 'FIRST 1 (standby)'`);
  await run(servers[0], 'select pg_reload_conf()');
  const { verdict } = await cluster.until(({ dataLoss }) => dataLoss.synchronous, 3);
  expect(verdict.links[0]?.sync).toBe('sync');
  expect(verdict.dataLoss).toMatchObject({
    ms: 0,
    bytes: 0,
    synchronous: true,
    instance: 'middle',
  });
  await run(servers[0], `alter system set synchronous_standby_names = 'ANY 1 (standby)'`);
  await run(servers[0], 'select pg_reload_conf()');
  const quorum = await cluster.until(({ links }) => links[0]?.sync === 'quorum', 3);
  expect(quorum.verdict.dataLoss.synchronous).toBe(true);
});

test('a slot that nobody reads keeps WAL, and it is said until when that goes well', async () => {
  await run(servers[0], `select pg_create_physical_replication_slot('forgotten', true)`);
  const { verdict } = await cluster.until(
    ({ slots }) => (slots[0]?.retainedBytes ?? 0) > 0 && slots[0]?.lostInMs !== null,
    3,
  );
  expect(verdict.slots).toMatchObject([
    { instance: 'primary', name: 'forgotten', active: false, walStatus: 'reserved' },
  ]);
  expect(verdict.slots[0]?.lostInMs).toBeGreaterThan(60_000);
});
