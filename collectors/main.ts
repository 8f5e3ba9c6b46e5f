/** The collector process: polls what it holds leases of, does the web process's jobs, tends the store. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import path from 'node:path';
import { metrics } from '@/collectors/catalog';
import { watchHost } from '@/collectors/host/watch-host';
import { watchDeadlocks } from '@/collectors/mysql/deadlocks/watch-deadlocks';
import { mariadb, mysql } from '@/collectors/mysql/engine';
import { explainMysqlStatement } from '@/collectors/mysql/explain/explain-statement';
import { watchMysqlInventory } from '@/collectors/mysql/inventory/watch-inventory';
import { killSession } from '@/collectors/mysql/sessions/kill-session';
import { readMysqlSettings } from '@/collectors/mysql/settings/read-settings';
import { mysqlProbe } from '@/collectors/mysql/test-connection';
import { postgres } from '@/collectors/postgres/engine';
import { explainStatement } from '@/collectors/postgres/explain/explain-statement';
import { whatIfOnSchedule } from '@/collectors/postgres/explain/what-if-on-schedule';
import { watchInventory } from '@/collectors/postgres/inventory/watch-inventory';
import { signalSession } from '@/collectors/postgres/sessions/signal-session';
import { readPostgresSettings } from '@/collectors/postgres/settings/read-settings';
import { postgresProbe } from '@/collectors/postgres/test-connection';
import { createDelivery } from '@/collectors/run/deliver';
import type { Target } from '@/collectors/run/engine';
import { explainJob } from '@/collectors/run/explain/explain-job';
import { planOnSchedule } from '@/collectors/run/explain/plan-on-schedule';
import { onlyFor } from '@/collectors/run/only-for';
import { serveJobs } from '@/collectors/run/serve-jobs';
import { signalJob } from '@/collectors/run/signal-job';
import { supervise } from '@/collectors/run/supervise';
import { testJob } from '@/collectors/run/test-job';
import { watchReplication } from '@/collectors/run/watch-replication';
import { watchSettings } from '@/collectors/run/watch-settings';
import { scrapeServices } from '@/collectors/scrape/scrape-services';
import type { WatchedInstance } from '@/collectors/store/watched-instances';
import { evaluateEveryMs } from '@/lib/alert/evaluate-rules';
import { defaultRules } from '@/lib/alert/rules';
import { beat, deadManEveryMs } from '@/lib/notify/dead-man';
import { deliver } from '@/lib/notify/deliver';
import type { ChannelSecret } from '@/lib/notify/send';
import { publishPublicKey } from '@/lib/secret/keys';
import { open } from '@/lib/secret/open';
import { evaluateAlerts } from '@/lib/storage/evaluate-alerts';
import { heartbeat, releaseLeases } from '@/lib/storage/lease';
import { openPool, requireUrl } from '@/lib/storage/pool';
import { readInsight } from '@/lib/storage/read-insight';
import { tend } from '@/lib/storage/tend';
import packageJson from '@/package.json';

const url = requireUrl();
const rootKey = process.env.YAGURA_SECRET_KEY ?? '';
const collectorId = `${hostname().slice(0, 40)}-${randomBytes(4).toString('hex')}`;
const applicationName = `yagura/${collectorId}`;
const db = openPool(url, 6);
const log = (message: string) => console.log(`collector: ${message}`);
const node = {
  id: collectorId,
  host: hostname(),
  pid: process.pid,
  version: packageJson.version,
  startedAt: new Date(),
};

await publishPublicKey(db, rootKey);
await tendStore();
await heartbeat(db, node);

const dataFolder = process.env.YAGURA_DATA_DIR;
const delivery = createDelivery(db, {
  spoolFolder: dataFolder ? path.join(dataFolder, 'spool') : null,
  log,
  onFenced: (lease) => supervision.fenced(lease),
  onUnknownStatements: (instanceId) => supervision.restart(instanceId),
});
const probes = {
  postgres: postgresProbe,
  mysql: mysqlProbe('mysql'),
  mariadb: mysqlProbe('mariadb'),
};
const explainers = {
  postgres: explainStatement,
  mysql: explainMysqlStatement,
  mariadb: explainMysqlStatement,
};
const besides = { db, rootKey, applicationName, log };
const supervision = supervise({
  db,
  collectorId,
  engines: { postgres, mysql, mariadb },
  delivery,
  targetOf,
  besides: [
    onlyFor(['postgres'], watchInventory(besides)),
    onlyFor(['mysql', 'mariadb'], watchMysqlInventory(besides)),
    onlyFor(['postgres'], watchSettings({ ...besides, read: readPostgresSettings })),
    onlyFor(['mysql', 'mariadb'], watchSettings({ ...besides, read: readMysqlSettings })),
    onlyFor(['mysql', 'mariadb'], watchDeadlocks(besides)),
    watchHost({ db, log, deliver: (lease, readings) => delivery.deliverReadings(lease, readings) }),
    whatIfOnSchedule({ ...besides, applicationName: `${applicationName} plans` }),
    planOnSchedule({ ...besides, explainers, applicationName: `${applicationName} plans` }),
  ],
  log,
});
const jobs = serveJobs({
  db,
  url,
  collectorId,
  handlers: {
    test_connection: testJob({ db, rootKey, probes, applicationName }),
    explain: explainJob({ db, rootKey, explainers, applicationName: `${applicationName} explain` }),
    signal_session: signalJob({
      ...{ db, rootKey, applicationName: `${applicationName} signal` },
      signals: { postgres: signalSession, mysql: killSession, mariadb: killSession },
    }),
  },
  onInstances: () => supervision.reconcile(),
  log,
});
const beating = every(5000, () => heartbeat(db, node));
const tending = every(60_000, tendStore);
const judging = every(5_000, () => watchReplication(db, metrics));
const defaults = defaultRules(metrics);
const evaluating = every(evaluateEveryMs, () =>
  evaluateAlerts(db, { defaults, metrics, now: Date.now() }),
);

const telling = every(1000, () =>
  deliver(db, {
    owner: collectorId,
    openSecret: openChannel,
    baseUrl: process.env.NEXTAUTH_URL ?? null,
    insight: (content, now) => readInsight(db, content, now),
    log,
  }),
);

const scraping = every(1_000, () => scrapeServices(db, rootKey));

const deadManUrl = process.env.YAGURA_DEAD_MAN_URL;
const living = every(deadManEveryMs, async () => {
  const said = deadManUrl ? await beat(db, deadManUrl) : 'told';
  if (said !== 'told') log(`sign of life: ${said.replace('_', ' ')}`);
});

let stopping = false;
const stop = async () => {
  if (stopping) return;
  stopping = true;
  // Whatever hangs, the process is gone after 8 s; the lease runs out by itself then.
  setTimeout(() => process.exit(1), 8000).unref();
  beating();
  tending();
  judging();
  evaluating();
  telling();
  scraping();
  living();
  await Promise.all([supervision.stop(), jobs.stop()]);
  await delivery.close(5000);
  await releaseLeases(db, collectorId).catch(() => undefined);
  await db.end().catch(() => undefined);
  process.exit(0);
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
// The launcher is gone: nobody would restart or stop us.
process.on('disconnect', stop);
process.send?.('ready');
log(`polling as ${collectorId}`);

async function tendStore() {
  const done = await tend(db, Date.now());
  for (const { step, message } of done?.failed ?? []) log(`tending the store: ${step}: ${message}`);
}

function openChannel({ id, secret }: { id: number; secret: string | null }): ChannelSecret {
  if (secret === null) return {};
  const place = { table: 'channel', row: String(id), column: 'secret' };
  return JSON.parse(open(rootKey, secret, place)) as ChannelSecret;
}

async function targetOf(instance: WatchedInstance): Promise<Target> {
  const { id, host, port, database, user, tls } = instance;
  const place = { table: 'instance', row: String(id), column: 'password' };
  const password = instance.password === null ? null : open(rootKey, instance.password, place);
  return { host, port, database, user, tls, password };
}

/** Repeats without overlap; a failure is logged and tried again at the next turn. */
function every(ms: number, work: () => Promise<unknown>): () => void {
  let running = false;
  const timer = setInterval(async () => {
    if (running) return;
    running = true;
    await work().catch((error: Error) => log(error.message));
    running = false;
  }, ms);
  return () => clearInterval(timer);
}
