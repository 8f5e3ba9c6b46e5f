/** The index that would serve one use of a table by one statement. */
import type { InventoryIndex, InventoryTable } from '@/lib/inventory/inventory';
import { mostSelectiveFirst, selectivityOf } from './selectivity';
import { usable } from './serves';
import type { OrderColumn, TableUse } from './table-use';

export type Candidate = {
  /** Columns compared for equality: any order among them serves. */
  equal: string[];
  /** What follows them: one range column, or the ORDER BY. */
  tail: OrderColumn[];
  /** The tail gives the order of the ORDER BY, so that no sort is needed. */
  sorts: boolean;
  included: string[];
};

const mostEqual = 3;
/** Once so few rows are left, another column only makes the index wider. */
const fewRows = 5;
const mostIncluded = 3;
const narrowBytes = 32;

/**
 * Column order: the columns compared for equality first, the most selective of them in front, then the one range or
 * the ORDER BY. Null when there is nothing that an index could serve.
 * @param joins whether columns of joins count: only where the plan shows that few rows come from the other side
 */
export function candidateFor(
  table: InventoryTable,
  use: TableUse,
  joins: boolean,
): Candidate | null {
  const indexable = (column: string) => {
    const type = table.columns.find(({ name }) => name === column)?.type;
    return type !== undefined && !/^(json|xml|point|box|polygon|tsvector)\b/.test(type);
  };
  const single = use.equal.filter((one) => !use.several.includes(one) && indexable(one));
  const several = use.several.filter(indexable);
  const joined = joins ? use.join.filter((one) => indexable(one) && !single.includes(one)) : [];
  const order = use.order.length <= 2 && use.order.every(({ column }) => indexable(column));
  // Rows of several values do not come out in the order of the next column.
  const sorts = order && use.limited && use.order.length > 0 && several.length === 0 && !joins;
  let equal = mostSelectiveFirst(table, [...single, ...joined]);
  if (equal.length === 0) equal = mostSelectiveFirst(table, several).slice(0, 1);
  else if (several.length > 0) equal.push(...mostSelectiveFirst(table, several));
  equal = narrow(table, equal.slice(0, mostEqual));
  const tail = sorts
    ? use.order.filter(({ column }) => !equal.includes(column))
    : use.range
        .filter((one) => indexable(one) && !equal.includes(one))
        .slice(0, 1)
        .map((column) => ({ column, desc: false }));
  const range = use.range.filter((one) => !equal.includes(one));
  // A range on another column than the ORDER BY's narrows more surely than a sort costs.
  if (sorts && range.length > 0 && range[0] !== tail[0]?.column && equal.length === 0) return null;
  if (equal.length === 0 && tail.length === 0) return null;
  const flat = oneWay(tail);
  const keys = [...equal, ...flat.map(({ column }) => column)];
  return { equal, tail: flat, sorts, included: covering(table, use, keys) };
}

/** An index is read from both ends: directions matter only where they are mixed. */
function oneWay(order: readonly OrderColumn[]): OrderColumn[] {
  const mixed = new Set(order.map(({ desc }) => desc)).size > 1;
  return order.map(({ column, desc }) => ({ column, desc: mixed && desc }));
}

/** Leaves out the columns after those that already narrow to a handful of rows. */
function narrow(table: InventoryTable, equal: readonly string[]): string[] {
  const rows = table.rows ?? 0;
  for (let n = 1; n < equal.length; n++) {
    const share = selectivityOf(table, equal.slice(0, n));
    if (share !== null && share * rows <= fewRows) return equal.slice(0, n);
  }
  return [...equal];
}

/** Columns that make an index-only scan possible, when they are few, narrow and many rows are fetched. */
function covering(table: InventoryTable, use: TableUse, keys: readonly string[]): string[] {
  if (use.columns === null || use.written || use.limited) return [];
  const rest = use.columns.filter((column) => !keys.includes(column));
  if (rest.length === 0 || rest.length > mostIncluded) return [];
  const share = selectivityOf(table, keys.slice(0, use.equal.length));
  if (share === null || share * (table.rows ?? 0) < 20) return [];
  const widths = rest.map(
    (column) => table.columns.find(({ name }) => name === column)?.average_width ?? null,
  );
  if (widths.some((width) => width === null)) return [];
  return widths.reduce<number>((sum, width) => sum + (width ?? 0), 0) <= narrowBytes ? rest : [];
}

/** Whether an index with these key columns serves the candidate as well as its own would. */
export function servedBy(keys: readonly OrderColumn[], candidate: Candidate): boolean {
  const leading = new Set(keys.slice(0, candidate.equal.length).map(({ column }) => column));
  if (!candidate.equal.every((column) => leading.has(column))) return false;
  const rest = keys.slice(candidate.equal.length);
  return candidate.tail.every(
    ({ column, desc }, i) =>
      rest[i]?.column === column && (!candidate.sorts || rest[i]?.desc === desc),
  );
}

/** Its own key columns. */
export const keysOf = (candidate: Candidate): OrderColumn[] => [
  ...candidate.equal.map((column) => ({ column, desc: false })),
  ...candidate.tail,
];

/**
 * Whether an index that is there already serves it: all of its columns, or a leading part that leaves few rows, or,
 * where no statistics say how few, any leading part of the equality columns.
 */
export function servedAlready(table: InventoryTable, candidate: Candidate): boolean {
  return table.indexes.some((index) => serves(table, index, candidate));
}

function serves(table: InventoryTable, index: InventoryIndex, candidate: Candidate): boolean {
  if (!usable(index) || index.predicate !== null) return false;
  if (index.method !== 'btree') {
    return index.method === 'hash' && candidate.equal.includes(index.columns[0] ?? '');
  }
  const keys = index.columns.map((column, i) => ({
    column: column ?? '',
    desc: / DESC\b/i.test(index.keys[i] ?? ''),
  }));
  if (servedBy(keys, candidate)) return true;
  const used: string[] = [];
  for (const { column } of keys) {
    if (!candidate.equal.includes(column)) break;
    used.push(column);
  }
  if (used.length === 0) return false;
  if (index.unique && used.length === index.columns.length) return true;
  const share = selectivityOf(table, used);
  return share === null || share * (table.rows ?? 0) <= 1000;
}
