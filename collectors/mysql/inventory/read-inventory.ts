/** Reads what exists in one schema of MySQL or MariaDB: tables, columns, indexes, their use, and foreign keys. */
import type { Session } from '@/collectors/mysql/session/session';
import { Failure } from '@/collectors/run/failure';
import type {
  Inventory,
  InventoryColumn,
  InventoryForeignKey,
  InventoryIndex,
  InventoryTable,
} from '@/lib/inventory/inventory';
import * as queries from './queries';

const timeoutMs = 10_000;
const maxBytes = 64 * 1024 * 1024;

type Row = (string | null)[];

/** @throws Failure */
export async function readSchemas(session: Session): Promise<string[]> {
  const { rows } = await session.query(queries.schemas, {
    doing: 'read the names of schemas',
    timeoutMs,
  });
  return rows.flatMap(([name]) => name ?? []);
}

/**
 * One schema as a database of the inventory. Uses of indexes are null where performance_schema does not count all of
 * them: an unused index must never be guessed.
 * @throws Failure
 */
export async function readMysqlInventory(session: Session, schema: string): Promise<Inventory> {
  const engine = session.flavour;
  const ask = async (what: string, sql: string): Promise<readonly Row[]> =>
    (await session.query(sql, { doing: `read the ${what}`, timeoutMs, maxBytes, params: [schema] }))
      .rows;
  const { rows } = await session.query(queries.facts, { doing: 'read the server', timeoutMs });
  const [, readOnly, uptime, lost, enabled, clock] = rows[0] ?? [];
  const found = await ask('tables', queries.tables);
  const kept = found.slice(0, queries.mostTables);
  const columns = byFirst(await ask('columns', queries.columns));
  const parts = byFirst(await ask('indexes', queries.parts(engine)));
  const keys = byFirst(await ask('foreign keys', queries.foreignKeys));
  const partitions = byFirst(await ask('partitions', queries.partitions));
  // Its own reading may fail alone: what the indexes are is known all the same.
  const counts = Number(lost ?? 0) === 0 && enabled === 'YES';
  const use = counts
    ? byFirst(await orNothing(ask('use of indexes', queries.indexUse)))
    : new Map();
  const sizes = byFirst(await orNothing(ask('sizes of indexes', queries.indexSizes)));
  const at = Math.round(Number(clock) * 1000);
  return {
    database: schema,
    at,
    role: readOnly === '1' || readOnly === 'ON' ? 'replica' : 'primary',
    counted_since: counts && uptime != null ? at - Number(uptime) * 1000 : null,
    hypopg: false,
    tables: kept.map((row) => {
      const [name = ''] = row as [string];
      const of = (map: Map<string, Row[]>) => map.get(name) ?? [];
      return tableOf(row, {
        ...{ schema, engine, columns: of(columns), parts: of(parts), keys: of(keys) },
        ...{ use: of(use), sizes: of(sizes), partitions: of(partitions) },
      });
    }),
    left_out: Math.max(0, found.length - kept.length),
  };
}

type About = {
  schema: string;
  engine: 'mysql' | 'mariadb';
  columns: Row[];
  parts: Row[];
  keys: Row[];
  use: Row[];
  sizes: Row[];
  partitions: Row[];
};

function tableOf([name, , rows, dataBytes, indexBytes]: Row, about: About): InventoryTable {
  const { schema, engine, partitions } = about;
  const table = name ?? '';
  const sum = (column: number) =>
    about.use.length === 0
      ? null
      : about.use.reduce((total, row) => total + Number(row[column] ?? 0), 0);
  const [, method, expression] = partitions[0] ?? [];
  const indexes = indexesOf(table, about);
  return {
    ...{ schema, name: table, oid: `${schema}.${table}`, engine, kind: 'table', parent: null },
    partition_key: method == null ? null : `${method} (${(expression ?? '').replaceAll('`', '')})`,
    partition_bound: null,
    rows: numberOf(rows),
    table_bytes: numberOf(dataBytes),
    index_bytes: numberOf(indexBytes),
    seq_scans: null,
    seq_rows: null,
    index_scans: null,
    // The row without an index counts what is written, and reads of whole tables.
    inserted: sum(4),
    updated: sum(5),
    deleted: sum(6),
    live_rows: null,
    dead_rows: null,
    last_analyze: null,
    columns: about.columns.map((row) => columnOf(row, about.parts)),
    indexes,
    foreign_keys: foreignKeysOf(about.keys),
  };
}

