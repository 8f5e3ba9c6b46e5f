/** What a plan is made from, besides the text: the tables' columns and indexes, and the optimizer's switches. */
import { createHash } from 'node:crypto';
import type { Session } from '@/collectors/mysql/session/session';
import type { SeenTable } from './look-at-tables';

const timeoutMs = 2000;

/** Union of equalities: MariaDB opens no other table's definition for it. */
const ofEach = (select: string, tables: readonly SeenTable[], end = '') => ({
  sql: tables
    .map(() => `(${select} where table_schema = ? and table_name = ? ${end} limit 2000)`)
    .join(' union all '),
  params: tables.flatMap(({ schema, name }) => [schema, name]),
});

/**
 * A hash of what the optimizer looks at: the tables, their indexes and cardinalities (to a power of two, since InnoDB's
 * samples vary), its switches, and the server's version.
 */
export async function readSchemaVersion(
  session: Session,
  tables: readonly SeenTable[],
): Promise<string> {
  const settings = await session.query('select @@version, @@optimizer_switch', {
    doing: 'read the optimizer’s switches',
    timeoutMs,
  });
  const hash = createHash('md5').update(
    JSON.stringify([settings.rows, tables.map(({ rows: _, ...one }) => one)]),
  );
  if (tables.length > 0) {
    const { sql, params } = ofEach(
      `select table_name, index_name, seq_in_index, column_name, floor(log2(greatest(coalesce(cardinality, 1), 1)))
       from information_schema.statistics`,
      tables,
    );
    const { rows } = await session.query(sql, { doing: 'read the indexes', timeoutMs, params });
    hash.update(JSON.stringify(rows.map((row) => row.join(' ')).sort()));
  }
  return hash.digest('hex');
}

export async function readColumnTypes(
  session: Session,
  tables: readonly SeenTable[],
): Promise<Map<string, string>> {
  if (tables.length === 0) return new Map();
  const { sql, params } = ofEach(
    'select column_name, data_type from information_schema.columns',
    tables,
  );
  const { rows } = await session.query(sql, { doing: 'read the columns', timeoutMs, params });
  return new Map(
    rows.map(([name, type]) => [(name ?? '').toLowerCase(), (type ?? '').toLowerCase()]),
  );
}

/** A value of each column that is unique by itself: the first of its index, which is one look into it. */
export async function readUniqueValues(
  session: Session,
  tables: readonly SeenTable[],
): Promise<Map<string, string>> {
  if (tables.length === 0) return new Map();
  const { sql, params } = ofEach(
    `select max(table_schema), max(table_name), max(column_name) from information_schema.statistics`,
    tables,
    'group by index_name having count(*) = 1 and max(non_unique) = 0 and max(sub_part) is null',
  );
  const { rows } = await session.query(sql, {
    doing: 'read the unique indexes',
    timeoutMs,
    params,
  });
  return new Map(
    rows.map(([schema, table, column]) => [
      (column ?? '').toLowerCase(),
      `(select min(${quoted(column)}) from ${quoted(schema)}.${quoted(table)})`,
    ]),
  );
}

export const quoted = (name: string | null | undefined) =>
  `\`${(name ?? '').replaceAll('`', '``')}\``;
