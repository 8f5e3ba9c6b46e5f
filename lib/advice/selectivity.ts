/** Selectivity: the share of a table's rows that a condition lets through. */
import type { InventoryTable } from '@/lib/inventory/inventory';

/** Distinct values of a column: n_distinct, or its share of the rows where negative; null when there are no statistics. */
export function distinctOf(table: InventoryTable, column: string): number | null {
  const n = table.columns.find(({ name }) => name === column)?.n_distinct ?? null;
  if (n === null || n === 0) {
    return uniqueAlone(table, column) ? table.rows : null;
  }
  if (n > 0) return n;
  return table.rows === null ? null : Math.max(1, -n * table.rows);
}

/** A unique index on this column alone says as much as statistics. */
const uniqueAlone = (table: InventoryTable, column: string) =>
  table.indexes.some(
    ({ unique, predicate, columns }) =>
      unique && predicate === null && columns.length === 1 && columns[0] === column,
  );

/**
 * Share of rows that equal one value in each of the columns, taken as independent; null when a column's
 * cardinality is not known.
 */
export function selectivityOf(table: InventoryTable, columns: readonly string[]): number | null {
  let share = 1;
  for (const column of columns) {
    const distinct = distinctOf(table, column);
    if (distinct === null) return null;
    share /= distinct;
  }
  return share;
}

/** Most selective first; those that are not known keep their order after those that are, booleans come last. */
export function mostSelectiveFirst(table: InventoryTable, columns: readonly string[]): string[] {
  const rank = (column: string) => {
    const distinct = distinctOf(table, column);
    if (distinct !== null) return distinct;
    const type = table.columns.find(({ name }) => name === column)?.type;
    return type === 'boolean' ? 2 : 2.5;
  };
  return columns.toSorted((a, b) => rank(b) - rank(a));
}
