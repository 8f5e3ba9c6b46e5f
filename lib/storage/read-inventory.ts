import type { Inventory } from '@/lib/inventory/inventory';
import type { Db } from './partitions';
import type { ReadFailure } from './write-inventory';

export type StoredInventory = {
  instance: string;
  database: string;
  /** Null when it could never be read; else as it was last read, also when `error` says why it could not be since. */
  inventory: Inventory | null;
  error: ReadFailure | null;
};

type Kept = { version: string; inventory: Inventory | null };
const kept = new WeakMap<Db, Map<string, Kept>>();
/** Bodies kept in memory by one process; the largest are a few MB each. */
const mostKept = 16;

/**
 * What exists in each database of the instances, the connected one and those in which statements ran.
 * What was not read anew since the last call is the same object: it is not to be changed.
 */
export async function readInventories(
  db: Db,
  instanceIds: readonly (string | number)[],
): Promise<StoredInventory[]> {
  const known = kept.get(db) ?? new Map<string, Kept>();
  kept.set(db, known);
  // A row's xmin changes with every write: what is the same was not written since.
  const { rows } = await db.query<{
    name: string;
    instance: string;
    database: string;
    version: string;
    error: ReadFailure | null;
  }>(
    `select instance_id || ' ' || database as name, instance_id::text as instance, database, error,
       xmin::text || ' ' || at::text as version
     from inventory where instance_id = any($1::int[]) order by instance_id, database`,
    [instanceIds.map(Number)],
  );
  const changed = rows.filter(({ name, version }) => known.get(name)?.version !== version);
  const bodies = await db.query<Kept & { name: string }>(
    `select instance_id || ' ' || database as name, body as inventory, xmin::text || ' ' || at::text as version
     from inventory where instance_id || ' ' || database = any($1)`,
    [changed.map(({ name }) => name)],
  );
  const fresh = new Map(
    bodies.rows.map(({ name, version, inventory }) => [name, { version, inventory }]),
  );
  const stored = rows.map(({ name, instance, database, error }) => ({
    ...{ instance, database, error },
    inventory: (fresh.get(name) ?? known.get(name))?.inventory ?? null,
  }));
  for (const [name, one] of fresh) {
    known.delete(name);
    known.set(name, one);
  }
  for (const name of known.keys()) if (known.size > mostKept) known.delete(name);
  return stored;
}

export type IndexUse = {
  instance: string;
  database: string;
  index_oid: string;
  table: string;
  index: string;
  /** Days in UTC (`2026-11-23`), the oldest first: scans as the server had counted them on that day's last reading. */
  days: { day: string; scans: number; counted_since: number | null }[];
};

/** How often the indexes of the instances were scanned, day by day, as far as it is kept. */
export async function readIndexUse(
  db: Db,
  instanceIds: readonly (string | number)[],
): Promise<IndexUse[]> {
  const { rows } = await db.query<{
    instance_id: number;
    database: string;
    index_oid: string;
    table: string;
    index: string;
    days: IndexUse['days'];
  }>(
    `select instance_id, database, index_oid,
       (array_agg(table_name order by day desc))[1] as "table", (array_agg(index_name order by day desc))[1] as "index",
       json_agg(json_build_object('day', day, 'scans', scans,
         'counted_since', round(extract(epoch from counted_since) * 1000)) order by day) as days
     from index_use where instance_id = any($1::int[])
     group by instance_id, database, index_oid order by instance_id, database, index_oid`,
    [instanceIds.map(Number)],
  );
  return rows.map(({ instance_id, ...rest }) => ({ instance: String(instance_id), ...rest }));
}
