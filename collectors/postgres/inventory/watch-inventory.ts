import type { Pool } from 'pg';
import { type BeginBeside, inLane, repeat, turns } from '@/collectors/run/beside';
import { inTurn } from '@/collectors/run/explain/in-turn';
import { Failure } from '@/collectors/run/failure';
import { explainLogin, monitoringLogin } from '@/collectors/run/login-of';
import { appendEvent } from '@/collectors/store/append-event';
import { readWatchedInstance, type WatchedInstance } from '@/collectors/store/watched-instances';
import { indexChanges } from '@/lib/inventory/index-changes';
import type { Inventory } from '@/lib/inventory/inventory';
import type { LeaseFence } from '@/lib/storage/append-readings';
import {
  keepDatabases,
  type ReadFailure,
  writeInventory,
  writeInventoryFailure,
} from '@/lib/storage/write-inventory';
import type { Session } from '../session/session';
import { withSession } from '../session/with-session';
import { addStatistics, type KnownTexts, readDatabases, readInventory } from './read-inventory';

const everyMs = 10 * 60_000;
/** How soon a new or dropped index of the connected database is noticed: it is a mark on the charts. */
const lookMs = 60_000;
const firstWithinMs = 20_000;
const maxDatabases = 10;
/** Readings at a time of one collector: a reading of a large database takes memory. */
const atATime = 2;

/**
 * Keeps the inventories of the databases of each instance: the connected one and those in which statements ran, one
 * after another, each by a short connection of its own.
 */
export function watchInventory(options: {
  db: Pool;
  rootKey: string;
  applicationName: string;
  log(message: string): void;
  firstMs?: number;
  lookMs?: number;
}): BeginBeside {
  const inQueue = turns(atATime);
  return ({ id, engine }, lease) => {
    const known = new Map<string, KnownTexts>();
    const seen = new Map<string, Inventory>();
    let indexes: string | null = null;
    let readAt = Number.NEGATIVE_INFINITY;
    return repeat({
      firstMs: options.firstMs ?? 2_000 + ((id * 7_919) % firstWithinMs),
      everyMs: options.lookMs ?? lookMs,
      onError: (error) =>
        options.log(`inventory of instance ${id}: ${(error as Error).stack ?? String(error)}`),
      work: async (signal) => {
        const instance = engine === 'postgres' ? await readWatchedInstance(options.db, id) : null;
        if (!instance) return;
        const now = await readIndexes({ ...options, instance, signal });
        const due = performance.now() - readAt >= everyMs - lookMs / 2;
        if (!due && (now === null || now === indexes)) return;
        indexes = now ?? indexes;
        const read = (name: string) =>
          inQueue(() => readOne({ ...options, instance, lease, name, known, seen, signal }));
        const existing = await read(instance.database);
        if (!due) return;
        readAt = performance.now();
        for (const name of await usedDatabases(options.db, instance))
          if (!signal.aborted && existing?.includes(name)) await read(name);
      },
    });
  };
}

/**
 * Reads one database and keeps what was read, or why not.
 * @returns the databases people can connect to; null when they could not be asked for
 */
async function readOne(options: {
  db: Pool;
  rootKey: string;
  applicationName: string;
  instance: WatchedInstance;
  lease: LeaseFence;
  name: string;
  known: Map<string, KnownTexts>;
  /** What each database held when it was last read. */
  seen: Map<string, Inventory>;
  signal: AbortSignal;
}): Promise<string[] | null> {
  const { db, rootKey, instance, lease, name, known, seen, signal } = options;
  const texts: KnownTexts = known.get(name) ?? new Map();
  known.set(name, texts);
  const within = <T>(login: typeof explainLogin, work: (session: Session) => Promise<T>) =>
    inLane(instance.id, () =>
      withSession(
        login(instance, name, rootKey),
        `${options.applicationName} inventory`,
        signal,
        work,
      ),
    );
  try {
    const { inventory, existing } = await within(monitoringLogin, async (session) => ({
      existing: await readDatabases(session),
      inventory: await readInventory(session, texts),
    }));
    const add = (session: Session) => addStatistics(session, inventory.tables);
    // The columns' statistics are of tables a login may read: the monitoring one should not be able to.
    await (instance.explainEnabled && instance.explainUser !== null
      ? asExplainer(db, instance.id, () => within(explainLogin, add))
      : within(monitoringLogin, add)
    ).catch((error: unknown) => {
      inventory.statistics_error = reasonOf(error, name, instance.explainUser ?? instance.user);
    });
    if (name === instance.database) await keepDatabases(db, lease, existing);
    const before = seen.get(name) ?? (await readKept(db, instance.id, name));
    if ((await writeInventory(db, lease, inventory)) && before?.role === 'primary')
      await markChanges(db, instance, before, inventory);
    seen.set(name, inventory);
    return existing;
  } catch (error) {
    if (signal.aborted) return null;
    await writeInventoryFailure(db, lease, name, reasonOf(error, name, instance.user));
    return null;
  }
}

