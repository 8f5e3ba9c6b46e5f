/** Which columns of which tables a statement compares, joins and sorts by: from PostgreSQL's own parse tree. */
import type { FindTable, TableUse } from '@/lib/advice/table-use';
import type { Parsed } from './parse-postgres';
import {
  and,
  bareColumn,
  each,
  is,
  type Node,
  nodeOf,
  type Scope,
  Source,
  text,
} from './parse-scope';
import { readCondition } from './read-condition';

/** A text that nests deeper is not read: it would be hostile. */
const deepest = 60;

/**
 * Every use of every table that `find` knows; tables of a text that cannot be understood are left out, never guessed.
 */
export function readPredicates(parsed: Parsed, find: FindTable): TableUse[] {
  const uses: Source[] = [];
  try {
    for (const { stmt } of parsed.tree.stmts ?? [])
      readStatement(stmt as Node | undefined, {
        find,
        uses,
        depth: 0,
        outer: [],
        common: new Set(),
      });
  } catch {
    return [];
  }
  return uses.flatMap((source) => (source.use ? [source.use] : []));
}

type Level = {
  find: FindTable;
  uses: Source[];
  depth: number;
  outer: readonly Scope[];
  common: ReadonlySet<string>;
};

function readStatement(wrapped: Node | undefined, above: Level): void {
  if (above.depth > deepest) throw new Error('nested too deeply');
  const level = { ...above, depth: above.depth + 1 };
  const [type, node] = Object.entries(wrapped ?? {})[0] ?? [];
  if (type === undefined || !is(node)) return;
  const common = new Set(level.common);
  const ctes = each(is(node.withClause) ? node.withClause.ctes : undefined);
  for (const cte of ctes) common.add(text(nodeOf(cte, 'CommonTableExpr')?.ctename));
  const inner: Level = { ...level, common };
  for (const cte of ctes)
    readStatement(nodeOf(cte, 'CommonTableExpr')?.ctequery as Node | undefined, inner);

  if (type === 'SelectStmt') readSelect(node, inner);
  else if (type === 'InsertStmt') readStatement(node.selectStmt as Node | undefined, inner);
  else if (type === 'UpdateStmt' || type === 'DeleteStmt') readChange(type, node, inner);
}

function readSelect(node: Node, level: Level): void {
  if (text(node.op) !== '' && node.op !== 'SETOP_NONE') {
    for (const side of [node.larg, node.rarg])
      if (is(side)) readStatement({ SelectStmt: side }, level);
    return;
  }
  const scope: Scope = { sources: [] };
  const conditions: [unknown, ReadonlySet<Source> | null][] = [];
  for (const item of each(node.fromClause)) readFrom(item, scope, level, conditions);
  conditions.push([node.whereClause, null]);
  finish(node, scope, level, conditions);
  readOrder(node, scope, level);
}

function readChange(type: string, node: Node, level: Level): void {
  const scope: Scope = { sources: [] };
  const conditions: [unknown, ReadonlySet<Source> | null][] = [];
  readFrom({ RangeVar: node.relation }, scope, level, conditions);
  const target = scope.sources[0]?.use;
  if (target) target.written = true;
  const others = type === 'UpdateStmt' ? node.fromClause : node.usingClause;
  for (const item of each(others)) readFrom(item, scope, level, conditions);
  conditions.push([node.whereClause, null]);
  finish(node, scope, level, conditions);
  // Whole rows are rewritten: no covering.
  if (target) target.columns = null;
}

