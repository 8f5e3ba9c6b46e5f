import { createHash } from 'node:crypto';
import { openSession, type Session } from '@/collectors/mysql/session/session';
import type { Target } from '@/collectors/run/engine';
import type { AskedStatement, Explained, Unchanged } from '@/collectors/run/explain/explainer';
import { type Refusal, refused } from '@/collectors/run/explain/refusal';
import { Failure } from '@/collectors/run/failure';
import type { PlanNode } from '@/lib/contract';
import { nameTables } from '@/lib/plan/mysql/name-tables';
import { readMysqlJson } from '@/lib/plan/mysql/read-mysql-explain';
import { addWarnings } from '@/lib/plan/mysql/warnings';
import { record } from '@/lib/plan/raw-plan';
import { fillDigest } from './fill-digest';
import { lookAtTables, type SeenTable } from './look-at-tables';
import { readSample } from './read-sample';
import { gateText } from './text-gate';

const timeoutMs = 2000;
/** Since then there is a second form of the JSON answer, which names tables and not aliases. */
const jsonVersionTwo = 803;

/**
 * The plan of an example of a statement, on a connection of its own that is used once: read-only, 2 s at most, waiting
 * for no lock longer than a second, never ANALYZE. There are no generic plans: MySQL keeps a sample of each digest with
 * its literals, which is read, planned and forgotten; else values are made up.
 */
export async function explainMysqlStatement(
  login: Target,
  statement: AskedStatement,
  applicationName: string,
  plannedFrom: string | null,
): Promise<Explained | Unchanged | Refusal> {
  const gated = gateText(statement.text, statement);
  // A sample may be whole where the digest's text is not.
  if ('status' in gated && gated.code !== 'truncated') return gated;
  const schema = statement.database ?? '';
  let session: Session | null = null;
  try {
    session = await openSession({ ...login, database: schema }, applicationName);
    return await explainIn(session, statement, schema, plannedFrom);
  } catch (error) {
    if (error instanceof Failure) return refusalOf(error, login.user, schema);
    throw error;
  } finally {
    await session?.close();
  }
}

async function explainIn(
  session: Session,
  statement: AskedStatement,
  schema: string,
  plannedFrom: string | null,
): Promise<Explained | Unchanged | Refusal> {
  const run = (sql: string, doing: string) => session.query(sql, { doing, timeoutMs });
  await run('start transaction read only', 'begin');
  const sample = await readSample(session, statement.queryid, schema, timeoutMs);
  const { flavour } = session;
  const ofSample = sample === null ? null : gateText(sample, { flavour, exact: true });
  const usesSample = ofSample !== null && !('status' in ofSample);
  // What only the other server has could be a stored function of this one.
  const used = usesSample ? ofSample : gateText(statement.text, { ...statement, flavour });
  if ('status' in used) return used;
  const tables = await lookAtTables(session, used, schema, timeoutMs);
  if ('status' in tables) return tables;
  const schemaVersion = await readSchemaVersion(session, tables);
  if (schemaVersion === plannedFrom) return { status: 'unchanged' };
  const tableNames = new Set(tables.map(({ name }) => name));
  const sql =
    usesSample && sample !== null
      ? sample
      : fillDigest(
          used.tokens,
          await readColumnTypes(session, tables),
          await readUniqueValues(session, tables),
          tableNames,
        );
  if (session.flavour === 'mysql' && session.version >= jsonVersionTwo)
    await run('set session explain_json_format_version = 2', 'choose the form');
  const plan = async () => {
    const { rows } = await run(`explain format=json ${sql.replace(/;\s*$/, '')}`, 'explain');
    return readMysqlJson(record(JSON.parse(rows[0]?.[0] ?? 'null')) ?? {}).root;
  };
  let root = await plan();
  // Of rows that were looked up while planning only the first form names the tables.
  if (root.type === 'Rows fetched before execution' && tables.length > 0) {
    await run('set session explain_json_format_version = 1', 'choose the form');
    root = await plan();
  }
  const warnings = await run('show warnings limit 50', 'read warnings');
  addWarnings(
    root,
    warnings.rows.map(([, code, message]) => ({ code: Number(code), message: message ?? '' })),
  );
  await run('rollback', 'roll back');
  const named = fillDigest(used.tokens, new Map(), new Map(), tableNames);
  nameTables(root, named, schema === '' ? null : schema);
  const missed = noMatchingRow(root);
  if (missed)
    return {
      status: 'unavailable',
      code: 'no_example',
      reason: usesSample
        ? 'The rows of the server’s sample of this statement are gone, so it has no plan.'
        : 'A value made up for this statement matches no row of a unique index, so the server plans nothing. It keeps no sample of the statement.',
      fix: null,
    };
  return { status: 'ok', root, tableRows: rowsOf(tables), schemaVersion, generic: false };
}

const noMatchingRow = (node: PlanNode): boolean =>
  node.details.some(
    ({ name, value }) =>
      name === 'Message' && /no matching row|after reading const tables/i.test(value),
  ) || node.children.some(noMatchingRow);

const rowsOf = (tables: readonly SeenTable[]) =>
  Object.fromEntries(
    tables.flatMap(({ schema, name, rows }) =>
      rows === null ? [] : [[`${schema}.${name}`, rows] as const, [name, rows] as const],
    ),
  );

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
async function readSchemaVersion(session: Session, tables: readonly SeenTable[]): Promise<string> {
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

async function readColumnTypes(
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
async function readUniqueValues(
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

const quoted = (name: string | null | undefined) => `\`${(name ?? '').replaceAll('`', '``')}\``;

function refusalOf(failure: Failure, user: string, schema: string): Refusal {
  const unavailable = (reason: string, fix: string | null): Refusal => ({
    status: 'unavailable',
    code: failure.code,
    reason,
    fix,
  });
  switch (failure.code) {
    case 'permission_denied':
      return unavailable(
        `The login ${user} may not read the tables of this statement.`,
        schema === '' ? null : `GRANT SELECT ON ${quoted(schema)}.* TO ${accountName(user)};`,
      );
    case 'lock_timeout':
      return unavailable(
        'A table of this statement is locked at this moment; it was waited for a second. Try again later.',
        null,
      );
    case 'timeout':
      return unavailable('Planning took longer than 2 s and was ended.', null);
    case 'object_missing':
      return unavailable(
        `A table or column of this statement is not there any more, or not in the schema ${schema || 'that it ran in'}.`,
        null,
      );
    default:
      if (failure.fatal)
        return {
          status: 'unavailable',
          code: failure.code,
          reason: failure.message,
          fix: failure.fix,
        };
      // The server's own words would repeat the text, and so its literals.
      return refused(
        'unparsed',
        'The server does not take the text: a digest does not say how many values its lists had, nor what their types were.',
      );
  }
}

const accountName = (user: string) => `'${user.replaceAll(`'`, `''`)}'@'%'`;
