import type { PlanExecution, PlanNode } from '@/lib/contract';
import { isMysqlJson, readMysqlJson, readMysqlTreeText } from './mysql/read-mysql-explain';
import { unframeMysqlText } from './mysql/unframe-mysql-text';
import { PlanTextError } from './plan-text-error';
import { record } from './raw-plan';
import { readPostgresExecution, readPostgresPlan } from './read-postgres-plan';
import { readPostgresText } from './read-postgres-text';
import { unframePlanText } from './unframe-plan-text';

export type ReadExplain = { root: PlanNode; execution: PlanExecution };

/**
 * What EXPLAIN printed, as text or JSON, also in a client's frame or as auto_explain logs it: PostgreSQL's, MySQL's or
 * MariaDB's, which is seen from the text. Literals are replaced.
 * @throws PlanTextError when it is no plan, with what is wrong and where
 */
export function readExplain(given: string): ReadExplain {
  const ofMysql = readMysql(given);
  if (ofMysql) return ofMysql;
  const lines = unframePlanText(given);
  const first = lines.find(({ text }) => text.trim() !== '');
  if (!first) throw new PlanTextError('empty', 'is empty');
  const start = first.text.trim();
  if (start.startsWith('<'))
    throw new PlanTextError('xml', 'is XML; use FORMAT JSON or FORMAT TEXT', first.line);
  if (/^- Plan:/.test(start))
    throw new PlanTextError('yaml', 'is YAML; use FORMAT JSON or FORMAT TEXT', first.line);
  const raw = /^[[{]/.test(start)
    ? parseJson(
        lines.map(({ text }) => text),
        first.line,
      )
    : readPostgresText(lines);
  return { root: readPostgresPlan(raw), execution: readPostgresExecution(raw) };
}

/** Null when it is none of MySQL's or MariaDB's forms. */
function readMysql(given: string): ReadExplain | null {
  if (!/query_block|query_plan|"operation"|^[ \t|]*(?:EXPLAIN: )?-> /m.test(given)) return null;
  const lines = unframeMysqlText(given);
  const first = lines.findIndex(({ text }) => text.trim() !== '');
  const start = lines[first]?.text ?? '';
  // PostgreSQL's steps say how wide their rows are.
  if (/^\s*-> /.test(start))
    return /\(cost=.* width=\d/.test(start) ? null : readMysqlTreeText(lines);
  if (!/^\s*\{/.test(start)) return null;
  const text = lines
    .slice(first)
    .map((one) => one.text)
    .join('\n');
  let root: ReturnType<typeof record>;
  try {
    root = record(JSON.parse(text));
  } catch {
    // Said with the line where it ends to be JSON.
    if (/"query_block"|"query_plan"/.test(text))
      parseJson(
        lines.map((one) => one.text),
        lines[first]?.line ?? 1,
      );
    return null;
  }
  return root && isMysqlJson(root) ? readMysqlJson(root) : null;
}

function parseJson(lines: string[], firstLine: number): unknown {
  const skipped = lines.findIndex((text) => text.trim() !== '');
  const text = lines.slice(skipped).join('\n');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const place = placeOf((error as Error).message, text);
    const line = firstLine + text.slice(0, place).split('\n').length - 1;
    const cut = place >= text.trimEnd().length;
    throw new PlanTextError(
      'json',
      `line ${line}: ${cut ? 'the JSON ends too early' : 'this is no valid JSON'}`,
      line,
    );
  }
  const root = record(Array.isArray(parsed) ? parsed[0] : parsed);
  // The value of a column, as some clients copy it.
  const inner = root?.['QUERY PLAN'] ?? root;
  const holder = record(Array.isArray(inner) ? inner[0] : inner);
  if (!record(holder?.Plan))
    throw new PlanTextError('json_no_plan', 'is JSON without "Plan"', firstLine);
  return [holder];
}

/** Where V8 stopped: it names the position, or quotes ten characters before the one it did not expect. */
function placeOf(message: string, text: string): number {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return Number(position);
  const [, token, dots, quoted] =
    /^Unexpected token '(.+?)', (\.{3})?"(.*?)"(?:\.{3})? is not valid JSON$/s.exec(message) ?? [];
  if (token === undefined || quoted === undefined) return text.length;
  const at = text.indexOf(quoted);
  return at < 0 ? text.length : at + (dots ? 10 : quoted.indexOf(token));
}
