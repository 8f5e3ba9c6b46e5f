/** Reads what exists in the connected database: tables, columns, indexes and foreign keys, from the catalogs alone. */
import { Failure } from '@/collectors/run/failure';
import type { Inventory, InventoryColumn, InventoryTable } from '@/lib/inventory/inventory';
import { readJson } from '../session/read-json';
import type { Session } from '../session/session';
import { indexOf } from './index-of';
import * as queries from './queries';
import * as rows from './rows';

/** Expressions of indexes and partition keys by oid, kept from reading to reading for when a table is locked. */
export type KnownTexts = Map<string, rows.Text>;

const timeoutMs = 10_000;
const maxBytes = 64 * 1024 * 1024;

/** The databases people can connect to. @throws Failure */
export async function readDatabases(session: Session): Promise<string[]> {
  const { rows: found } = await session.query(queries.databases, {
    doing: 'read the names of databases',
    timeoutMs,
  });
  return found.flatMap(([name]) => name ?? []);
}

/**
 * The connected database without its columns' statistics.
 * @param known is brought up to date
 * @throws Failure
 */
export async function readInventory(session: Session, known: KnownTexts): Promise<Inventory> {
  const ask = <T>(what: string, sql: string, row: rows.Row<T>, params?: string[][]) =>
    read(session, `read the ${what}`, sql, row, params);
  const [facts] = await ask('server', queries.facts, rows.facts);
  if (!facts) throw new Failure('wrong_shape', 'read the server: no row');
  const found = await ask('tables', queries.tables, rows.table);
  const oids = [found.map(({ oid }) => oid)];
  const columns = byTable(await ask('columns', queries.columns, rows.columns, oids));
  const indexes = await ask('indexes', queries.indexes(facts.version), rows.index, oids);
  const keys = byTable(await ask('foreign keys', queries.foreignKeys, rows.foreignKey, oids));
  await readTexts(session, oids, known);
  const ofTable = byTable(indexes);
  const { version: _, ...rest } = facts;
  return {
    ...rest,
    tables: found.map(({ all: __, ...table }) => ({
      ...table,
      partition_key: known.get(table.oid)?.definition ?? table.partition_key,
      columns: (columns.get(table.oid)?.[0]?.columns ?? []).map(withoutStatistics),
      indexes: (ofTable.get(table.oid) ?? []).map((index) => indexOf(index, known.get(index.oid))),
      foreign_keys: (keys.get(table.oid) ?? []).map(({ table: ___, ...key }) => key),
    })),
    left_out: Math.max(0, (found[0]?.all ?? 0) - found.length),
  };
}

/**
 * Fills in the statistics of columns this login may see; those of other tables stay unknown.
 * @throws Failure
 */
export async function addStatistics(session: Session, tables: InventoryTable[]): Promise<void> {
  const found = await read(
    session,
    'read the statistics of columns',
    queries.statistics,
    rows.statistics,
    [
      tables.map(({ schema }) => schema),
      tables.map(({ name }) => name),
      tables.map(({ kind }) => String(kind === 'partitioned')),
    ],
  );
  const ofTable = new Map(
    found.map(([schema, name, list]) => [JSON.stringify([schema, name]), list]),
  );
  for (const table of tables) {
    const list = ofTable.get(JSON.stringify([table.schema, table.name])) ?? [];
    const ofColumn = new Map(list.map((one) => [one[0], one]));
    for (const column of table.columns) {
      const seen = ofColumn.get(column.name);
      if (!seen) continue;
      [, column.n_distinct, column.null_share, column.average_width, column.correlation] = seen;
    }
  }
}

/** A table locked between our look at the locks and the printing of its indexes is met once in a while: look again. */
async function readTexts(session: Session, oids: string[][], known: KnownTexts): Promise<void> {
  for (let attempt = 1; attempt <= 3; attempt++) {
    try {
      const found = await read(session, 'read the expressions', queries.texts, rows.text, oids);
      for (const { definition, ...text } of found)
        if (definition !== null) known.set(text.oid, { ...text, definition });
      return;
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'lock_timeout') throw error;
    }
  }
}

const read = <T>(
  session: Session,
  doing: string,
  sql: string,
  row: rows.Row<T>,
  params?: string[][],
): Promise<T[]> =>
  readJson(session, sql, row, { doing, timeoutMs, maxBytes, ...(params ? { params } : {}) });

function byTable<T extends { table: string }>(list: T[]): Map<string, T[]> {
  const grouped = new Map<string, T[]>();
  for (const one of list) {
    const group = grouped.get(one.table);
    if (group) group.push(one);
    else grouped.set(one.table, [one]);
  }
  return grouped;
}

const withoutStatistics = (
  column: Pick<InventoryColumn, 'name' | 'type' | 'not_null'>,
): InventoryColumn => ({
  ...column,
  n_distinct: null,
  null_share: null,
  average_width: null,
  correlation: null,
});
