/** A real HAProxy with the configuration of the README, before a primary and a standby that real collectors watch. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { replicationSnapshot } from '@/lib/storage/replication-snapshot';
import { answerReads } from './answer-reads';
import { type RunningApi, startApi } from './servers/api';
import { freePort, type RunningPostgres, startPostgres } from './servers/embedded';
import { startHaproxy, whyNoHaproxy } from './servers/haproxy';

const why = await whyNoHaproxy();
const rootKey = randomBytes(32).toString('base64url');
const stops: (() => unknown)[] = [];
let api: RunningApi;
let primary: RunningPostgres;
let standby: RunningPostgres;
let writer: pg.Client;
let reads: number;

beforeAll(async () => {
  if (why) return;
  api = await startApi(rootKey);
  stops.unshift(() => api.stop());
  primary = await startPostgres();
  stops.unshift(() => primary.stop());
  const owner = await connect(primary.port);
  await owner.query(`create role yagura login password 'for tests' in role pg_monitor;
    create table item (at timestamptz)`);
  standby = await startPostgres({ standbyOf: primary });
  stops.unshift(() => standby.stop());
  await owner.end().catch(() => {}); // The copy was made of a stopped primary.
  writer = await connect(primary.port);
  for (const { port } of [primary, standby]) {
    const body = { name: `on ${port}`, cluster: 'shop', host: '127.0.0.1', port, tls: 'off' };
    const login = { database: 'postgres', user: 'yagura', password: 'for tests' };
    expect(
      (await api.call('POST', '/api/v1/instances', { body: { ...body, ...login } })).status,
    ).toBe(201);
  }
  startCollector();
  const checks = await listen(
    createServer((request, response) => void answerReads(request, response)),
  );
  reads = await freePort();
  const proxy = await startHaproxy(await fromReadme({ checks }), {
    YAGURA_TOKEN: api.tokens.viewer,
  });
  stops.unshift(() => proxy.stop());
  const writing = setInterval(
    () => void writer.query('insert into item values (now())').catch(() => {}),
    100,
  );
  stops.unshift(async () => {
    clearInterval(writing);
    await writer.end();
  });
});
afterAll(async () => {
  replicationSnapshot.stop();
  for (const stop of stops) await stop();
});

/** The README's words; only addresses and ports are this test's. */
async function fromReadme({ checks }: { checks: number }): Promise<string> {
  const text = await readFile('README.md', 'utf8');
  const shown = /```haproxy\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const places = {
    '127.0.0.1:6432': `127.0.0.1:${reads}`,
    'port 3000': `port ${checks}`,
    '10.0.0.11:5432': `127.0.0.1:${primary.port}`,
    '10.0.0.12:5432': `127.0.0.1:${standby.port}`,
  };
  return Object.entries(places).reduce((all, [from, to]) => {
    expect(all).toContain(from);
    return all.replace(from, to);
  }, shown);
}

function startCollector(): ChildProcess {
  const collector = spawn(process.execPath, ['--import', 'tsx', 'collectors/main.ts'], {
    env: { ...process.env, DATABASE_URL: api.server.url(), YAGURA_SECRET_KEY: rootKey },
    stdio: 'ignore',
  });
  stops.unshift(() => collector.kill('SIGKILL'));
  return collector;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  stops.unshift(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function connect(port: number): Promise<pg.Client> {
  const { password } = primary;
  const client = new pg.Client({
    ...{ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', password },
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Who answers a read that is sent to HAProxy now. */
async function whoServes(): Promise<'primary' | 'standby'> {
  const client = await connect(reads);
  try {
    const { rows } = await client.query('select pg_is_in_recovery() as standby');
    return rows[0].standby ? 'standby' : 'primary';
  } finally {
    await client.end();
  }
}
const served = (by: string) =>
  vi.waitFor(async () => expect(await whoServes()).toBe(by), { timeout: 45_000, interval: 200 });

test.skipIf(why)(
  'reads leave a standby whose replay is paused while the primary writes, and come back after',
  async () => {
    await served('standby');
    const onStandby = await connect(standby.port);
    await onStandby.query('select pg_wal_replay_pause()');
    await served('primary');
    const late = await onStandby.query('select extract(epoch from now() - max(at)) as s from item');
    // The pause was seen within two intervals of 10 s, the check's two failures and the snapshot's second on top.
    expect(Number(late.rows[0].s)).toBeGreaterThan(0);
    expect(Number(late.rows[0].s)).toBeLessThan(25);
    await onStandby.query('select pg_wal_replay_resume()');
    await served('standby');
    await onStandby.end();
  },
);

test.skipIf(why)(
  'a read that runs when the standby is taken out ends, and does not stay there',
  async () => {
    await served('standby');
    const through = await connect(reads);
    const ended = through.query('select pg_sleep(60)').catch((error: Error) => error.message);
    const onStandby = await connect(standby.port);
    await onStandby.query('select pg_wal_replay_pause()');
    expect(await ended).toMatch(/terminated|ECONNRESET/);
    await onStandby.query('select pg_wal_replay_resume()');
    await onStandby.end();
  },
);

test.skipIf(why)('without an answer of Yagura, reads go to the primary', async () => {
  await served('standby');
  await api.db.query(`update api_token set revoked_at = now() where name = 'viewer'`);
  await served('primary');
});
