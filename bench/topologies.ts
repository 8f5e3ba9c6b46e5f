/**
 * Pictures of the topology of clusters with 1, 3, 12 and 40 servers, to be looked at: healthy streams, cascades, a stopped
 * replay, a delay on purpose, a dead server and one that is far behind. Only their readings are made up; the page is the
 * product's. node --import tsx bench/topologies.ts [--out .cache/topologies]
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Pool } from 'pg';
import {
  emptyFacts,
  type Receiver,
  type ReplicationFacts,
  type Sender,
} from '@/lib/replication/facts';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { freePort, startPostgres } from '@/scripts/servers/embedded';
import { openBrowser } from '../e2e/open-browser';
import { signIn } from '../e2e/sign-in';
import { startWeb } from './start-web';

const { values } = parseArgs({
  options: { out: { type: 'string', default: '.cache/topologies' } },
});
const written = 9e9;
const port = 5432;

/** What is wrong with one that follows. */
type Trouble = 'none' | 'paused' | 'delayed' | 'far_behind' | 'down';
type Server = { name: string; follows: string | null; trouble: Trouble };

const primary = (name: string): Server => ({ name, follows: null, trouble: 'none' });
const standby = (name: string, follows: string, trouble: Trouble = 'none'): Server => ({
  ...{ name, follows, trouble },
});
const clusters: Record<string, Server[]> = {
  'one server': [primary('billing-1')],
  'three servers': [
    primary('orders-1'),
    standby('orders-2', 'orders-1'),
    standby('orders-3', 'orders-1', 'far_behind'),
  ],
  'twelve servers': [
    primary('stock-1'),
    standby('stock-2', 'stock-1'),
    standby('stock-3', 'stock-1', 'paused'),
    standby('stock-4', 'stock-1', 'delayed'),
    ...[5, 6, 7, 8].map((n) => standby(`stock-${n}`, 'stock-2', n === 7 ? 'far_behind' : 'none')),
    ...[9, 10, 11].map((n) => standby(`stock-${n}`, 'stock-5', n === 10 ? 'down' : 'none')),
    standby('stock-12-with-a-name-that-is-rather-long-for-a-box', 'stock-1'),
  ],
  'forty servers': [
    primary('search-1'),
    ...Array.from({ length: 39 }, (_, i) =>
      standby(
        `search-${i + 2}`,
        'search-1',
        ({ 4: 'paused', 17: 'far_behind', 30: 'down' } as Record<number, Trouble>)[i] ?? 'none',
      ),
    ),
  ],
};

const behindBytes = (trouble: Trouble) =>
  ({ none: 0, paused: 4e8, delayed: 2e7, far_behind: 3e9, down: 5e8 })[trouble];
const behindMs = (trouble: Trouble) =>
  ({ none: 12, paused: 720_000, delayed: 3_600_000, far_behind: 94_000, down: 400_000 })[trouble];
const at = (log: number) => ({ log, gtid: null });

function factsOf(server: Server, all: readonly Server[], now: number): ReplicationFacts {
  const { name, follows, trouble } = server;
  const applied = written - behindBytes(trouble);
  const ageMs = behindMs(trouble);
  const empty = emptyFacts('postgres', now);
  const receiver: Receiver = {
    ...{ channel: '', name, fromArchive: false, receiver: 'running' },
    applier: trouble === 'paused' ? 'paused' : 'running',
    upstream: { host: follows ?? '', port, server: null, slot: null },
    ...{ received: at(written), applied: at(applied), told: written, heardMs: 40 },
    ...{ replayAgeMs: ageMs, applyingAgeMs: null, receivedAgeMs: null, saidMs: null },
    configuredDelayMs: trouble === 'delayed' ? 3_600_000 : 0,
    remainingDelayMs: null,
    ...{ quietMs: 0, stalledMs: trouble === 'paused' ? ageMs : 0 },
    waiting: trouble === 'delayed' ? 'RecoveryApplyDelay' : null,
    ...{ receiverError: null, applierError: null },
  };
  const senders = all
    .filter((one) => one.follows === name && one.trouble !== 'down')
    .map((one): Sender => {
      const theirs = behindMs(one.trouble);
      return {
        ...{ name: one.name, address: one.name, server: null, kind: 'physical' },
        ...{ state: 'streaming', sync: one.name === 'stock-2' ? 'sync' : 'async' },
        ...{ sent: written, written, flushed: written },
        replayed: written - behindBytes(one.trouble),
        ...{ writeLagMs: 1, flushLagMs: 3, replayLagMs: theirs, answerAgeMs: 30 },
      };
    });
  return {
    ...empty,
    identity: { ...empty.identity, system: all[0]?.name ?? '', timeline: 1, port, name },
    writable: { ...empty.writable, recovery: follows !== null },
    position: at(applied),
    receivers: follows === null ? [] : [receiver],
    senders,
  };
}

