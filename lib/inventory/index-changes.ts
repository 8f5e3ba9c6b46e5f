import { type Inventory, tableName } from './inventory';

export type IndexChange = {
  kind: 'index_created' | 'index_dropped';
  /** `schema.name` */
  table: string;
  index: string;
  definition: string;
};

/** More than these at once is a migration: its first ones are marks enough. */
const most = 20;

/**
 * Indexes that came into use or went between two readings of a database. One that is still being built does not count yet,
 * and one that went with its table is not named: nobody decided about the index.
 */
export function indexChanges(before: Inventory, after: Inventory): IndexChange[] {
  const [was, is] = [usableOf(before), usableOf(after)];
  const tables = new Set(after.tables.map(tableName));
  const known = new Set(before.tables.map(tableName));
  const changes: IndexChange[] = [];
  for (const [name, change] of is)
    if (!was.has(name) && known.has(change.table))
      changes.push({ kind: 'index_created', ...change });
  for (const [name, change] of was)
    if (!is.has(name) && tables.has(change.table))
      changes.push({ kind: 'index_dropped', ...change });
  return changes.slice(0, most);
}

function usableOf(inventory: Inventory): Map<string, Omit<IndexChange, 'kind'>> {
  return new Map(
    inventory.tables.flatMap((table) =>
      table.indexes
        .filter(({ valid, ready }) => valid && ready)
        .map(({ name, definition }) => [
          `${tableName(table)} ${name}`,
          { table: tableName(table), index: name, definition },
        ]),
    ),
  );
}
