/** Which texts may be explained at all. SQL of a watched database is hostile code: EXPLAIN runs functions in the planner. */

import type { Refusal } from '@/collectors/run/explain/refusal';
import {
  loadParser,
  type Parsed,
  parsePostgres,
  tablesOf,
  walkNodes,
} from '@/lib/statement/parse-postgres';

export type GatedText = {
  text: string;
  /** Changes rows: planning it needs the right to change them. */
  writes: boolean;
  tables: string[];
  /** Function and operator names as written, schema first when given. */
  functions: string[][];
  operators: string[][];
  types: string[][];
};

const allowedKinds = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);
const mostBytes = 64 * 1024;

/** `interval $1` is what pg_stat_statements makes of `interval '1 day'`, and is not SQL. */
export function repairParameters(text: string): string {
  return text.replace(
    /\b(interval|date|time|timestamp|timestamptz)\s+(\$\d+)/gi,
    (_, type: string, parameter: string) => `${parameter}::${type}`,
  );
}

/** One statement that reads or changes rows, parsed by PostgreSQL's own parser. */
export async function gateText(given: string, truncated: boolean): Promise<GatedText | Refusal> {
  const refuse = (code: string, reason: string, fix: string | null = null): Refusal => ({
    status: 'refused',
    code,
    reason,
    fix,
  });
  if (truncated || given.endsWith('...'))
    return refuse(
      'truncated',
      'The server cut the text of this statement, so it cannot be planned.',
    );
  if (Buffer.byteLength(given) > mostBytes)
    return refuse('too_long', 'The statement is longer than 64 KiB.');
  if (given.includes('\u0000')) return refuse('nul', 'The text holds a NUL character.');
  await loadParser();
  const text = repairParameters(given);
  const parsed = parsePostgres(text);
  if (!parsed)
    return refuse('unparsed', 'The normalised text is not complete SQL, so it cannot be planned.');
  const [kind] = parsed.kinds;
  if (parsed.kinds.length !== 1 || !kind)
    return refuse('not_one', 'Exactly one statement can be explained.');
  if (!allowedKinds.has(kind))
    return refuse('utility', 'Only SELECT, INSERT, UPDATE, DELETE and MERGE have plans.');
  return (
    forbiddenPart(parsed) ?? {
      text,
      writes: kind !== 'SelectStmt',
      tables: tablesOf(parsed.tree),
      ...namesIn(parsed),
    }
  );
}

function forbiddenPart(parsed: Parsed): Refusal | null {
  let found: Refusal | null = null;
  const refuse = (code: string, reason: string) => {
    found ??= { status: 'refused', code, reason, fix: null };
  };
  walkNodes(parsed.tree, (type, node) => {
    if (type === 'SelectStmt' && node.intoClause) refuse('into', 'SELECT INTO would make a table.');
    if (Array.isArray(node.lockingClause) && node.lockingClause.length > 0)
      refuse('locking', 'A statement that locks rows (FOR UPDATE, FOR SHARE) is not explained.');
  });
  return found;
}

function namesIn(parsed: Parsed) {
  const functions: string[][] = [];
  const operators: string[][] = [];
  const types: string[][] = [];
  const parts = (list: unknown): string[] =>
    (Array.isArray(list) ? list : []).map((part) => String(part?.String?.sval ?? ''));
  walkNodes(parsed.tree, (type, node) => {
    if (type === 'FuncCall') functions.push(parts(node.funcname));
    if (type === 'A_Expr') operators.push(parts(node.name));
    if (type === 'SubLink' && node.operName) operators.push(parts(node.operName));
    if (type === 'SortBy' && node.useOp) operators.push(parts(node.useOp));
    if (type === 'TypeName') types.push(parts(node.names));
    // The parser writes a cast's type without its node's name.
    const cast = node.typeName as { names?: unknown } | undefined;
    if (type === 'TypeCast' && cast) types.push(parts(cast.names));
  });
  return { functions, operators, types };
}
