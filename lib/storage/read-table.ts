import type { Pool } from 'pg';
import { notFound } from '@/lib/auth/http-error';
import type { TableBody, TableIndexBody } from '@/lib/contract';
import { type Inventory, type InventoryIndex, tableName } from '@/lib/inventory/inventory';
import { childrenByParent, partitionReport } from '@/lib/inventory/partition-report';
import { leading, tableRows } from '@/lib/inventory/table-rows';
import { unchangedSince } from '@/lib/inventory/unchanged-since';
import { groupBy } from './group-by';
import type { Db } from './partitions';
import { readInventories, type StoredInventory } from './read-inventory';
import { readSeries } from './read-series';
import { inventoriesOf, plainName, readGrowth, sourceOf, type TableScope } from './read-tables';

/**
 * One table with its columns, indexes, keys and partitions.
 * @param query name: `schema.name`; without a schema, that of public or of the only schema that has it
 * @throws 404 when no inventory has it
 */
export async function readTable(
  db: Pool,
  asked: TableScope & { name: string },
): Promise<TableBody> {
  const stored = await readInventories(db, asked.instanceIds);
  const query = { ...asked, name: fullName(stored, asked.name) };
  const has = ({ inventory }: StoredInventory) =>
    inventory?.tables.some((table) => tableName(table) === query.name) ?? false;
  const database = query.database ?? stored.find(has)?.database;
  const chosen = stored.filter((one) => one.database === database);
  const inventories = inventoriesOf(chosen, database ?? '');
  const lead = leading(
    inventories.filter((inventory) =>
      inventory.tables.some((one) => tableName(one) === query.name),
    ),
  );
  const table = lead?.tables.find((one) => tableName(one) === query.name);
  if (!lead || !table) throw notFound('table');
  const growth = await readGrowth(db, query);
  const now = Date.now();
  const row = tableRows(inventories, now, growth.get(lead.database)).find(
    ({ name }) => name === query.name,
  );
  if (!row) throw notFound('table');
  const childrenOf = childrenByParent(lead);
  const below = indexesBelow(lead);
  const days = await readDays(
    db,
    chosen,
    table.indexes.flatMap(({ oid }) => below(oid).map((one) => one.oid)),
  );
  return {
    sources: chosen.map(sourceOf),
    table: row,
    columns: table.columns,
    statistics_error: lead.statistics_error ?? null,
    indexes: table.indexes.map((index) => ({
      ...{ name: index.name, definition: index.definition, method: index.method },
      ...{ unique: index.unique, primary: index.primary, constraint: index.constraint },
      ...{ valid: index.valid, bytes: sum(below(index.oid).map(({ bytes }) => bytes)) },
      uses: chosen.flatMap((one) => useOf(one, below(index.oid), days) ?? []),
    })),
    foreign_keys: table.foreign_keys.map((key) => ({ ...key, table: query.name })),
    referenced_by: lead.tables
      .filter(({ parent }) => parent === null)
      .flatMap((other) =>
        other.foreign_keys
          .filter(({ references }) => references === query.name)
          .map((key) => ({ ...key, table: tableName(other) })),
      ),
    partitions:
      table.kind === 'partitioned'
        ? partitionReport(table, childrenOf, now, await readWrites(db, query, lead.database))
        : null,
  };
}

function fullName(stored: readonly StoredInventory[], name: string): string {
  const all = stored.flatMap(({ inventory }) => inventory?.tables ?? []);
  if (all.some((table) => tableName(table) === name)) return name;
  const schemas = new Set(all.flatMap((table) => (table.name === name ? table.schema : [])));
  const [only] = schemas;
  if (schemas.has('public') || only === undefined) return `public.${name}`;
  return schemas.size === 1 ? `${only}.${name}` : name;
}

/** Rows written over the range to the tables of a database that were followed. */
async function readWrites(
  db: Pool,
  { instanceIds, from, to }: TableScope,
  database: string,
): Promise<Map<string, number>> {
  const written = new Map<string, number>();
  for (const column of ['rows_inserted', 'rows_updated', 'rows_deleted']) {
    const { series, stepMs } = await readSeries(db, {
      ...{ instanceIds, from, to, column, metric: 'postgres.tables', points: 50 },
      labels: { database },
    });
    for (const { labels, points } of series) {
      const name = plainName(labels.table ?? '');
      // Per second in each step; a standby counts none.
      const rows = points.reduce((sum, [, rate]) => sum + (rate ?? 0) * (stepMs / 1000), 0);
      written.set(name, (written.get(name) ?? 0) + rows);
    }
  }
  return written;
}

/** The indexes that hold the entries of an index: itself, or those of the partitions below it. */
function indexesBelow({ tables }: Inventory): (oid: string) => InventoryIndex[] {
  const all = tables.flatMap(({ indexes }) => indexes);
  const byOid = new Map(all.map((index) => [index.oid, index]));
  const parts = groupBy(all, ({ parent }) => parent ?? null);
  const below = (oid: string): InventoryIndex[] => {
    const own = parts.get(oid);
    const self = byOid.get(oid);
    return own ? own.flatMap((one) => below(one.oid)) : self ? [self] : [];
  };
  return below;
}

type Days = Map<string, { day: string; scans: number; counted_since: number | null }[]>;

/** By instance and index: its scans day by day. */
async function readDays(db: Db, stored: readonly StoredInventory[], oids: string[]): Promise<Days> {
  const { rows } = await db.query<{
    name: string;
    days: Days extends Map<string, infer D> ? D : never;
  }>(
    `select instance_id || ' ' || index_oid as name, json_agg(json_build_object('day', day, 'scans', scans,
       'counted_since', round(extract(epoch from counted_since) * 1000)) order by day) as days
     from index_use where instance_id = any($1::int[]) and database = $2 and index_oid = any($3) group by 1`,
    [stored.map(({ instance }) => Number(instance)), stored[0]?.database ?? '', oids],
  );
  return new Map(rows.map(({ name, days }) => [name, days]));
}

/** Scans of an index on one instance, and since when there are no more; null when it was not read there. */
function useOf(
  { instance, inventory }: StoredInventory,
  family: readonly InventoryIndex[],
  days: Days,
): TableIndexBody['uses'][number] | null {
  if (!inventory) return null;
  const wanted = new Set(family.map(({ oid }) => oid));
  const own = inventory.tables.flatMap(({ indexes }) =>
    indexes.filter(({ oid }) => wanted.has(oid)),
  );
  if (own.length === 0) return null;
  const { counted_since } = inventory;
  const since = own.map(({ oid, scans }) =>
    unchangedSince(scans, counted_since, days.get(`${instance} ${oid}`) ?? []),
  );
  const last = own.flatMap(({ last_scan: at }) => at ?? []);
  return {
    ...{ instance, counted_since },
    scans: sum(own.map(({ scans }) => scans)),
    last_scan: last.length === 0 ? null : Math.max(...last),
    unchanged_since: since.some((at) => at === null) ? null : Math.max(...since.map(Number)),
  };
}

const sum = (values: (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
};
