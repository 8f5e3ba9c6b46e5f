/**
 * Five incidents at once, each planted in a system of its own: a PostgreSQL with the shop, the demo's web application before it
 * under visitors, a machine beneath. What is read of them is real, from the collector and from OpenTelemetry; of the machine
 * it is simulated, since a test must not take the processor or the disk of what runs beside it. The calm minutes before the
 * faults are repeated into the hour that the verdict compares with: nothing else is made up.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomToken } from '@/lib/auth/random-token';
import { readPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { readClusterHeadlines } from '@/lib/storage/read-verdict';
import { registerService } from '@/lib/storage/register-service';
import { type Headline, type LayerName, layerVerdict } from '@/lib/verdict/layer-verdict';
import { type RunningApi, startApi } from '@/scripts/servers/api';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { type SimulatedMachine, startSimulatedMachine } from '@/scripts/servers/simulated-machine';
import { starve } from '@/scripts/servers/starve';
import { startTcpProxy, type TcpProxy } from '@/scripts/servers/tcp-proxy';
import { listen } from '@/scripts/traced-app/run';
import { connected } from './fleet';
import { buildShop } from './shop';
import type { ApplicationMessage } from './web/application';
import { portOf, startApplication } from './web/run-web';
import { sendVisitors } from './web/visitors';

const minuteMs = 60_000;
/** What an application says is known by the minute: so many make a change of it. */
const [calmMinutes, faultMinutes] = [4, 4];
const passwords = { app: 'for-tests-1', monitor: 'for-tests-2', explain: 'for-tests-3' };
const rootKey = randomToken();
const stopping = new AbortController();

type System = {
  name: string;
  cluster: number;
  server: RunningPostgres;
  wire: TcpProxy;
  machine: SimulatedMachine;
  application: ChildProcess;
};
type Planted = { name: string; layer: LayerName; plant(on: System): Promise<() => Promise<void>> };

/** The machine is busy with something else, or its disk is slow: the server gets a part of the time. */
const slowMachine =
  (state: { busy: number; diskMs: number }): Planted['plant'] =>
  async ({ machine, server }) => {
    machine.set(state);
    const starved = starve(server, 0.25);
    return () => starved.stop();
  };

const incidents: Planted[] = [
  {
    name: 'lock storm',
    layer: 'database',
    async plant({ server }) {
      const holder = await connected(server.url('shop'));
      await holder.query('begin; lock table shop.stock in access exclusive mode');
      return () => holder.end();
    },
  },
  {
    name: 'application bug',
    layer: 'application',
    async plant({ application }) {
      application.send({ release: 'broken' } satisfies ApplicationMessage);
      return async () => {};
    },
  },
  { name: 'CPU hog', layer: 'infrastructure', plant: slowMachine({ busy: 0.98, diskMs: 1 }) },
  { name: 'slow disk', layer: 'infrastructure', plant: slowMachine({ busy: 0.25, diskMs: 80 }) },
  {
    name: 'network delay',
    layer: 'infrastructure',
    async plant({ wire }) {
      wire.delay(60);
      return async () => wire.delay(0);
    },
  },
];

let api: RunningApi;
let door: Awaited<ReturnType<typeof listen>>;
let collector: ChildProcess;
const systems: System[] = [];
let calmFrom = 0;
let plantedAt = 0;
let askedAt = 0;

async function startSystem(name: string): Promise<System> {
  const server = await startPostgres({
    settings: { shared_preload_libraries: 'pg_stat_statements', max_connections: '60' },
  });
  const superuser = await connected(server.url('postgres'));
  await buildShop(superuser, (database) => connected(server.url(database)), passwords);
  await superuser.end();
  const wire = await startTcpProxy(() => server.port);
  const machine = await startSimulatedMachine();
  const cluster = await watch(name, server.port, machine.url);
  const service = { name, namespace: 'planted', environment: 'test' };
  const id = await registerService(api.db, service);
  await api.db.query('update service set cluster_id = $1 where id = $2', [cluster, id]);
  const reached = (user: string) => ({
    ...{ host: '127.0.0.1', port: wire.port, database: 'shop', user, password: passwords.app },
    options: '-c lock_timeout=8s',
  });
  const application = startApplication({
    service,
    yagura: { url: door.url, token: api.tokens.ingest },
    databases: {
      storefront: reached('storefront'),
      checkout: reached('checkout'),
      orders: reached('orders_api'),
      orders_read: reached('orders_api'),
    },
  });
  const url = `http://127.0.0.1:${await portOf(application)}`;
  // The demo's day is twelve minutes long: its evening is no incident.
  void sendVisitors(url, stopping.signal, () => 0.6);
  return { name, cluster, server, wire, machine, application };
}