/** Indexes of the connected database as one short text that differs when one comes or goes; null when it cannot be asked. */
async function readIndexes(options: {
  rootKey: string;
  applicationName: string;
  instance: WatchedInstance;
  signal: AbortSignal;
}): Promise<string | null> {
  const { instance, rootKey, applicationName, signal } = options;
  try {
    const login = monitoringLogin(instance, instance.database, rootKey);
    const { rows } = await inLane(instance.id, () =>
      withSession(login, `${applicationName} inventory`, signal, (session) =>
        session.query(
          `select concat_ws(' ', count(*), count(*) filter (where indisvalid and indisready), max(indexrelid), sum(indexrelid::bigint))
           from pg_index where indexrelid >= 16384`,
          { doing: 'look for new indexes', timeoutMs: 2000 },
        ),
      ),
    );
    return rows[0]?.[0] ?? null;
  } catch (error) {
    // The full reading says why, where people see it.
    if (error instanceof Failure || signal.aborted) return null;
    throw error;
  }
}

async function readKept(db: Pool, instanceId: number, name: string): Promise<Inventory | null> {
  const { rows } = await db.query<{ body: Inventory | null }>(
    'select body from inventory where instance_id = $1 and database = $2',
    [instanceId, name],
  );
  return rows[0]?.body ?? null;
}

/** Standbys follow: only the primary's indexes are made and dropped by somebody. */
async function markChanges(
  db: Pool,
  { id, clusterId }: WatchedInstance,
  before: Inventory,
  after: Inventory,
): Promise<void> {
  if (after.role !== 'primary') return;
  for (const { kind, ...details } of indexChanges(before, after))
    await appendEvent(
      db,
      { instanceId: id, clusterId },
      {
        kind,
        text: `Index ${details.index} on ${details.table} ${kind === 'index_created' ? 'created' : 'dropped'}`,
        details: { ...details, database: after.database },
      },
      new Date(after.at),
    );
}

/** The login for plans has one connection: whoever asks for a plan has it to themselves. */
async function asExplainer(db: Pool, instanceId: number, work: () => Promise<void>): Promise<void> {
  const done = await inTurn(db, instanceId, 30_000, async () => {
    await work();
    return true;
  });
  if (!done)
    throw new Failure('too_many_own_connections', 'the login for plans was busy for 30 s', null);
}

/** @throws what is a failure of ours, not of the server */
function reasonOf(error: unknown, database: string, user: string): ReadFailure {
  if (!(error instanceof Failure)) throw error;
  const { code, message, fix } = error.toJSON();
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const grant = `GRANT CONNECT ON DATABASE ${quoted(database)} TO ${quoted(user)}`;
  return { code, message, fix: fix ?? (code === 'permission_denied' ? grant : null) };
}

/** Where statements of people ran, the most recently seen first; not the connected one. */
async function usedDatabases(db: Pool, instance: WatchedInstance): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `select database_name as name from statement_key
     where instance_id = $1 and database_name is not null and database_name not in ($2, 'template0', 'template1')
     group by 1 order by max(id) desc limit $3`,
    [instance.id, instance.database, maxDatabases - 1],
  );
  return rows.map(({ name }) => name);
}
