import type { PlanExecution, PlanNode } from '@/lib/contract';
import { number, type RawNode, record, records, text } from './raw-plan';
import { actualOf, workersOf } from './read-actual';
import { addTimes } from './self-time';

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
  'Run Condition',
  'Window',
] as const;
const lists = ['Sort Key', 'Presorted Key', 'Group Key', 'Output', 'Sampling Parameters'] as const;
/** Said only where it says something: not the names of a tree's places, nor what is so as a rule. */
const asUsual = new Set(['Outer', 'Inner', 'Member', 'Subquery', 'Forward', 'Simple', 'false']);
const facts = [
  'Join Type',
  'Strategy',
  'Parent Relationship',
  'Scan Direction',
  'Subplan Name',
  'CTE Name',
  'Function Name',
  'Inner Unique',
  'Operation',
  'Partial Mode',
  'Command',
  'Subplans Removed',
  'Cache Mode',
  'Conflict Resolution',
  'Storage',
  'Maximum Storage',
  'Index Searches',
  'Sampling Method',
  'Single Copy',
  'Disabled',
] as const;

const zeroSaysNothing = new Set(['Index Searches', 'Subplans Removed']);

const mostNodes = 5000;

/**
 * PostgreSQL's plan in the vocabulary that all engines share, literals replaced by `?`.
 * @param json the parsed answer of EXPLAIN (FORMAT JSON): `[{"Plan": {...}}]`
 * @throws when it is not a plan
 */
export function readPostgresPlan(json: unknown): PlanNode {
  const plan = record(record(Array.isArray(json) ? json[0] : json)?.Plan);
  if (!plan) throw new Error('The answer of EXPLAIN holds no plan.');
  let left = mostNodes;
  const raws = new Map<PlanNode, RawNode>();
  const read = (raw: RawNode, depth: number): PlanNode => {
    left -= 1;
    const children = depth < 200 ? records(raw.Plans) : [];
    const workers = workersOf(raw);
    const actual = actualOf(raw);
    const node: PlanNode = {
      type: typeOf(raw),
      relation: relationOf(raw),
      index: text(raw['Index Name']),
      cost: number(raw['Total Cost']),
      startup_cost: number(raw['Startup Cost']),
      rows_estimated: number(raw['Plan Rows']),
      rows_actual: actual?.never_executed ? null : number(raw['Actual Rows']),
      time_ms: null,
      width: number(raw['Plan Width']),
      ...(workers && { workers }),
      ...(actual && { actual }),
      details: detailsOf(raw),
      children: [],
    };
    raws.set(node, raw);
    for (const child of children) if (left > 0) node.children.push(read(child, depth + 1));
    return node;
  };
  const root = read(plan, 0);
  addTimes(root, raws);
  return root;
}

/** What stands below the tree: times, JIT, triggers, settings. */
export function readPostgresExecution(json: unknown): PlanExecution {
  const all = record(Array.isArray(json) ? json[0] : json) ?? {};
  const jit = record(all.JIT);
  return {
    planning_ms: number(all['Planning Time']),
    execution_ms: number(all['Execution Time']),
    serialization_ms: number(record(all.Serialization)?.Time),
    jit: jit
      ? { functions: number(jit.Functions), total_ms: number(record(jit.Timing)?.Total) }
      : null,
    triggers: records(all.Triggers)
      .slice(0, 100)
      .map((one) => ({
        name: text(one['Constraint Name']) ?? text(one['Trigger Name']) ?? '?',
        relation: text(one.Relation),
        ms: number(one.Time),
        calls: number(one.Calls),
      })),
    settings: Object.entries(record(all.Settings) ?? {})
      .slice(0, 100)
      .map(([name, value]) => ({ name: name.slice(0, 200), value: String(value).slice(0, 200) })),
  };
}

function typeOf(raw: RawNode): string {
  const type = text(raw['Node Type']) ?? 'Unknown';
  const operation = text(raw.Operation);
  if (type === 'ModifyTable' && operation) return operation;
  return raw['Parallel Aware'] === true ? `Parallel ${type}` : type;
}

function relationOf(raw: RawNode): string | null {
  const name = text(raw['Relation Name']);
  const schema = text(raw.Schema);
  if (!name) return null;
  return schema && schema !== 'public' ? `${schema}.${name}` : name;
}

function detailsOf(raw: RawNode): { name: string; value: string }[] {
  const details: { name: string; value: string }[] = [];
  const add = (name: string, value: string) => details.push({ name, value: value.slice(0, 2000) });
  for (const name of conditions) {
    const value = text(raw[name]);
    if (value !== null) add(name, withoutLiterals(value));
  }
  for (const name of lists) {
    const value = joined(raw[name]);
    if (value !== null) add(name, withoutLiterals(value));
  }
  for (const value of groupingSets(raw['Grouping Sets']))
    add('Grouping Set', withoutLiterals(value));
  const indexes = joined(raw['Conflict Arbiter Indexes']);
  if (indexes !== null) add('Conflict Arbiter Indexes', indexes);
  for (const name of facts) {
    const value = raw[name];
    const known = ['string', 'number', 'boolean'].includes(typeof value);
    if (known && !asUsual.has(String(value)) && !(value === 0 && zeroSaysNothing.has(name)))
      add(name, String(value));
  }
  return details;
}

/** PostgreSQL prints a condition with its constants as `'text'::type`, E'…' or bare numbers. Names and $n stay. */
export function withoutLiterals(condition: string): string {
  return condition
    .replace(/("(?:[^"]|"")*")|[EBXN]?'(?:[^'\\]|''|\\.)*'/gis, (_, name) => name ?? '?')
    .replace(
      /("(?:[^"]|"")*")|(\$\d+|\b(?:Init|Sub)Plan \d+|[\p{L}_][\p{L}\p{N}_$.]*)|-?\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b/giu,
      (whole, name, word) => (name || word ? whole : '?'),
    );
}

/** The server's list, or the line that its text form prints of it. */
const joined = (value: unknown): string | null =>
  Array.isArray(value) ? text(value.slice(0, 1000).map(String).join(', ')) : text(value);

/** `Hash Key: a, b` of each set, in the order printed. */
function groupingSets(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, 50).flatMap((one) => {
    if (typeof one === 'string') return [one];
    const set = record(one) ?? {};
    return ['Sort Key', 'Hash Keys', 'Group Keys'].flatMap((name) => {
      const keys = set[name];
      if (!Array.isArray(keys)) return [];
      if (name === 'Sort Key') return [`Sort Key: ${keys.map(String).join(', ')}`];
      return keys.map((key) => {
        const text = Array.isArray(key) ? key.map(String).join(', ') : String(key);
        return `${name.slice(0, -1)}: ${text === '' ? '()' : text}`;
      });
    });
  });
}
