/** How large a btree should be, from the widths of its columns. */
import type { InventoryIndex, InventoryTable } from '@/lib/inventory/inventory';

const page = 8192;
/** PageHeaderData and BTPageOpaqueData (24 + 16 bytes). */
const pageOverhead = 40;
/** IndexTupleData and the line pointer (8 + 4 bytes). */
const tupleHeader = 8;
const linePointer = 4;

const align = (size: number, to: number) => Math.ceil(size / to) * to;

/** Alignment of a type on disk, by pg_type.typalign of the common ones; 8, the widest, for all others. */
function alignmentOf(type: string): number {
  if (/^(boolean|"char"|uuid|name)$/.test(type)) return 1;
  if (type === 'smallint') return 2;
  if (/^(integer|real|date|oid|inet|cidr|text|bytea|jsonb?|character|numeric|bit)/.test(type))
    return 4;
  return 8;
}

/**
 * Bytes of the index if it were built anew: rows × (tuple header + columns at their average width, aligned), in leaf
 * pages filled to its fillfactor (90 % unless said otherwise), plus 2 % for inner pages. Equal keys that PostgreSQL 13
 * and later store once and nulls make a real index smaller, never larger, so that bloat is not overstated by them.
 * @returns null when it cannot be known: another method, an expression, a part of the rows, or no statistics
 */
export function expectedBytes(table: InventoryTable, index: InventoryIndex): number | null {
  if (index.method !== 'btree' || index.predicate !== null || table.rows === null) return null;
  let size = 0;
  let nulls = false;
  for (const name of [...index.columns, ...index.included]) {
    const column = table.columns.find((one) => one.name === name);
    if (!column || column.average_width === null) return null;
    size = align(size, alignmentOf(column.type)) + column.average_width;
    if (!column.not_null) nulls = true;
  }
  const tuple = align(tupleHeader + (nulls ? 8 : 0), 8) + align(size, 8) + linePointer;
  const fill = Number(/fillfactor\s*=\s*'?(\d+)/.exec(index.definition)?.[1] ?? 90) / 100;
  const perPage = Math.max(1, Math.floor(((page - pageOverhead) * fill) / tuple));
  const leaves = Math.ceil(table.rows / perPage);
  return Math.ceil(leaves * 1.02 + 1) * page;
}
