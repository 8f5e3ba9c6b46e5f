/** Runs the shop's applications, good and bad habits alike. */
import { setMaxListeners } from 'node:events';
import pg from 'pg';
import {
  campaign,
  coffeeBreak,
  customerOrders,
  ledgerExport,
  monthlyReport,
  recentOrders,
  registerTwice,
  search,
} from './faulty-work';
import { newestCustomers, nightlyBatch, placeOrder, viewProduct } from './ordinary-work';
import { dayMs, rushAt, seededRandom, wait } from './rhythm';
import type { ShopRole } from './shop';
import type { Work } from './work';

type Actor = {
  application: string;
  role: ShopRole;
  on: 'primary' | 'standby';
  /** Mean pause between two rounds at the day's peak; longer when the shop is quiet. */
  pauseMs: number;
  /** Pauses of a fixed length do not follow the rhythm. */
  steady?: boolean;
  work: Work;
};

const actors: Actor[] = [
  { application: 'storefront', role: 'storefront', on: 'primary', pauseMs: 25, work: viewProduct },
  { application: 'storefront', role: 'storefront', on: 'primary', pauseMs: 60, work: viewProduct },
  { application: 'search', role: 'storefront', on: 'primary', pauseMs: 120, work: search },
  {
    application: 'orders-api',
    role: 'orders_api',
    on: 'primary',
    pauseMs: 200,
    work: customerOrders,
  },
  {
    application: 'orders-api',
    role: 'orders_api',
    on: 'standby',
    pauseMs: 500,
    work: recentOrders,
  },
  { application: 'checkout', role: 'checkout', on: 'primary', pauseMs: 350, work: placeOrder },
  { application: 'checkout', role: 'checkout', on: 'primary', pauseMs: 350, work: placeOrder },
  { application: 'checkout', role: 'checkout', on: 'primary', pauseMs: 500, work: placeOrder },
  {
    application: 'signup',
    role: 'checkout',
    on: 'primary',
    pauseMs: 4000,
    work: newestCustomers,
  },
  { application: 'signup', role: 'checkout', on: 'primary', pauseMs: 6000, work: registerTwice },
  {
    application: 'admin-report',
    role: 'back_office',
    on: 'standby',
    pauseMs: 30_000,
    steady: true,
    work: monthlyReport,
  },
  {
    application: 'admin-console',
    role: 'back_office',
    on: 'primary',
    pauseMs: 150_000,
    steady: true,
    work: coffeeBreak,
  },
  {
    application: 'marketing',
    role: 'back_office',
    on: 'primary',
    pauseMs: 1500,
    steady: true,
    work: campaign,
  },
  {
    application: 'accounting',
    role: 'back_office',
    on: 'primary',
    pauseMs: 360_000,
    steady: true,
    work: ledgerExport,
  },
  {
    application: 'nightly-batch',
    role: 'batch',
    on: 'primary',
    pauseMs: dayMs / 3,
    steady: true,
    work: nightlyBatch,
  },
];

/** Rejected by the shop's own rules, a deadlock or a recovery conflict: part of the picture, not a fault of the demo. */
const expectedErrors = new Set(['23505', '40P01', '40001', '57014', '55P03']);

export type Connect = (on: Actor['on'], role: ShopRole, application: string) => pg.ClientConfig;

/**
 * Runs every application of the shop until stopped; each holds one connection and reconnects when it is lost.
 * @param pace how many times shorter than in the demo the pauses between rounds are
 */
export async function runWorkload(
  connect: Connect,
  stop: AbortSignal,
  log: (line: string) => void,
  pace = 1,
): Promise<void> {
  setMaxListeners(0, stop); // Each actor waits on the same signal.
  await Promise.all(actors.map((actor, index) => live(actor, index, connect, stop, log, pace)));
}

async function live(
  actor: Actor,
  index: number,
  connect: Connect,
  stop: AbortSignal,
  log: (line: string) => void,
  pace: number,
) {
  const random = seededRandom(1000 + index);
  while (!stop.aborted) {
    const db = new pg.Client(connect(actor.on, actor.role, actor.application));
    db.on('error', () => {}); // A lost connection also rejects the query in flight, which is where it is handled.
    try {
      await db.connect();
      await rounds(actor, db, random, stop, pace);
    } catch (error) {
      if (!stop.aborted) log(`${actor.application}: ${(error as Error).message}`);
    } finally {
      await db.end().catch(() => {});
    }
    await wait(2000, stop);
  }
}

async function rounds(
  actor: Actor,
  db: pg.Client,
  random: () => number,
  stop: AbortSignal,
  pace: number,
) {
  const linger = (ms: number) => wait(ms, stop);
  // What happens every few minutes happens soon after the start too.
  for (let first = actor.steady === true; !stop.aborted; first = false) {
    const mean = actor.steady ? actor.pauseMs : actor.pauseMs / rushAt(Date.now());
    if (await linger((mean * (0.5 + random())) / (first ? 10 * pace : pace))) return;
    try {
      await actor.work(db, random, linger);
    } catch (error) {
      if (!expectedErrors.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
}
