/** Runs the demo fleet: a primary, a streaming standby, the shop's workload, and its two instances in the store. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { clientsOf, connected, startFleet } from './fleet';
import { demoWanted, noteRemovedByHand, registerDemo, shopCluster } from './register';
import { wait } from './rhythm';
import type { ShopPasswords } from './shop';
import { stallStandby } from './stall';
import { runWarehouse } from './warehouse/run-warehouse';
import { forgetWeb, runWeb } from './web/run-web';
import { runWorkload } from './workload';

const folder = path.join(process.env.YAGURA_DATA_DIR ?? '.yagura', 'demo');
const storeUrl = process.env.DATABASE_URL;
if (!storeUrl)
  throw new Error('DATABASE_URL is not set: the demo fleet registers itself in the store.');

/** Where the console takes telemetry; without it the shop has no web application. */
const webUrl = process.env.YAGURA_URL;

const log = (line: string) => console.log(`demo: ${line}`);
const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopping.abort());
process.on('disconnect', () => stopping.abort());

const store = new pg.Pool({ connectionString: storeUrl, max: 1, application_name: 'yagura demo' });
store.on('error', () => {}); // The store may restart; each query says so itself.

if (await demoWanted(store)) await run();
await store.end();
process.disconnect?.();

async function run() {
  await mkdir(folder, { recursive: true });
  const passwords = await readPasswords();
  const { primary, standby } = await startFleet(passwords, folder);
  try {
    await registerDemo(store, shopCluster, [primary, standby], passwords);
    log('a primary and its standby are running');
    const warehouse = runWarehouse({ store, folder, passwords, stop: stopping.signal, log });
    const connect = clientsOf({ primary, standby }, passwords);
    const workload = runWorkload(connect, stopping.signal, log);
    const web = webUrl
      ? runWeb({ store, url: webUrl, connect, stop: stopping.signal, log })
      : undefined;
    const stalls = stallStandby(() => connected(standby.url('postgres')), stopping.signal, log);
    const removed = await untilRemoved();
    stopping.abort();
    await Promise.allSettled([workload, stalls, warehouse, web]);
    if (removed) await forgetWeb(store);
    if (removed) log('removed: the demo servers and their data are going');
    await Promise.allSettled([standby.stop(), primary.stop()]);
    // The servers' folders may be symlinks to elsewhere.
    if (removed)
      for (const gone of [primary.dataDir, standby.dataDir, folder])
        await rm(gone, { recursive: true, force: true });
  } finally {
    await Promise.allSettled([standby.stop(), primary.stop()]);
  }
}

/** True when somebody removed the demo, false when this process is told to stop. */
async function untilRemoved(): Promise<boolean> {
  while (!(await wait(2000, stopping.signal))) {
    await noteRemovedByHand(store).catch(() => {});
    const wanted = await demoWanted(store).catch(() => true); // An unreachable store is no wish.
    if (!wanted) return true;
  }
  return false;
}

async function readPasswords(): Promise<ShopPasswords> {
  const file = path.join(folder, 'passwords.json');
  const kept = await readFile(file, 'utf8').catch(() => null);
  if (kept !== null) return JSON.parse(kept) as ShopPasswords;
  const fresh = () => randomBytes(24).toString('base64url');
  const made = { app: fresh(), monitor: fresh(), explain: fresh() };
  await writeFile(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}
