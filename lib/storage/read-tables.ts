import type { Pool } from 'pg';
import type { TableSort, TablesBody } from '@/lib/contract';
import type { Inventory } from '@/lib/inventory/inventory';
import { orderTables, tableRows } from '@/lib/inventory/table-rows';
import { readInventories, type StoredInventory } from './read-inventory';
import { readSeries } from './read-series';

export type TableScope = {
  instanceIds: number[];
  database?: string | undefined;
  /** Over which growth is looked at, epoch ms. */
  from: number;
  to: number;
};

/** Tables of a cluster or an instance, ordered, at most `limit`. */
export async function readTables(
  db: Pool,
  query: TableScope & {
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

/** The readings of one database, those that could never be made left out. */
export const inventoriesOf = (stored: readonly StoredInventory[], database: string): Inventory[] =>
  stored.flatMap((one) => (one.database === database && one.inventory ? [one.inventory] : []));

/** Where a table was read, and what could not be. */
export const sourceOf = ({ instance, database, inventory, error }: StoredInventory) => ({
  instance,
  database,
  role: inventory?.role ?? null,
  at: inventory?.at ?? null,
  counted_since: inventory?.counted_since ?? null,
  left_out: inventory?.left_out ?? 0,
  error,
});

/** By database and table: the size at the end of the range less that at its beginning, where it was followed. */
export async function readGrowth(
  db: Pool,
  { instanceIds, from, to }: TableScope,
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
export const plainName = (quoted: string) =>
  quoted.replace(/"((?:[^"]|"")*)"/g, (_, name: string) => name.replaceAll('""', '"'));
