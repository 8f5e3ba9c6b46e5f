import type { Pool } from 'pg';
import { notFound } from '@/lib/auth/http-error';
import type { TableBody, TableSort, TablesBody } from '@/lib/contract';
import { type Inventory, tableName } from '@/lib/inventory/inventory';
import { childrenByParent, partitionReport } from '@/lib/inventory/partition-report';
import { leading, orderTables, tableRows } from '@/lib/inventory/table-rows';
import { unchangedSince } from '@/lib/inventory/unchanged-since';
import type { Db } from './partitions';
import { readInventories, type StoredInventory } from './read-inventory';
import { readSeries } from './read-series';

type Scope = {
  instanceIds: number[];
  database?: string | undefined;
  /** Over which growth is looked at, epoch ms. */
  from: number;
  to: number;
};

/** Tables of a cluster or an instance, ordered, at most `limit`. */
export async function readTables(
  db: Pool,
  query: Scope & {
    sort: TableSort;
    limit: number;
    search?: string | undefined;
    kind: 'all' | 'partitioned';
  },
): Promise<TablesBody> {
  const stored = await readInventories(db, query.instanceIds);
  const databases = [...new Set(stored.map(({ database }) => database))].sort();
  const chosen = stored.filter(({ database }) => database === (query.database ?? database));
  const growth = await readGrowth(db, query);
  const wanted = query.search?.toLowerCase();
  const rows = databases
    .flatMap((database) =>
      tableRows(inventoriesOf(chosen, database), Date.now(), growth.get(database)),
    )
    .filter((row) =>
      query.kind === 'partitioned'
        ? row.kind === 'partitioned'
        : wanted !== undefined || row.parent === null,
    )
    .filter(({ name }) => wanted === undefined || name.toLowerCase().includes(wanted));
  return {
    sources: chosen.map(sourceOf),
    databases,
    tables: orderTables(rows, query.sort).slice(0, query.limit),
    total: rows.length,
  };
}

/**
 * One table with its columns, indexes, keys and partitions.
 * @param query name: `schema.name`; without a schema, that of public or of the only schema that has it
 * @throws 404 when no inventory has it
 */
export async function readTable(db: Pool, asked: Scope & { name: string }): Promise<TableBody> {
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
  const uses = await readUses(
    db,
    chosen,
    table.indexes.map(({ oid }) => oid),
  );
  return {
    sources: chosen.map(sourceOf),
    table: row,
    columns: table.columns,
    statistics_error: lead.statistics_error ?? null,
    indexes: table.indexes.map((index) => ({
      ...{ name: index.name, definition: index.definition, method: index.method },
      ...{ unique: index.unique, primary: index.primary, constraint: index.constraint },
      ...{ valid: index.valid, bytes: index.bytes },
      uses: uses.get(index.oid) ?? [],
    })),
    foreign_keys: table.foreign_keys.map((key) => ({ ...key, table: query.name })),
    referenced_by: lead.tables
      .filter(({ parent }) => parent === null)
      .flatMap((other) =>
        other.foreign_keys
          .filter(({ references }) => references === query.name)
          .map((key) => ({ ...key, table: tableName(other) })),
      ),
    partitions: table.kind === 'partitioned' ? partitionReport(table, childrenOf, now) : null,
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

const inventoriesOf = (stored: readonly StoredInventory[], database: string): Inventory[] =>
  stored.flatMap((one) => (one.database === database && one.inventory ? [one.inventory] : []));

const sourceOf = ({ instance, database, inventory, error }: StoredInventory) => ({
  instance,
  database,
  role: inventory?.role ?? null,
  at: inventory?.at ?? null,
  counted_since: inventory?.counted_since ?? null,
  left_out: inventory?.left_out ?? 0,
  error,
});

/** By database and table: the size at the end of the range less that at its beginning, where it was followed. */
async function readGrowth(
  db: Pool,
  { instanceIds, from, to }: Scope,
): Promise<Map<string, Map<string, number>>> {
  const sizes = new Map<string, Map<string, number>>();
  for (const column of ['table_bytes', 'index_bytes']) {
    const { series } = await readSeries(db, {
      ...{ instanceIds, from, to, column, metric: 'postgres.tables', points: 50 },
    });
    const grown = new Map<string, Map<string, number>>();
    for (const { labels, points } of series) {
      const known = points.flatMap(([, value]) => value ?? []);
      const [first, last] = [known[0], known.at(-1)];
      if (first === undefined || last === undefined || labels.table === '(others)') continue;
      const database = grown.get(labels.database ?? '') ?? new Map<string, number>();
      grown.set(labels.database ?? '', database);
      // Replicas have the same files: one of them is enough.
      database.set(plainName(labels.table ?? ''), last - first);
    }
    for (const [database, tables] of grown) {
      const all = sizes.get(database) ?? new Map<string, number>();
      sizes.set(database, all);
      for (const [name, bytes] of tables) all.set(name, (all.get(name) ?? 0) + bytes);
    }
  }
  return sizes;
}

/** The metric quotes names where SQL would have to. */
const plainName = (quoted: string) =>
  quoted.replace(/"((?:[^"]|"")*)"/g, (_, name: string) => name.replaceAll('""', '"'));

/** By index: its scans on each instance, and since when they have been the same. */
async function readUses(
  db: Db,
  stored: readonly StoredInventory[],
  oids: string[],
): Promise<Map<string, TableBody['indexes'][number]['uses']>> {
  const { rows } = await db.query<{
    instance: string;
    oid: string;
    days: { day: string; scans: number; counted_since: number | null }[];
  }>(
    `select instance_id::text as instance, index_oid as oid, json_agg(json_build_object('day', day, 'scans', scans,
       'counted_since', round(extract(epoch from counted_since) * 1000)) order by day) as days
     from index_use where instance_id = any($1::int[]) and database = $2 and index_oid = any($3) group by 1, 2`,
    [stored.map(({ instance }) => Number(instance)), stored[0]?.database ?? '', oids],
  );
  const days = new Map(rows.map((row) => [`${row.instance} ${row.oid}`, row.days]));
  const uses = new Map<string, TableBody['indexes'][number]['uses']>();
  for (const { instance, inventory } of stored)
    for (const { oid, scans, last_scan } of inventory?.tables.flatMap((one) => one.indexes) ?? []) {
      if (!oids.includes(oid)) continue;
      const counted_since = inventory?.counted_since ?? null;
      const unchanged_since = unchangedSince(
        scans,
        counted_since,
        days.get(`${instance} ${oid}`) ?? [],
      );
      const list = uses.get(oid) ?? [];
      uses.set(oid, list);
      list.push({ instance, scans, last_scan, counted_since, unchanged_since });
    }
  return uses;
}