/** How many values a column has is known where an index begins with it. */
function columnOf(
  [, name, type, nullable, dataType, length]: Row,
  parts: readonly Row[],
): InventoryColumn {
  const first = parts.filter(
    (row, at) => row[2] === name && row[3] === null && parts[at - 1]?.[1] !== row[1],
  );
  const distinct = first.map((row) => numberOf(row[7])).filter((one) => one !== null && one > 0);
  const fixed: Record<string, number> = {
    ...{ tinyint: 1, smallint: 2, mediumint: 3, int: 4, bigint: 8, date: 3, datetime: 5 },
    ...{ timestamp: 4, float: 4, double: 8, year: 1, time: 3, enum: 2, bit: 1 },
  };
  return {
    name: name ?? '',
    type: type ?? '',
    not_null: nullable === 'NO',
    n_distinct: distinct.length > 0 ? Math.max(...(distinct as number[])) : null,
    null_share: null,
    average_width: fixed[dataType ?? ''] ?? (length == null ? null : Math.min(Number(length), 20)),
    correlation: null,
  };
}

function indexesOf(table: string, about: About): InventoryIndex[] {
  const { schema } = about;
  const grouped = new Map<string, Row[]>();
  for (const part of about.parts) {
    const name = part[1] ?? '';
    grouped.set(name, [...(grouped.get(name) ?? []), part]);
  }
  const used = new Map(about.use.map((row) => [row[1], numberOf(row[2])]));
  const sizes = new Map(about.sizes.map((row) => [row[1], numberOf(row[2])]));
  return [...grouped].map(([name, parts]) => {
    const [first] = parts as [Row];
    const keys = parts.map(keyOf);
    const unique = first[5] === '0';
    const primary = name === 'PRIMARY';
    const visible = first[9] !== 'NO';
    return {
      ...{ name, oid: `${schema}.${table}.${name}`, method: (first[6] ?? '').toLowerCase() },
      // A part of a column (`name(10)`) serves as the column for what is searched by it, but is not the same key.
      columns: parts.map((part) => (part[2] === null ? null : (part[2] ?? null))),
      ...{
        keys,
        included: [],
        predicate: null,
        unique,
        primary,
        constraint: primary ? name : null,
      },
      ...{ replica_identity: false, valid: true, ready: visible },
      bytes: sizes.get(name) ?? null,
      // Not in performance_schema: the table was not opened since the server started, or is not counted.
      scans: used.get(name) ?? null,
      last_scan: null,
      definition: primary
        ? `PRIMARY KEY (${keys.join(', ')})`
        : `${unique ? 'UNIQUE ' : /FULLTEXT|SPATIAL/.test(first[6] ?? '') ? `${first[6]} ` : ''}INDEX ${name} (${keys.join(', ')})`,
    };
  });
}

const keyOf = ([, , column, part, collation, , , , expression]: Row): string =>
  `${column ?? `(${expression ?? '?'})`}${part === null ? '' : `(${part})`}${collation === 'D' ? ' DESC' : ''}`;

function foreignKeysOf(rows: readonly Row[]): InventoryForeignKey[] {
  const grouped = new Map<string, Row[]>();
  for (const row of rows) grouped.set(row[1] ?? '', [...(grouped.get(row[1] ?? '') ?? []), row]);
  return [...grouped].map(([name, all]) => ({
    name,
    columns: all.map((row) => row[2] ?? ''),
    references: `${all[0]?.[3]}.${all[0]?.[4]}`,
    referenced_columns: all.map((row) => row[5] ?? ''),
  }));
}

async function orNothing(reading: Promise<readonly Row[]>): Promise<readonly Row[]> {
  return reading.catch((error: unknown) => {
    if (error instanceof Failure && !error.fatal) return [];
    throw error;
  });
}

function byFirst(rows: readonly Row[]): Map<string, Row[]> {
  const grouped = new Map<string, Row[]>();
  for (const row of rows) {
    const group = grouped.get(row[0] ?? '');
    if (group) group.push(row);
    else grouped.set(row[0] ?? '', [row]);
  }
  return grouped;
}

const numberOf = (text: string | null | undefined): number | null =>
  text === null || text === undefined || text === '' ? null : Number(text);
