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
import { appendReadings, type LeaseFence } from '@/lib/storage/append-readings';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { freePort, startPostgres } from '@/scripts/servers/embedded';
import { sendLoad } from './send-load';
import { startWeb } from './start-web';

const clusters = 40;
const seconds = process.argv.includes('--quick') ? 10 : 60;
const token = randomToken();
const check = (url: string, n: number) =>
  `${url}/api/v1/instances/${(n % clusters) * 3 + 2}/check?role=replica&max_lag_ms=1000`;
const route = (url: string, n: number) =>
  `${url}/api/v1/clusters/${(n % clusters) + 1}/route?max_lag_ms=1000`;
const folder = await mkdtemp(path.join(tmpdir(), 'yagura-route-'));
const server = await startPostgres();
try {
  await migrate(server.url());
  const db = openPool(server.url(), 2);
  const leases = await addClusters(db);
  await appendRound(db, leases);
  const url = `http://127.0.0.1:${await freePort()}`;
  const env = { YAGURA_API_TOKEN: token };
  const web = await startWeb({ url, store: server.url(), folder, env });
  const writing = setInterval(() => void appendRound(db, leases), 5000);
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
async function addClusters(db: Pool): Promise<LeaseFence[]> {
  await db.query(`insert into cluster (name) select 'c' || n from generate_series(1, $1) n`, [
    clusters,
  ]);
  await db.query(
    `insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
     select 'i' || n, (n + 2) / 3, 'postgres', 'h', 5432, 'd', 'u', now() from generate_series(1, $1) n`,
    [clusters * 3],
  );
  await db.query(
    `insert into lease (instance_id, owner, fence, expires_at)
     select id, 'bench', 1, now() + interval '1 day' from instance`,
  );
  await db.query(
    `insert into instance_status (instance_id, state, role, system_identifier, last_seen, last_attempt)
     select id, 'up', case id % 3 when 1 then 'primary' else 'replica' end, 's' || cluster_id, now(), now() from instance`,
  );
  const { rows } = await db.query<{ id: number }>('select id from instance order by id');
  return rows.map((row) => ({ instanceId: row.id, fence: 1n }));
}

/** What collectors write each interval: the standbys stream, 2,000 bytes behind. */
async function appendRound(db: Pool, leases: LeaseFence[]): Promise<void> {
  const at = Math.floor(Date.now() / 5000) * 5000;
  const gauge = (name: string) => ({ name, kind: 'gauge' as const });
  const reading = (metric: string, values: Record<string, number>, labels = {}) => ({
    ...{ metric, at, everyMs: 5000, columns: Object.keys(values).map(gauge) },
    rows: [{ labels, values: Object.values(values), rates: Object.keys(values).map(() => null) }],
  });
  const standby = { replay_lsn: 1e9, sender_lsn: 1e9 + 2000, message_age_ms: 20 };
  const flags = { receiving: 1, replay_paused: 0, replay_age_ms: 15, configured_delay_ms: 0 };
  await db.query('update instance_status set last_seen = now(), last_attempt = now()');
  await appendReadings(
    db,
    leases.map((lease) => ({
      lease,
      readings:
        lease.instanceId % 3 === 1
          ? [reading('postgres.wal', { position: 1e9 + 2000 })]
          : [
              reading(
                'postgres.replica',
                { ...standby, ...flags },
                { application_name: `i${lease.instanceId}` },
              ),
            ],
    })),
  );
}