async function addAll(db: Pool): Promise<void> {
  const now = Date.now();
  for (const [cluster, servers] of Object.entries(clusters)) {
    const { rows } = await db.query('insert into cluster (name) values ($1) returning id', [
      cluster,
    ]);
    for (const server of servers) {
      const added = await db.query(
        `insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
         values ($1, $2, 'postgres', $1, $3, 'shop', 'yagura', now()) returning id`,
        [server.name, rows[0].id, port],
      );
      const down = server.trouble === 'down';
      await db.query(
        `insert into instance_status (instance_id, state, role, system_identifier, version, last_seen, last_attempt)
         values ($1, $2, $3, $4, '18.1', to_timestamp($5 / 1000.0), now())`,
        [
          ...[added.rows[0].id, down ? 'down' : 'up', server.follows ? 'replica' : 'primary'],
          ...[servers[0]?.name, down ? now - behindMs('down') : now],
        ],
      );
      const facts = factsOf(server, servers, down ? now - behindMs('down') : now);
      await db.query(
        'insert into replication_facts (instance_id, at, facts) values ($1, to_timestamp($2 / 1000.0), $3)',
        [added.rows[0].id, facts.at, JSON.stringify(facts)],
      );
    }
  }
}

const folder = await mkdtemp(path.join(tmpdir(), 'yagura-topologies-'));
const server = await startPostgres();
try {
  await migrate(server.url());
  const db = openPool(server.url(), 2);
  await addAll(db);
  const url = `http://127.0.0.1:${await freePort()}`;
  const web = await startWeb({ url, store: server.url(), folder });
  const browser = await openBrowser();
  // As a collector would: the readings stay of now.
  const beating = setInterval(() => {
    const sql = [
      `update instance_status set last_seen = now(), last_attempt = now() where state = 'up'`,
      `update replication_facts f set at = now(), facts = facts || jsonb_build_object('at', extract(epoch from now()) * 1000)
       from instance_status s where s.instance_id = f.instance_id and s.state = 'up'`,
    ];
    void Promise.all(sql.map((one) => db.query(one)));
  }, 2_000);
  try {
    await mkdir(values.out, { recursive: true });
    for (const theme of ['dark', 'light'] as const)
      for (const width of [1440, 390]) {
        const context = await browser.newContext({
          ...{ viewport: { width, height: 900 }, colorScheme: theme, locale: 'en-GB' },
        });
        await signIn(context, url);
        for (const [n, name] of Object.keys(clusters).entries()) {
          const page = await context.newPage();
          await page.goto(`${url}/clusters/${n + 1}`);
          const topology = page.getByRole('region', { name: 'Servers and their lag' });
          await topology.waitFor({ timeout: 20_000 });
          await page.waitForTimeout(1_500);
          const file = `${values.out}/${name.replace(' ', '-')}-${theme}-${width}.png`;
          await topology.screenshot({ path: file });
          console.log(file);
          await page.close();
        }
        await context.close();
      }
  } finally {
    clearInterval(beating);
    await browser.close();
    await web.stop();
    await db.end();
  }
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
