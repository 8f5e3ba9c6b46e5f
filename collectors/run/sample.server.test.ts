import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgres } from '@/collectors/postgres/engine';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import type { Poll } from './poll';
import { createPoller } from './poll-instance';

let server: RunningPostgres;
let client: pg.Client;

beforeAll(async () => {
  server = await startPostgres();
  client = new pg.Client({ connectionString: server.url() });
  client.on('error', () => {});
  await client.connect();
});
afterAll(async () => {
  await client?.end().catch(() => undefined);
  await server?.stop();
});

test('load is the average of what was seen each second, not what is seen at the poll', async () => {
  const poller = createPoller({
    engine: postgres,
    watch: postgres.watch([]),
    target: async () => ({
      ...{ host: '127.0.0.1', port: server.port, database: 'postgres', user: 'postgres' },
      ...{ password: server.password, tls: 'off' as const },
    }),
    applicationName: 'yagura test',
    deadlineMs: 9_000,
    cores: 4,
  });
  const poll = (at: number) =>
    poller.poll({ at, startDelayMs: 0, skipped: 0, lostReadings: 0, mayConnect: true });
  const load = (read: Poll, wait: string) =>
    read.readings
      .find(({ metric }) => metric === 'postgres.load')
      ?.rows.find(({ labels }) => labels.wait === wait)?.values[0];

  expect(load(await poll(10_000), 'Timeout')).toBeUndefined();
  const sleeping = client.query('select pg_sleep(60)').catch(() => undefined);
  const admin = new pg.Client({ connectionString: server.url() });
  await admin.connect();
  const asleep = () =>
    admin
      .query(`select from pg_stat_activity where wait_event = 'PgSleep'`)
      .then((r) => r.rowCount);
  while (!(await asleep()));
  for (let n = 0; n < 6; n++) await poller.sample();
  await admin.query(
    `select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'`,
  );
  await sleeping;
  for (let n = 0; n < 5; n++) await poller.sample();
  // Six of eleven samples and the poll itself: at the poll nobody sleeps any more.
  expect(load(await poll(20_000), 'Timeout')).toBeCloseTo(6 / 12);
  expect(load(await poll(30_000), 'Timeout')).toBeUndefined();
  await admin.end();
  await poller.close();
});
