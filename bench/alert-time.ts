/**
 * From the moment a threshold is crossed on a watched PostgreSQL to the message that a webhook has accepted, with a whole
 * collector at its usual intervals: a session waits for a lock. The goal is two intervals and 5 s.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { StoredRule } from '@/lib/alert/rules';
import { randomToken } from '@/lib/auth/random-token';
import { publishPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { startPostgres } from '@/scripts/servers/embedded';
import { startFakeSlack } from '@/scripts/servers/fake-slack';
import { seeded } from './fill';

const rounds = process.argv.includes('--quick') ? 2 : 6;
const intervalMs = 10_000;
const goalMs = 2 * intervalMs + 5_000;
const rootKey = randomToken();
const text = { en: 'A session waits', ja: 'x' };
const rule: StoredRule = {
  ...{ metric: 'postgres.activity', column: 'waiting_for_lock', unit: 'count', perSecond: false },
  ...{ says: text, fix: text, runbook: null, enabled: true, scope: {}, direction: 'above' },
  ...{ warning: 0.5, critical: null, forMs: 0, recovery: null, keepFiringMs: 0 },
};

const store = await startPostgres();
const watched = await startPostgres();
const slack = await startFakeSlack();
let collector: ChildProcess | null = null;
try {
  await migrate(store.url());
  const db = openPool(store.url(), 3);
  const key = await publishPublicKey(db, rootKey);
  const sealed = (table: string, column: string, secret: string) =>
    seal(key, secret, { table, row: '1', column });
  const admin = await connect();
  await admin.query(
    `create role yagura login password 'of-the-bench' in role pg_monitor; create table counter (n int); insert into counter values (0)`,
  );
  await db.query(`insert into cluster (name) values ('c')`);
  await db.query(
    `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, password, updated_at)
     values ('i', 1, 'postgres', '127.0.0.1', $1, 'postgres', 'yagura', 'off', $2, now())`,
    [watched.port, sealed('instance', 'password', 'of-the-bench')],
  );
  await db.query(
    `insert into channel (name, kind, secret, settings) values ('a', 'slack', $1, '{"allow_private": true}')`,
    [sealed('channel', 'secret', JSON.stringify({ url: `${slack.url}/a` }))],
  );
  await db.query(`insert into rule (id, body, updated_by) values ('custom/waits', $1, 'bench')`, [
    JSON.stringify(rule),
  ]);
  collector = spawn(process.execPath, ['--import', 'tsx', 'collectors/main.ts'], {
    env: { ...process.env, DATABASE_URL: store.url(), YAGURA_SECRET_KEY: rootKey },
    stdio: 'ignore',
  });
  await sleep(30_000);
  const random = seeded(5);
  const took: number[] = [];
  for (let n = 0; n < rounds; n++) {
    await sleep(random() * intervalMs);
    const before = slack.received.length;
    const [holder, waiter] = [await connect(), await connect()];
    await holder.query('begin; update counter set n = n + 1');
    const crossedAt = Date.now();
    const waits = waiter.query('update counter set n = n + 1').catch(() => {});
    took.push((await messageAfter(before)) - crossedAt);
    const told = slack.received.length;
    await holder.query('commit');
    await waits;
    await messageAfter(told);
    await Promise.all([holder.end(), waiter.end()]);
  }
  took.sort((a, b) => a - b);
  const seconds = (ms = Number.NaN) => Math.round(ms / 100) / 10;
  console.log(`alert-time: ${rounds} lock waits, polled each ${intervalMs / 1000} s`);
  console.table({
    'threshold crossed to message accepted, s': {
      median: seconds(took[Math.floor(took.length / 2)]),
      longest: seconds(took.at(-1)),
      goal: goalMs / 1000,
    },
  });
  if ((took.at(-1) ?? goalMs + 1) > goalMs) process.exitCode = 1;
  await admin.end();
  await db.end();
} finally {
  collector?.kill('SIGKILL');
  await slack.stop();
  await watched.stop();
  await store.stop();
}

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: watched.url() });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function messageAfter(count: number): Promise<number> {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(50))
    if (slack.received.length > count) return Date.now();
  throw new Error('no message within two minutes');
}
