import type { InventoryIndex } from '@/lib/inventory/inventory';
import type { IndexRow, Text } from './rows';

/**
 * An index as the inventory has it. pg_get_indexdef opens the table and would wait for whoever changes it, so a
 * definition without expressions is put together from the catalogs in the same words.
 * @param text expressions and predicate; when the table was locked at each reading so far, `? <oid>` stands for them
 */
export function indexOf(row: IndexRow, text: Text | undefined): InventoryIndex {
  const unknown = `? ${row.oid}`;
  const keys = row.keys.map(
    ({ quoted, suffix }, nth) => (quoted ?? text?.keys?.[nth] ?? unknown) + suffix,
  );
  const predicate = row.partial ? (text?.predicate ?? unknown) : null;
  const composed = [
    `CREATE ${row.unique ? 'UNIQUE ' : ''}INDEX ${row.quoted} ON ${row.on} USING ${row.method} (${keys.join(', ')})`,
    row.included.length > 0
      ? `INCLUDE (${row.included.map(({ quoted }) => quoted).join(', ')})`
      : '',
    row.nulls_not_distinct ? 'NULLS NOT DISTINCT' : '',
    row.options ? `WITH (${row.options})` : '',
    predicate ? `WHERE ${predicate}` : '',
  ];
  return {
    name: row.name,
    oid: row.oid,
    parent: row.parent,
    method: row.method,
    columns: row.keys.map(({ column }) => column),
    keys,
    included: row.included.map(({ column }) => column),
    predicate,
    unique: row.unique,
    primary: row.primary,
    constraint: row.constraint,
    replica_identity: row.replica_identity,
    valid: row.valid,
    ready: row.ready,
    bytes: row.bytes,
    scans: row.scans,
    last_scan: row.last_scan,
    definition:
      (row.partial || row.expressions ? text?.definition : null) ??
      composed.filter((part) => part !== '').join(' '),
  };
}
