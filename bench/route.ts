/**
 * Route and check answers at 1,000 requests per second, from a production build of the web app, with 40 clusters of a primary
 * and two standbys whose readings go on arriving. The goal is 5 ms at the 99th percentile. Requests are sent at their times
 * whether earlier ones were answered or not, and latency counts from that time.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Pool } from 'pg';
import { randomToken } from '@/lib/auth/random-token';
import { emptyFacts, type ReplicationFacts } from '@/lib/replication/facts';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { freePort, startPostgres } from '@/scripts/servers/embedded';
import { sendLoad } from './send-load';
import { startWeb } from './start-web';

const clusters = 40;
const seconds = process.argv.includes('--quick') ? 10 : 60;
const token = randomToken();
const position = (log: number) => ({ log, gtid: null });
const newest = 1e9 + 2000;
const primaryFacts: ReplicationFacts = {
  ...emptyFacts('postgres', 0),
  writable: { ...emptyFacts('postgres', 0).writable, recovery: false },
  position: position(newest),
  senders: ['a', 'b'].map((name) => ({
    ...{ name, address: '10.0.0.1', server: null, kind: 'physical', state: 'streaming' },
    ...{ sync: 'async', sent: newest, written: newest, flushed: newest, replayed: 1e9 },
    ...{ writeLagMs: 1, flushLagMs: 2, replayLagMs: 15, answerAgeMs: 20 },
  })),
};
const standbyFacts: ReplicationFacts = {
  ...emptyFacts('postgres', 0),
  writable: { ...emptyFacts('postgres', 0).writable, recovery: true },
  position: position(1e9),
  receivers: [
    {
      fromArchive: false,
      ...{ channel: '', name: 'a', receiver: 'running', applier: 'running' },
      upstream: { host: 'h', port: 5432, server: null, slot: null },
      ...{ received: position(newest), applied: position(1e9), told: newest, heardMs: 20 },
      ...{ replayAgeMs: 15, applyingAgeMs: null, receivedAgeMs: null, saidMs: null },
      ...{ configuredDelayMs: 0, remainingDelayMs: null, quietMs: 0, stalledMs: 0 },
      ...{ waiting: null, receiverError: null, applierError: null },
    },
  ],
};
const check = (url: string, n: number) =>
  `${url}/api/v1/instances/${(n % clusters) * 3 + 2}/check?role=replica&max_lag_ms=1000`;
const route = (url: string, n: number) =>
  `${url}/api/v1/clusters/${(n % clusters) + 1}/route?max_lag_ms=1000`;
const folder = await mkdtemp(path.join(tmpdir(), 'yagura-route-'));
const server = await startPostgres();
try {
  await migrate(server.url());
  const db = openPool(server.url(), 2);
  await addClusters(db);
  await appendRound(db);
  const url = `http://127.0.0.1:${await freePort()}`;
  const env = { YAGURA_API_TOKEN: token };
  const web = await startWeb({ url, store: server.url(), folder, env });
  const writing = setInterval(() => void appendRound(db), 5000);
  try {
    console.log(`route: ${clusters} clusters of 3, ${seconds} s each, on this machine`);
    console.table({
      'check, 1,000/s (goal 5)': await measure(1000, seconds, (n) => check(url, n)),
      'route, 1,000/s (goal 5)': await measure(1000, seconds, (n) => route(url, n)),
      'check, 200/s': await measure(200, seconds, (n) => check(url, n)),
    });
  } finally {
    clearInterval(writing);
    await web.stop();
    await db.end();
  }
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function measure(perSecond: number, lasting: number, address: (n: number) => string) {
  const given = {
    urls: Array.from({ length: clusters }, (_, n) => address(n)),
    headers: { authorization: `Bearer ${token}` },
    perSecond,
  };
  await sendLoad({ ...given, seconds: 3 });
  const { latencies, statuses } = await sendLoad({ ...given, seconds: lasting });
  latencies.sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round((latencies[Math.ceil(latencies.length * share) - 1] ?? 0) * 100) / 100;
  return {
    ...{ 'p50 ms': at(0.5), 'p95 ms': at(0.95), 'p99 ms': at(0.99), 'longest ms': at(1) },
    statuses: JSON.stringify(statuses),
  };
}

/** Members 1, 4, 7 … are primaries, the two after each its standbys. */
async function addClusters(db: Pool): Promise<void> {
  await db.query(`insert into cluster (name) select 'c' || n from generate_series(1, $1) n`, [
    clusters,
  ]);
  await db.query(
    `insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
     select 'i' || n, (n + 2) / 3, 'postgres', 'h', 5432, 'd', 'u', now() from generate_series(1, $1) n`,
    [clusters * 3],
  );
  await db.query(
    `insert into instance_status (instance_id, state, role, system_identifier, last_seen, last_attempt)
     select id, 'up', case id % 3 when 1 then 'primary' else 'replica' end, 's' || cluster_id, now(), now() from instance`,
  );
}

/** What collectors write each interval: the standbys stream, 2,000 bytes behind. */
async function appendRound(db: Pool): Promise<void> {
  const at = Date.now();
  await db.query('update instance_status set last_seen = now(), last_attempt = now()');
  await db.query(
    `insert into replication_facts (instance_id, at, facts)
     select id, now(), case id % 3 when 1 then $1::jsonb else $2::jsonb end || jsonb_build_object('at', $3::float8)
       || jsonb_build_object('identity', $4::jsonb || jsonb_build_object('system', 's' || cluster_id)) from instance
     on conflict (instance_id) do update set at = excluded.at, facts = excluded.facts`,
    [
      ...[JSON.stringify(primaryFacts), JSON.stringify(standbyFacts), at],
      JSON.stringify(emptyFacts('postgres', at).identity),
    ],
  );
}
