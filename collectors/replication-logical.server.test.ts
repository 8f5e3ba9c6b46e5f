/** Logical replication beside physical: a subscriber takes writes, follows its publisher, and is no second primary of it. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgres } from '@/collectors/postgres/engine';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { type WatchedCluster, watchCluster } from '@/scripts/servers/watched-cluster';

const password = 'of the watching login';
const servers: RunningPostgres[] = [];
let cluster: WatchedCluster;

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
  const settings = { wal_level: 'logical' };
  const login = `create role yagura login password '${password}' in role pg_monitor`;
  const table = 'create table item (id int primary key)';
  const publisher = await startPostgres({ settings });
  servers.push(publisher);
  await run(publisher, login, table, 'create publication items for table item');
  servers.push(await startPostgres({ standbyOf: publisher, settings }));
  const subscriber = await startPostgres({ settings });
  servers.push(subscriber);
  await run(
    subscriber,
    login,
    table,
    `create subscription shop_items connection 'host=127.0.0.1 port=${publisher.port} user=postgres password=${publisher.password} dbname=postgres' publication items`,
  );
  cluster = watchCluster(
    servers.map(({ port }, index) => ({
      ...{ name: ['publisher', 'standby', 'subscriber'][index] ?? '', port, engine: postgres },
      ...{ user: 'yagura', password, database: 'postgres' },
    })),
    3_000,
  );
});
afterAll(async () => {
  await cluster?.stop();
  for (const server of servers.reverse()) await server.stop();
});

test('a subscription streams from its publisher, which stays the primary', async () => {
  await run(servers[0], 'insert into item values (1)');
  const { verdict } = await cluster.until(
    ({ subscriptions }) => subscriptions[0]?.lagMs === 0 && subscriptions[0].state === 'streaming',
    5,
  );
  expect(verdict).toMatchObject({
    ...{ primary: 'publisher', splitBrain: [], diverged: [] },
    links: [{ instance: 'standby', upstream: 'publisher' }],
    subscriptions: [
      {
        ...{ instance: 'subscriber', name: 'shop_items', publisher: 'publisher' },
        ...{ state: 'streaming', lagMs: 0, lagBytes: 0 },
      },
    ],
    slots: [{ instance: 'publisher', name: 'shop_items', kind: 'logical', active: true }],
  });
  expect(verdict.candidates.map(({ instance }) => instance)).toEqual(['standby']);
});

test('one that was disabled is stopped, and its slot keeps WAL', async () => {
  await run(servers[2], 'alter subscription shop_items disable');
  await run(servers[0], 'insert into item select generate_series(2, 1000)');
  const { verdict } = await cluster.until(
    ({ subscriptions, slots }) =>
      subscriptions[0]?.state === 'stopped' && slots[0]?.active === false,
    3,
  );
  expect(verdict.subscriptions).toMatchObject([{ state: 'stopped', publisher: null, lagMs: null }]);
  expect(verdict.slots[0]?.retainedBytes).toBeGreaterThan(0);
});
