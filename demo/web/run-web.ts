/** Runs the shop's web application and its visitors, and now and then a release that is broken. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Pool } from 'pg';
import { randomToken, tokenHash } from '@/lib/auth/random-token';
import { registerService } from '@/lib/storage/register-service';
import { shopCluster } from '../register';
import { wait } from '../rhythm';
import type { Connect } from '../workload';
import type { ApplicationMessage, ApplicationSettings } from './application';
import { demoService } from './demo-service';
import { sendVisitors } from './visitors';

const tokenName = 'shop-web (demo)';
/** Every half hour a release is broken for two minutes; the first soon, so that it is there to be seen. */
const firstReleaseMs = 8 * 60_000;
const betweenReleasesMs = 30 * 60_000;
const brokenMs = 2 * 60_000;

type Options = {
  store: Pool;
  /** Where the console listens. */
  url: string;
  connect: Connect;
  stop: AbortSignal;
  log(line: string): void;
};

/** Runs until stopped; what ends by itself is started anew. */
export async function runWeb(options: Options): Promise<void> {
  const { store, url, connect, stop, log } = options;
  const token = await makeToken(store);
  await setObjectives(store);
  const settings: ApplicationSettings = {
    service: demoService,
    yagura: { url, token },
    databases: {
      storefront: connect('primary', 'storefront', demoService.name),
      checkout: connect('primary', 'checkout', demoService.name),
      orders: connect('primary', 'orders_api', demoService.name),
      orders_read: connect('standby', 'orders_api', demoService.name),
    },
  };
  while (!stop.aborted) {
    const child = startApplication(settings);
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const life = new AbortController();
    ended.then(() => life.abort());
    const both = AbortSignal.any([stop, life.signal]);
    try {
      const port = await portOf(child);
      log('a web application serves the shop');
      await Promise.all([
        sendVisitors(`http://127.0.0.1:${port}`, both),
        release(store, child, both),
        ended,
        untilAborted(both).then(() => child.kill('SIGTERM')),
      ]);
    } catch (error) {
      if (!stop.aborted) log(`web application: ${(error as Error).message}`);
      child.kill('SIGKILL');
    }
    await wait(2_000, stop);
  }
}

/** The application as a process, ended by whoever began it. */
export function startApplication(settings: ApplicationSettings): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', 'demo/web/application.ts'], {
    env: {
      ...process.env,
      DEMO_APPLICATION: JSON.stringify(settings),
      OTEL_SEMCONV_STABILITY_OPT_IN: 'http',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** The port on which it serves, once it does. @throws when it ends before */
export function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
    child.once('message', (message) => resolve((message as { port: number }).port));
  });
}

/** On purpose: a deploy that breaks ordering, until it is taken back. Both are marks on the charts. */
async function release(store: Pool, child: ChildProcess, stop: AbortSignal): Promise<void> {
  const tell = (message: ApplicationMessage) => child.connected && child.send(message);
  const mark = (text: string) =>
    store
      .query(
        `insert into event (at, kind, cluster_id, text) select now(), 'deploy', id, $2 from cluster where name = $1`,
        [shopCluster.cluster, text],
      )
      .catch(() => {}); // A store that is away costs the mark, not the demo.
  for (let version = 1; ; version += 1) {
    if (await wait(version === 1 ? firstReleaseMs : betweenReleasesMs, stop)) return;
    tell({ release: 'broken' });
    await mark(`${demoService.name} 1.${version}`);
    if (await wait(brokenMs, stop)) return;
    tell({ release: 'good' });
    await mark(`${demoService.name} 1.${version - 1}, taken back`);
  }
}

/** One for each start of the demo; the ones before are void. */
async function makeToken(store: Pool): Promise<string> {
  const token = randomToken();
  await store.query(`delete from api_token where name = $1 and created_by = 'demo'`, [tokenName]);
  await store.query(
    `insert into api_token (name, hash, role, created_by) values ($1, $2, 'ingest', 'demo')`,
    [tokenName, tokenHash(token)],
  );
  return token;
}

/** What the shop promises, at the first start. */
async function setObjectives(store: Pool): Promise<void> {
  const id = await registerService(store, demoService);
  await store.query(
    `insert into service_objective (service_id, kind, target, threshold_ms, window_days, created_by)
     select $1, kind, target, threshold_ms, 30, 'demo'
     from (values ('availability', 0.995, null), ('latency', 0.95, 250)) as wanted (kind, target, threshold_ms)
     where not exists (select from service_objective where service_id = $1)`,
    [id],
  );
}

/** Takes away what the demo's application left in the store. */
export async function forgetWeb(store: Pool): Promise<void> {
  await store.query(`delete from service where namespace = $1`, [demoService.namespace]);
  await store.query(`delete from api_token where name = $1 and created_by = 'demo'`, [tokenName]);
}
