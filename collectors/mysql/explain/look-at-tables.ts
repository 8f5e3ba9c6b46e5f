import type { Session } from '@/collectors/mysql/session/session';
import { type Refusal, refused } from '@/collectors/run/explain/refusal';
import type { GatedText } from './text-gate';

export type SeenTable = { schema: string; name: string; rows: number | null; createdAt: string };

/** Whose files or memory are the server's own: planning on another engine may reach out to other servers. */
const localEngines = new Set(['innodb', 'myisam', 'aria', 'memory', 'rocksdb', 'archive', 'csv']);

/**
 * What the statement's names are: only tables. A view may call stored functions, and a view of an aggregate is executed
 * while it is planned, by MySQL too. Names that are columns are looked for among the tables as well: none is missed.
 */
export async function lookAtTables(
  session: Session,
  { names, calls }: GatedText,
  schema: string,
  timeoutMs: number,
): Promise<SeenTable[] | Refusal> {
  // The second wall behind the list of the server's own functions, which is of the versions we know.
  if (schema !== '' && calls.length > 0) {
    const { rows } = await session.query(
      `select routine_name from information_schema.routines
       where routine_schema = ? and routine_type = 'FUNCTION' and routine_name in (?) limit 1`,
      { doing: 'look for stored functions', timeoutMs, params: [schema, calls] },
    );
    if (rows.length > 0)
      return refused(
        'function',
        `${rows[0]?.[0]} is the name of a stored function of this schema: EXPLAIN could run it.`,
        'Statements that call stored functions are never explained.',
      );
  }
  const asked = names.filter((one) => one.schema !== null || schema !== '');
  if (asked.length === 0) return [];
  const columns = 'table_schema, table_name, table_type, engine, table_rows, create_time';
  const from = `select ${columns} from information_schema.tables where`;
  const pairs = asked.map((one) => [one.schema ?? schema, one.name]);
  // MariaDB opens a table's definition only for a name that is given by itself; MySQL looks all up at once.
  const { rows } =
    session.flavour === 'mysql'
      ? await session.query(
          `${from} (table_schema, table_name) in (${pairs.map(() => '(?, ?)').join(', ')})`,
          { doing: 'look at the tables', timeoutMs, params: pairs.flat() },
        )
      : await session.query(
          pairs.map(() => `${from} table_schema = ? and table_name = ?`).join(' union all '),
          { doing: 'look at the tables', timeoutMs, params: pairs.flat() },
        );
  for (const [, name, type, engine] of rows) {
    if (!/^(BASE TABLE|SYSTEM VERSIONED)$/.test(type ?? ''))
      return refused(
        'view',
        `${name} is a ${(type ?? 'view').toLowerCase()}: what it calls would be executed while planning.`,
      );
    if (!localEngines.has((engine ?? '').toLowerCase()))
      return refused('engine', `The table ${name} is of the engine ${engine ?? 'unknown'}.`);
  }
  return rows.map(([inSchema, name, , , count, created]) => ({
    schema: inSchema ?? '',
    name: name ?? '',
    rows: count === null || count === undefined ? null : Number(count),
    createdAt: created ?? '',
  }));
}
