import type { PlanNode } from '@/lib/contract';

/** What EXPLAIN (FORMAT JSON) calls things that hold text of the statement, and so may hold literals. */
const conditions = [
  'Filter',
  'Index Cond',
  'Recheck Cond',
  'Hash Cond',
  'Merge Cond',
  'Join Filter',
  'One-Time Filter',
  'TID Cond',
  'Order By',
  'Function Call',
  'Table Function Call',
  'Cache Key',
  'Conflict Filter',
] as const;
const lists = ['Sort Key', 'Presorted Key', 'Group Key', 'Output', 'Grouping Sets'] as const;
const facts = [
  'Join Type',
  'Strategy',
  'Parent Relationship',
  'Scan Direction',
  'Subplan Name',
  'CTE Name',
  'Function Name',
  'Workers Planned',
  'Parallel Aware',
  'Inner Unique',
  'Operation',
  'Partial Mode',
  'Subplans Removed',
  'Sort Method',
  'Sort Space Type',
  'Rows Removed by Filter',
] as const;

const mostNodes = 5000;

/**
 * PostgreSQL's plan in the vocabulary that all engines share, literals replaced by `?`.
 * @param json the parsed answer of EXPLAIN (FORMAT JSON): `[{"Plan": {...}}]`
 * @throws when it is not a plan
 */
export function readPostgresPlan(json: unknown): PlanNode {
  const first = Array.isArray(json) ? json[0] : json;
  const plan = isRecord(first) ? first.Plan : undefined;
  if (!isRecord(plan)) throw new Error('The answer of EXPLAIN holds no plan.');
  let left = mostNodes;
  const read = (raw: Record<string, unknown>, depth: number): PlanNode => {
    left -= 1;
    const children = depth < 200 && Array.isArray(raw.Plans) ? raw.Plans.filter(isRecord) : [];
    return {
      type: typeOf(raw),
      relation: relationOf(raw),
      index: text(raw['Index Name']),
      cost: number(raw['Total Cost']),
      startup_cost: number(raw['Startup Cost']),
      rows_estimated: number(raw['Plan Rows']),
      rows_actual: number(raw['Actual Rows']),
      time_ms: number(raw['Actual Total Time']),
      width: number(raw['Plan Width']),
      details: detailsOf(raw),
      children: children.slice(0, Math.max(0, left)).map((child) => read(child, depth + 1)),
    };
  };
  return read(plan, 0);
}

function typeOf(raw: Record<string, unknown>): string {
  const type = text(raw['Node Type']) ?? 'Unknown';
  const operation = text(raw.Operation);
  if (type === 'ModifyTable' && operation) return operation;
  return raw['Parallel Aware'] === true ? `Parallel ${type}` : type;
}

function relationOf(raw: Record<string, unknown>): string | null {
  const name = text(raw['Relation Name']);
  const schema = text(raw.Schema);
  if (!name) return null;
  return schema && schema !== 'public' ? `${schema}.${name}` : name;
}

function detailsOf(raw: Record<string, unknown>): { name: string; value: string }[] {
  const details: { name: string; value: string }[] = [];
  const add = (name: string, value: string) => details.push({ name, value: value.slice(0, 2000) });
  for (const name of conditions) {
    const value = text(raw[name]);
    if (value !== null) add(name, withoutLiterals(value));
  }
  for (const name of lists) {
    const value = raw[name];
    if (Array.isArray(value))
      add(
        name,
        withoutLiterals(
          value
            .slice(0, 50)
            .map((item) => String(item))
            .join(', '),
        ),
      );
  }
  for (const name of facts) {
    const value = raw[name];
    if (['string', 'number', 'boolean'].includes(typeof value)) add(name, String(value));
  }
  return details;
}

/** PostgreSQL prints a condition with its constants as `'text'::type`, E'…' or bare numbers. Names and $n stay. */
export function withoutLiterals(condition: string): string {
  return condition
    .replace(/("(?:[^"]|"")*")|[EBXN]?'(?:[^'\\]|''|\\.)*'/gis, (_, name) => name ?? '?')
    .replace(
      /("(?:[^"]|"")*")|(\$\d+|[\p{L}_][\p{L}\p{N}_$.]*)|-?\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b/giu,
      (whole, name, word) => (name || word ? whole : '?'),
    );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | null =>
  typeof value === 'string' ? value.replaceAll('\u0000', '').slice(0, 10_000) : null;
const number = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
