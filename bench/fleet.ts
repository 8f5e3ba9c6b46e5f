/**
 * A fleet of 100 clusters of a primary and two standbys, each with a service: an hour of the series that fleet and cluster
 * show, two days of what services served. The read functions behind the pages, and the fleet in a browser, from a
 * production build of the web app. On embedded PostgreSQL.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Pool } from 'pg';
import { metrics } from '@/collectors/catalog';
import { hostMetrics } from '@/collectors/host/host-reader';
import { type Metric, storedColumns } from '@/lib/metric/define-metric';
import { intervalOf } from '@/lib/service/durations';
import { appendReadings, type ReadingBatch } from '@/lib/storage/append-readings';
import { appendServiceMinutes } from '@/lib/storage/append-service-minutes';
import { compareHeadlines } from '@/lib/storage/compare-headlines';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { readCluster, readClusters } from '@/lib/storage/read-clusters';
import { readDisks } from '@/lib/storage/read-disks';
import { readHeadroom } from '@/lib/storage/read-headroom';
import { readServices } from '@/lib/storage/read-services';
import { readVerdict } from '@/lib/storage/read-verdict';
import { registerRoutes, registerService } from '@/lib/storage/register-service';
import { freePort, startPostgres } from '@/scripts/servers/embedded';
import { openBrowser } from '../e2e/open-browser';
import { signIn } from '../e2e/sign-in';
import { seeded } from './fill';
import { measurePage } from './measure-page';
import { percentiles } from './percentiles';
import { startWeb } from './start-web';

const clusters = process.argv.includes('--quick') ? 20 : 100;
const everyMs = 10_000;
const hour = 3_600_000;
const shown = [
  ...['postgres.connection-use', 'postgres.activity', 'postgres.statements', 'postgres.load'],
  ...['postgres.databases', ...hostMetrics.map(({ id }) => id)],
].flatMap((id) => metrics.find((one) => one.id === id) ?? []);

const random = seeded(11);
const folder = await mkdtemp(path.join(tmpdir(), 'yagura-fleet-'));
const server = await startPostgres({ settings: { shared_buffers: '512MB', max_wal_size: '4GB' } });
try {
  await migrate(server.url());
  const db = openPool(server.url(), 8); // As the web process has.
  db.options.statement_timeout = 600_000;
  const now = Math.floor(Date.now() / everyMs) * everyMs;
  await addFleet(db);
  await fillSeries(db, now);
  await fillServices(db, now);
  await db.query('analyze');
  // What is older than a minute is not the present: time has passed since the last reading was made up.
  const present = setInterval(() => void fillNow(db).catch(() => {}), 5_000);
  try {
    await fillNow(db);
    console.log(`fleet: ${clusters} clusters, ${clusters * 3} instances, ${clusters} services`);
    const window = (ms: number) => ({ from: now - ms, to: now });
    const before = { before_from: now - hour, before_to: now - hour / 2 };
    console.table({
      'the fleet': await percentiles(() => readClusters(db)),
      'one cluster': await percentiles(() => readCluster(db, 7)),
      'its verdict': await percentiles(() => readVerdict(db, 7, now)),
      'its headroom': await percentiles(() => readHeadroom(db, 7, now)),
      'its disks': await percentiles(() => readDisks(db, 7, now)),
      'its storeys compared, 30 min': await percentiles(() =>
        compareHeadlines(db, 7, { ...window(hour / 2), ...before }),
      ),
      'services, 1 h': await percentiles(() => readServices(db, window(hour))),
      'services, 48 h': await percentiles(() => readServices(db, window(48 * hour))),
    });
    await look(server.url());
  } finally {
    clearInterval(present);
    await db.end();
  }
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function addFleet(db: Pool): Promise<void> {
  await db.query(
    `with made as (insert into cluster (name) select 'cluster ' || n from generate_series(1, $1) n returning id, name)
     insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
     select made.name || ' ' || n, id, 'postgres', 'h' || id || '-' || n, 5432, 'd', 'u', now() from made, generate_series(1, 3) n`,
    [clusters],
  );
  await db.query(
    `insert into lease (instance_id, owner, fence, expires_at) select id, 'bench', 1, now() + interval '1 day' from instance;
     insert into instance_status (instance_id, state, role, version, last_seen, last_attempt)
     select id, 'up', case when name like '% 1' then 'primary' else 'replica' end, '18.1', now(), now() from instance`,
  );
}

function readingOf(metric: Metric, at: number) {
  const columns = storedColumns(metric);
  const labels = Object.keys(metric.columns).filter(
    (name) => !columns.some((column) => column.name === name),
  );
  const rows = (labels.length === 0 ? [0] : [0, 1]).map((row) => ({
    labels: Object.fromEntries(labels.map((name) => [name, `${name} ${row}`])),
    values: columns.map(({ name }) => (name.endsWith('_ratio') ? 0.3 : 20) * (0.9 + random() / 5)),
    rates: columns.map(({ kind }) => (kind === 'counter' ? 20 + random() : null)),
  }));
  return { metric: metric.id, at, everyMs, columns, rows };
}

async function fillSeries(db: Pool, now: number): Promise<void> {
  for (let at = now - hour; at < now; at += 6 * everyMs)
    await appendReadings(db, batchesOf([0, 1, 2, 3, 4, 5].map((n) => at + n * everyMs)));
}

function batchesOf(times: number[]): ReadingBatch[] {
  return Array.from({ length: clusters * 3 }, (_, i) => ({
    lease: { instanceId: i + 1, fence: 1n },
    readings: times.flatMap((at) => shown.map((metric) => readingOf(metric, at))),
  }));
}

async function fillNow(db: Pool): Promise<void> {
  await db.query('update instance_status set last_seen = now(), last_attempt = now()');
  await appendReadings(db, batchesOf([Math.floor(Date.now() / everyMs) * everyMs]));
}

async function fillServices(db: Pool, now: number): Promise<void> {
  for (let n = 1; n <= clusters; n++) {
    const id = await registerService(db, { namespace: '', name: `web ${n}`, environment: '' });
    if (id === null) throw new Error('no room for a service');
    await db.query('update service set cluster_id = $1 where id = $2', [n, id]);
    const routeId = await registerRoutes(db, id, ['GET /', 'POST /orders']);
    const minutes = Array.from({ length: 48 * 60 }, (_, i) =>
      [0, routeId('GET /'), routeId('POST /orders')].map((route) => {
        const requests = 600 + Math.floor(random() * 60);
        const spread = [8, 15, 30, 60, 120, 400].map((ms) => ({
          ...intervalOf(ms),
          count: requests / 6,
        }));
        const at = Math.floor(now / 60_000) * 60_000 - (i + 1) * 60_000;
        return {
          routeId: route,
          at,
          requests,
          errors: i % 3,
          totalMs: requests * 40,
          intervals: spread,
        };
      }),
    ).flat();
    await appendServiceMinutes(db, id, 'metrics', minutes);
  }
}

async function look(store: string): Promise<void> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const web = await startWeb({ url, store, folder });
  const browser = await openBrowser();
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await signIn(context, url);
    console.table({
      fleet: await measurePage(context, `${url}/`),
      'one cluster': await measurePage(context, `${url}/clusters/7`),
      'its services': await measurePage(context, `${url}/clusters/7/services`),
    });
  } finally {
    await browser.close();
    await web.stop();
  }
}
