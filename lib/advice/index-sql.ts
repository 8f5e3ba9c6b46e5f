/** What is run to change indexes, in the words of the table's server. */
import type { InventoryIndex, InventoryTable } from '@/lib/inventory/inventory';
import { quoteIdentifier, quoteName } from './quote-identifier';

type Table = Pick<InventoryTable, 'schema' | 'name' | 'engine'>;

/** MySQL's and MariaDB's names, always in backticks: their words of the language differ by version. */
const backticked = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** A column or an index as the table's server writes it. */
export const quoteFor = (table: Pick<Table, 'engine'>, name: string): string =>
  table.engine ? backticked(name) : quoteIdentifier(name);

export const tableSql = (table: Table): string =>
  table.engine
    ? `${backticked(table.schema)}.${backticked(table.name)}`
    : quoteName(table.schema, table.name);

/** Beside the work that goes on: as `CONCURRENTLY` in PostgreSQL, refused by InnoDB where it cannot be done so. */
export const alongside = 'ALGORITHM=INPLACE, LOCK=NONE';

export const dropIndexSql = (table: Table, index: Pick<InventoryIndex, 'name'>): string =>
  table.engine
    ? `ALTER TABLE ${tableSql(table)} DROP INDEX ${backticked(index.name)}, ${alongside};`
    : `DROP INDEX CONCURRENTLY ${quoteName(table.schema, index.name)};`;

export const dropsIndex = (sql: string | null): boolean =>
  /^(DROP INDEX|ALTER TABLE \S+ DROP INDEX) /.test(sql ?? '');