async function watch(name: string, port: number, machine: string): Promise<number> {
  const { rows } = await api.db.query<{ id: number; cluster: number }>(
    `with made as (insert into cluster (name) values ($1) returning id)
     insert into instance (name, cluster_id, engine, host, port, database, "user", tls, node_exporter_url, updated_at)
     select $1, id, 'postgres', '127.0.0.1', $2, 'shop', 'yagura', 'off', $3, now() from made
     returning id, cluster_id as cluster`,
    [name, port, machine],
  );
  const { id = 0, cluster = 0 } = rows[0] ?? {};
  const place = { table: 'instance', row: String(id), column: 'password' };
  await api.db.query('update instance set password = $2 where id = $1', [
    id,
    seal(await readPublicKey(api.db), passwords.monitor, place),
  ]);
  return cluster;
}

/** The calm minutes again and again, back through the hour. */
function withCalmHour<T extends Headline>(one: T): T {
  const calm = new Map(one.points.filter(([at]) => at >= calmFrom && at < plantedAt));
  const length = calmMinutes * minuteMs;
  const points = one.points.map(([at, value]) => {
    const back = (((at - calmFrom) % length) + length) % length;
    return [at, at < calmFrom ? (calm.get(calmFrom + back) ?? null) : value] as const;
  });
  return { ...one, points };
}

beforeAll(async () => {
  api = await startApi(rootKey);
  door = await listen(api);
  for (const { name } of incidents) systems.push(await startSystem(name));
  collector = spawn(process.execPath, ['--import', 'tsx', 'collectors/main.ts'], {
    env: { ...process.env, DATABASE_URL: api.server.url(), YAGURA_SECRET_KEY: rootKey },
    stdio: process.env.SHOW ? 'inherit' : 'ignore',
  });
  // Caches are cold and connections few at first.
  await sleep(45_000);
  calmFrom = Math.ceil(Date.now() / minuteMs) * minuteMs;
  plantedAt = calmFrom + calmMinutes * minuteMs;
  await sleep(plantedAt - Date.now());
  const undo = await Promise.all(incidents.map(({ plant }, at) => plant(systems[at] as System)));
  await sleep(plantedAt + faultMinutes * minuteMs + 15_000 - Date.now());
  askedAt = Date.now();
  for (const one of undo) await one();
}, 15 * minuteMs);
afterAll(async () => {
  stopping.abort();
  collector?.kill('SIGKILL');
  for (const { application, wire, machine, server } of systems) {
    application.kill('SIGKILL');
    await wire.stop();
    await machine.stop();
    await server.stop();
  }
  await door?.stop();
  await api?.stop();
});

test.each(incidents)('$name is found in the $layer', async ({ name, layer }) => {
  const system = systems.find((one) => one.name === name);
  const headlines = await readClusterHeadlines(api.db, system?.cluster ?? 0, askedAt);
  const verdict = layerVerdict(headlines.map(withCalmHour), askedAt);
  if (process.env.SHOW) console.log(name, JSON.stringify(verdict, null, 1));
  expect(new Set(headlines.map((one) => one.layer)).size).toBe(3);
  expect(verdict).toMatchObject({ state: 'moved', first: layer });
  const [first] = verdict.moves.filter((one) => one.layer === layer);
  if (verdict.because !== 'between')
    expect(Math.abs((first?.at ?? 0) - plantedAt)).toBeLessThanOrEqual(minuteMs);
});
