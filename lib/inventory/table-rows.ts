/** Tables of databases as a list: partitions folded into their table, scans of all instances together. Pure. */
import { type Inventory, type InventoryTable, tableName } from './inventory';
import { childrenByParent, partitionReport } from './partition-report';

export type TableRow = {
  database: string;
  name: string;
  kind: InventoryTable['kind'];
  parent: string | null;
  partitions: number;
  rows: number | null;
  live_rows: number | null;
  dead_rows: number | null;
  table_bytes: number | null;
  index_bytes: number | null;
  bytes: number | null;
  growth_bytes: number | null;
  seq_scans: number | null;
  index_scans: number | null;
  writes: number | null;
  indexes: number;
  last_analyze: number | null;
  next_partition: 'ok' | 'soon' | 'missing' | null;
  covered_until: number | null;
  default_rows: number | null;
};

export type TableOrder =
  | 'size'
  | 'rows'
  | 'dead_rows'
  | 'writes'
  | 'seq_scans'
  | 'index_scans'
  | 'growth'
  | 'name';

/** The one of several inventories of a database whose tables are shown: the primary's, the newest of those. */
export function leading<T extends Pick<Inventory, 'role' | 'at'>>(
  inventories: readonly T[],
): T | undefined {
  return [...inventories].sort(
    (a, b) => Number(b.role === 'primary') - Number(a.role === 'primary') || b.at - a.at,
  )[0];
}

/**
 * @param inventories of one database on the instances of a cluster
 * @param now epoch ms
 * @param growth bytes by which a table grew, by its name
 */
export function tableRows(
  inventories: readonly Inventory[],
  now: number,
  growth: ReadonlyMap<string, number> = new Map(),
): TableRow[] {
  const lead = leading(inventories);
  if (!lead) return [];
  const childrenOf = childrenByParent(lead);
  const scans = new Map<string, { seq: number | null; index: number | null }>();
  for (const { tables } of inventories)
    for (const table of tables) {
      const name = tableName(table);
      const before = scans.get(name);
      scans.set(name, {
        seq: sum([before?.seq ?? null, table.seq_scans]),
        index: sum([before?.index ?? null, table.index_scans]),
      });
    }
  const leaves = (table: InventoryTable): InventoryTable[] => [
    table,
    ...(childrenOf.get(tableName(table)) ?? []).flatMap(leaves),
  ];
  return lead.tables.map((table) => {
    const name = tableName(table);
    const all = leaves(table);
    const of = (value: (one: InventoryTable) => number | null) => sum(all.map(value));
    const report = table.kind === 'partitioned' ? partitionReport(table, childrenOf, now) : null;
    const table_bytes = of((one) => one.table_bytes);
    const index_bytes = of((one) => one.index_bytes);
    return {
      database: lead.database,
      name,
      kind: table.kind,
      parent: table.parent,
      partitions: report?.partitions.length ?? 0,
      rows: of((one) => one.rows),
      live_rows: of((one) => one.live_rows),
      dead_rows: of((one) => one.dead_rows),
      table_bytes,
      index_bytes,
      bytes: table_bytes === null ? null : table_bytes + (index_bytes ?? 0),
      growth_bytes: sum(all.map((one) => growth.get(tableName(one)) ?? null)),
      seq_scans: sum(all.map((one) => scans.get(tableName(one))?.seq ?? null)),
      index_scans: sum(all.map((one) => scans.get(tableName(one))?.index ?? null)),
      writes: of(({ inserted, updated, deleted }) => sum([inserted, updated, deleted])),
      indexes: table.indexes.length,
      last_analyze: table.last_analyze,
      next_partition: report?.time?.next ?? null,
      covered_until: report?.time?.covered_until ?? null,
      default_rows: report?.default?.rows ?? null,
    };
  });
}

/** The largest first, what is not known last; by name from A. */
export function orderTables(rows: readonly TableRow[], by: TableOrder): TableRow[] {
  const byName = (a: TableRow, b: TableRow) =>
    a.name.localeCompare(b.name, 'en', { numeric: true }) || a.database.localeCompare(b.database);
  if (by === 'name') return [...rows].sort(byName);
  const column = by === 'size' ? 'bytes' : by === 'growth' ? 'growth_bytes' : by;
  return [...rows].sort((a, b) => (b[column] ?? -1) - (a[column] ?? -1) || byName(a, b));
}

const sum = (values: (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
};
