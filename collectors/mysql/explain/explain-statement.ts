import { openSession, type Session } from '@/collectors/mysql/session/session';
import type { Target } from '@/collectors/run/engine';
import type { AskedStatement, Explained, Unchanged } from '@/collectors/run/explain/explainer';
import type { Refusal } from '@/collectors/run/explain/refusal';
import { Failure } from '@/collectors/run/failure';
import type { PlanNode } from '@/lib/contract';
import { nameTables } from '@/lib/plan/mysql/name-tables';
import { readMysqlJson } from '@/lib/plan/mysql/read-mysql-explain';
import { addWarnings } from '@/lib/plan/mysql/warnings';
import { record } from '@/lib/plan/raw-plan';
import { fillDigest } from './fill-digest';
import { readColumnTypes, readSchemaVersion, readUniqueValues } from './look-at-columns';
import { lookAtTables, type SeenTable } from './look-at-tables';
import { readSample } from './read-sample';
import { refusalOf } from './refusal-of';
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
