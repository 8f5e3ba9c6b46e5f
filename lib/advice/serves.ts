/** Which index can stand in for another, and which columns it serves. */
import type { InventoryIndex, InventoryTable } from '@/lib/inventory/inventory';

/** Whether the planner may use it for any row. */
export const usable = (index: InventoryIndex): boolean => index.valid && index.ready;

/** Whether dropping it changes more than speed, or is done by ALTER TABLE. */
export const enforces = (index: InventoryIndex): boolean =>
  index.unique || index.primary || index.constraint !== null || index.replica_identity;

/** Whether `columns` are, in any order, the leading key columns: what a foreign key's check needs. */
export function leadsWith(index: InventoryIndex, columns: readonly string[]): boolean {
  if (!usable(index) || !/^(btree|hash)$/.test(index.method)) return false;
  const notNull =
    columns.length === 1 &&
    index.predicate !== null &&
    new RegExp(`^\\(+"?${escapePattern(columns[0] ?? '')}"? IS NOT NULL\\)+$`, 'i').test(
      index.predicate,
    );
  if (index.predicate !== null && !notNull) return false;
  const leading = new Set(index.columns.slice(0, columns.length));
  return columns.length > 0 && columns.every((column) => leading.has(column));
}

const escapePattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Foreign keys of the table that only this index serves on the referencing side, when those in `leaving` are gone. */
export function servesAlone(
  table: InventoryTable,
  index: InventoryIndex,
  leaving: ReadonlySet<string>,
): string[] {
  return table.foreign_keys
    .filter(
      ({ columns }) =>
        leadsWith(index, columns) &&
        !table.indexes.some(
          (other) =>
            other.oid !== index.oid && !leaving.has(other.oid) && leadsWith(other, columns),
        ),
    )
    .map(({ name }) => name);
}

/** Whether a partition's index belongs, by its columns, to an index of its parent: it cannot be dropped alone. */
export function ofParent(
  tables: readonly InventoryTable[],
  table: InventoryTable,
  index: InventoryIndex,
): boolean {
  if (table.parent === null) return false;
  const parent = tables.find((one) => `${one.schema}.${one.name}` === table.parent);
  // A parent that was not read may have any index.
  return (
    parent === undefined ||
    parent.indexes.some((one) => one.keys.join('\n') === index.keys.join('\n')) ||
    parent.parent !== null
  );
}
