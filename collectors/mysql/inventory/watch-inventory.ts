import type { Pool } from 'pg';
import { openSession, type Session } from '@/collectors/mysql/session/session';
import { type BeginBeside, inLane, repeat, turns } from '@/collectors/run/beside';
import { Failure } from '@/collectors/run/failure';
import { monitoringLogin } from '@/collectors/run/login-of';
import { readWatchedInstance, type WatchedInstance } from '@/collectors/store/watched-instances';
import type { LeaseFence } from '@/lib/storage/append-readings';
import {
  keepDatabases,
  writeInventory,
  writeInventoryFailure,
} from '@/lib/storage/write-inventory';
import { readMysqlInventory, readSchemas } from './read-inventory';

const everyMs = 10 * 60_000;
const firstWithinMs = 20_000;
const mostSchemas = 10;
/** Readings at a time of one collector: a reading of a large schema takes memory. */
const atATime = 2;

/**
 * Keeps the inventories of an instance's schemas, those in which statements ran most recently first: ten at most, one
 * after another, by one short connection of its own.
 */
export function watchMysqlInventory(options: {
  db: Pool;
  rootKey: string;
  applicationName: string;
  log(message: string): void;
  firstMs?: number;
  everyMs?: number;
}): BeginBeside {
  const inQueue = turns(atATime);
  const { db } = options;
  return ({ id }, lease) =>
    repeat({
      firstMs: options.firstMs ?? 2_000 + ((id * 7_919) % firstWithinMs),
      everyMs: options.everyMs ?? everyMs,
      onError: (error) =>
        options.log(`inventory of instance ${id}: ${(error as Error).stack ?? String(error)}`),
      work: async (signal) => {
        const instance = await readWatchedInstance(db, id);
        if (!instance) return;
        await inQueue(() =>
          inLane(id, () => readInstance({ ...options, instance, lease, signal })),
        );
      },
    });
}

async function readInstance(options: {
  db: Pool;
  rootKey: string;
  applicationName: string;
  instance: WatchedInstance;
  lease: LeaseFence;
  signal: AbortSignal;
}): Promise<void> {
  const { db, rootKey, instance, lease, signal } = options;
  let session: Session | null = null;
  const cut = () => void session?.close();
  signal.addEventListener('abort', cut, { once: true });
  try {
    session = await openSession(
      monitoringLogin(instance, '', rootKey),
      `${options.applicationName} inventory`,
    );
    const existing = await readSchemas(session);
    await keepDatabases(db, lease, existing);
    for (const schema of await mostUsed(db, instance, existing)) {
      if (signal.aborted) return;
      try {
        await writeInventory(db, lease, await readMysqlInventory(session, schema));
      } catch (error) {
        if (!(error instanceof Failure) || error.fatal) throw error;
        await writeInventoryFailure(db, lease, schema, error.toJSON());
      }
    }
  } catch (error) {
    // Why a server cannot be reached is said by its polls; the next look is in ten minutes.
    if (!(error instanceof Failure) && !signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', cut);
    await session?.close();
  }
}

/** Of the schemas our login sees, those where statements ran, the most recently seen first; then the others by name. */
async function mostUsed(
  db: Pool,
  instance: WatchedInstance,
  existing: readonly string[],
): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `select database_name as name from statement_key
     where instance_id = $1 and database_name = any($2) group by 1 order by max(id) desc limit $3`,
    [instance.id, existing, mostSchemas],
  );
  const used = rows.map(({ name }) => name);
  return [...used, ...existing.filter((name) => !used.includes(name))].slice(0, mostSchemas);
}