/** Adds what FROM names, and the conditions of its joins with the tables they may narrow. */
function readFrom(
  item: unknown,
  scope: Scope,
  level: Level,
  conditions: [unknown, ReadonlySet<Source> | null][],
): void {
  const table = nodeOf(item, 'RangeVar');
  if (table) {
    const schema = text(table.schemaname) || null;
    const name = text(table.relname);
    const alias = text(is(table.alias) ? table.alias.aliasname : '') || name;
    const known = schema === null && level.common.has(name) ? null : level.find(schema, name);
    const source = new Source(alias, known);
    scope.sources.push(source);
    level.uses.push(source);
    return;
  }
  const join = nodeOf(item, 'JoinExpr');
  if (join) {
    const before = scope.sources.length;
    readFrom(join.larg, scope, level, conditions);
    const middle = scope.sources.length;
    readFrom(join.rarg, scope, level, conditions);
    const left = new Set(scope.sources.slice(before, middle));
    const right = new Set(scope.sources.slice(middle));
    const narrowed =
      join.jointype === 'JOIN_LEFT'
        ? right
        : join.jointype === 'JOIN_RIGHT'
          ? left
          : join.jointype === 'JOIN_FULL'
            ? new Set<Source>()
            : new Set([...left, ...right]);
    conditions.push([join.quals, narrowed]);
    for (const using of each(join.usingClause)) {
      const column = text(nodeOf(using, 'String')?.sval);
      for (const source of narrowed)
        if (source.has(column)) {
          source.add('join', column);
          source.touch(column);
        }
    }
    if (join.isNatural === true) for (const source of [...left, ...right]) source.touchAll();
    return;
  }
  const query = nodeOf(item, 'RangeSubselect');
  const alias = query && is(query.alias) ? text(query.alias.aliasname) : '';
  // Columns of a subquery, function or VALUES are not told apart: it takes part in names only.
  scope.sources.push(new Source(alias, null));
  if (query)
    readStatement(query.subquery as Node | undefined, { ...level, outer: [scope, ...level.outer] });
}

/** Conditions, subqueries and the columns that are touched, once all sources of the level are known. */
function finish(
  node: Node,
  scope: Scope,
  level: Level,
  conditions: readonly [unknown, ReadonlySet<Source> | null][],
): void {
  const scopes = [scope, ...level.outer];
  for (const [condition, narrowed] of conditions)
    for (const part of and(condition)) readCondition(part, scopes, narrowed);
  const open: unknown[] = [
    node.targetList,
    node.groupClause,
    node.havingClause,
    node.sortClause,
    node.returningList,
    node.distinctClause,
    node.windowClause,
    ...conditions.map(([condition]) => condition),
  ];
  while (open.length > 0) {
    const next = open.pop();
    if (Array.isArray(next)) open.push(...next);
    else if (is(next)) {
      const link = nodeOf(next, 'SubLink');
      const reference = nodeOf(next, 'ColumnRef');
      if (reference) touch(reference, scopes);
      else if (link) {
        open.push(link.testexpr);
        readStatement(link.subselect as Node | undefined, { ...level, outer: scopes });
      } else open.push(...Object.values(next));
    }
  }
}

function touch(reference: Node, scopes: readonly Scope[]): void {
  const fields = each(reference.fields);
  if (fields.some((field) => nodeOf(field, 'A_Star'))) {
    const alias = text(nodeOf(fields.at(-2), 'String')?.sval);
    for (const source of scopes[0]?.sources ?? [])
      if (alias === '' || source.alias === alias) source.touchAll();
    return;
  }
  const found = bareColumn({ ColumnRef: reference }, scopes);
  if (found) found.source.touch(found.column);
  // A name that nobody can place may be anybody's.
  else for (const scope of scopes) for (const source of scope.sources) source.touchAll();
}

function readOrder(node: Node, scope: Scope, level: Level): void {
  const limited = is(node.limitCount);
  for (const source of scope.sources) if (source.use && limited) source.use.limited = true;
  if (each(node.groupClause).length > 0 || each(node.distinctClause).length > 0) return;
  const targets = each(node.targetList).map((one) => nodeOf(one, 'ResTarget'));
  const order: { source: Source; column: string; desc: boolean }[] = [];
  for (const item of each(node.sortClause)) {
    const by = nodeOf(item, 'SortBy');
    const name = each(nodeOf(by?.node, 'ColumnRef')?.fields).map((field) =>
      text(nodeOf(field, 'String')?.sval),
    );
    // A bare name means the output column of that name before any column of a table.
    const output =
      name.length === 1 ? targets.find((one) => text(one?.name) === name[0]) : undefined;
    const found = bareColumn(output ? output.val : by?.node, [scope, ...level.outer]);
    const desc = by?.sortby_dir === 'SORTBY_DESC';
    const nulls = text(by?.sortby_nulls);
    const ordinary =
      nulls === '' || nulls === 'SORTBY_NULLS_DEFAULT' || (nulls === 'SORTBY_NULLS_FIRST') === desc;
    if (!found || !ordinary || by?.sortby_dir === 'SORTBY_USING') return;
    order.push({ source: found.source, column: found.column, desc });
  }
  const source = order[0]?.source;
  if (!source?.use || order.some((one) => one.source !== source)) return;
  source.use.order = order.map(({ column, desc }) => ({ column, desc }));
}
