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

/** What exists in each database of the instances, the connected one and those in which statements ran. */
export async function readInventories(
  db: Db,
  instanceIds: readonly (string | number)[],
): Promise<StoredInventory[]> {
  const { rows } = await db.query<{
    instance_id: number;
    database: string;
    body: Inventory | null;
    error: ReadFailure | null;
  }>(
    `select instance_id, database, body, error from inventory where instance_id = any($1::int[])
     order by instance_id, database`,
    [instanceIds.map(Number)],
  );
  return rows.map(({ instance_id, database, body, error }) => ({
    instance: String(instance_id),
    database,
    inventory: body,
    error,
  }));
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
