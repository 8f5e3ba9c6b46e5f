import type { Pool } from 'pg';
import type { Inventory } from '@/lib/inventory/inventory';
import { tableName } from '@/lib/inventory/inventory';
import type { LeaseFence } from './append-readings';
import type { Db } from './partitions';
import { underLease } from './under-lease';

/** Why something could not be read. */
export type ReadFailure = { code: string; message: string; fix: string | null };

/** Days the daily counts of scans of indexes are kept. */
export const indexUseDays = 100;

/**
 * Keeps the inventory of a database, and for today how often each index had been scanned.
 * @returns false when another collector holds the lease; nothing is kept then
 */
export async function writeInventory(
  db: Pool,
  lease: LeaseFence,
  inventory: Inventory,
): Promise<boolean> {
  return underLease(db, lease, async (client) => {
    await client.query(
      `insert into inventory (instance_id, database, at, body, error) values ($1, $2, $3, $4, null)
       on conflict (instance_id, database) do update set at = excluded.at, body = excluded.body, error = null`,
      [lease.instanceId, inventory.database, new Date(inventory.at), JSON.stringify(inventory)],
    );
    const counted = inventory.tables.flatMap((table) =>
      table.indexes.flatMap(({ oid, name, scans }) =>
        scans === null ? [] : [{ oid, name, scans, table: tableName(table) }],
      ),
    );
    await client.query(
      `insert into index_use (instance_id, database, index_oid, day, table_name, index_name, scans, counted_since)
       select $1, $2, oid, ($3::timestamptz at time zone 'utc')::date, "table", name, scans, $4
       from unnest($5::text[], $6::text[], $7::text[], $8::bigint[]) as one(oid, "table", name, scans)
       on conflict (instance_id, database, index_oid, day) do update
         set scans = excluded.scans, counted_since = excluded.counted_since, table_name = excluded.table_name, index_name = excluded.index_name
         where (index_use.scans, index_use.counted_since, index_use.table_name, index_use.index_name)
           is distinct from (excluded.scans, excluded.counted_since, excluded.table_name, excluded.index_name)`,
      [
        lease.instanceId,
        inventory.database,
        new Date(inventory.at),
        inventory.counted_since === null ? null : new Date(inventory.counted_since),
        counted.map(({ oid }) => oid),
        counted.map(({ table }) => table),
        counted.map(({ name }) => name),
        counted.map(({ scans }) => scans),
      ],
    );
  });
}

/** Keeps why a database could not be read; what was read of it before stays. */
export async function writeInventoryFailure(
  db: Pool,
  lease: LeaseFence,
  database: string,
  error: ReadFailure,
): Promise<boolean> {
  return underLease(db, lease, async (client) => {
    await client.query(
      `insert into inventory (instance_id, database, at, body, error) values ($1, $2, now(), null, $3)
       on conflict (instance_id, database) do update set at = now(), error = excluded.error`,
      [lease.instanceId, database, JSON.stringify(error)],
    );
  });
}

/** Forgets the databases of an instance that are no longer there. */
export async function keepDatabases(
  db: Pool,
  lease: LeaseFence,
  databases: string[],
): Promise<boolean> {
  return underLease(db, lease, async (client) => {
    const gone = 'where instance_id = $1 and database <> all($2)';
    await client.query(`delete from inventory ${gone}`, [lease.instanceId, databases]);
    await client.query(`delete from index_use ${gone}`, [lease.instanceId, databases]);
  });
}

/** Deletes the daily counts that are older than `indexUseDays`. */
export async function dropOldIndexUse(db: Db): Promise<void> {
  await db.query(`delete from index_use where day < (now() at time zone 'utc')::date - $1::int`, [
    indexUseDays,
  ]);
}
