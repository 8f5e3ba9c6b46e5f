/** The exact SQL that makes an index, and its name. */
import { type InventoryTable, tableName } from '@/lib/inventory/inventory';
import { alongside, quoteFor, tableSql } from './index-sql';
import { quoteName } from './quote-identifier';

export type NewIndex = {
  /** Key columns in order; `desc` only where the ORDER BY mixes directions. */
  keys: { column: string; desc?: boolean }[];
  included: string[];
};

/** More partitions than this are not written out one by one. */
const mostPartitions = 24;

/** As PostgreSQL names indexes, at most 63 bytes, and unlike those that are there. */
export function newIndexName(table: InventoryTable, index: NewIndex): string {
  const taken = new Set(table.indexes.map(({ name }) => name));
  const base = cut(`${table.name}_${index.keys.map(({ column }) => column).join('_')}`, 55);
  let name = `${base}_idx`;
  for (let n = 1; taken.has(name); n++) name = `${base}_idx${n}`;
  return name;
}

function cut(text: string, bytes: number): string {
  let cut = text;
  while (new TextEncoder().encode(cut).length > bytes) cut = [...cut].slice(0, -1).join('');
  return cut;
}

/** `(customer_id, created_at)`, also for sentences. */
export const describeIndex = (table: Pick<InventoryTable, 'engine'>, index: NewIndex): string =>
  `(${index.keys.map(({ column, desc }) => quoteFor(table, column) + (desc ? ' DESC' : '')).join(', ')})${
    index.included.length > 0
      ? ` INCLUDE (${index.included.map((one) => quoteFor(table, one)).join(', ')})`
      : ''
  }`;

/**
 * What blocks writes is never advised: without CONCURRENTLY, or in MySQL without LOCK=NONE. A partitioned table cannot be indexed concurrently: its
 * partitions are, one by one, and then attached.
 */
export function createIndexSql(
  table: InventoryTable,
  index: NewIndex,
  tables: readonly InventoryTable[],
): string {
  const name = newIndexName(table, index);
  const columns = describeIndex(table, index);
  if (table.engine)
    return `ALTER TABLE ${tableSql(table)} ADD INDEX ${quoteFor(table, name)} ${columns}, ${alongside};`;
  if (table.kind !== 'partitioned')
    return `CREATE INDEX CONCURRENTLY ${quoteFor(table, name)} ON ${quoteName(table.schema, table.name)} ${columns};`;
  const parts = tables.filter(({ parent }) => parent === tableName(table));
  const lines = [
    `CREATE INDEX ${quoteFor(table, name)} ON ONLY ${quoteName(table.schema, table.name)} ${columns};`,
  ];
  for (const part of parts.slice(0, mostPartitions)) {
    const own = newIndexName(part, index);
    lines.push(
      `CREATE INDEX CONCURRENTLY ${quoteFor(part, own)} ON ${quoteName(part.schema, part.name)} ${columns};`,
      `ALTER INDEX ${quoteName(table.schema, name)} ATTACH PARTITION ${quoteName(part.schema, own)};`,
    );
  }
  if (parts.length > mostPartitions)
    lines.push(`-- and so for ${parts.length - mostPartitions} more partitions`);
  return lines.join('\n');
}

/** Bytes of an index on these columns when built: widths where they are known, 8 bytes each where not. */
export function newIndexBytes(table: InventoryTable, index: NewIndex): number | null {
  const rows = table.rows ?? table.live_rows;
  if (rows === null) return null;
  const width = [...index.keys.map(({ column }) => column), ...index.included].reduce(
    (sum, name) =>
      sum + Math.ceil((table.columns.find((one) => one.name === name)?.average_width ?? 8) / 8) * 8,
    0,
  );
  return Math.ceil((rows * (width + 12)) / (8152 * 0.9)) * 8192;
}
