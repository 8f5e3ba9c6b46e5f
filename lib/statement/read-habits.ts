/** What the text of a statement gives away about how it is written: from PostgreSQL's own parse tree. */
import type { Habits } from '@/lib/advice/habit';
import { type Parsed, walkNodes } from './parse-postgres';
import { and, each, is, type Node, nodeOf, text } from './parse-scope';

const none: Habits = {
  star: false,
  wildcard: null,
  offset: false,
  in_list: null,
  order_by_random: false,
  without_where: null,
  wrapped: [],
  not_in_subquery: false,
  relations: 0,
  lookup: null,
};

/** Pure; a text that cannot be understood has no habits. */
export function readHabits(parsed: Parsed): Habits {
  const statement = parsed.tree.stmts?.[0]?.stmt as Node | undefined;
  if (statement === undefined || parsed.kinds.length !== 1) return none;
  try {
    return habitsOf(statement);
  } catch {
    return none;
  }
}

function habitsOf(statement: Node): Habits {
  const habits: Habits = { ...none, wrapped: [] };
  const tables = new Set<string>();
  walkNodes(statement, (type, node) => {
    if (type === 'RangeVar') {
      habits.relations++;
      tables.add(text(node.relname));
    }
    if (type === 'A_Expr') readExpression(node, habits);
    if (type === 'SelectStmt') {
      if (node.limitOffset !== undefined && !isZero(node.limitOffset)) habits.offset = true;
      for (const sort of each(node.sortClause))
        if (isRandom(nodeOf(sort, 'SortBy')?.node)) habits.order_by_random = true;
    }
    if (type === 'BoolExpr' && node.boolop === 'NOT_EXPR')
      for (const argument of each(node.args))
        if (nodeOf(argument, 'SubLink')?.subLinkType === 'ANY_SUBLINK')
          habits.not_in_subquery = true;
  });
  const select = nodeOf(statement, 'SelectStmt');
  if (select) {
    habits.star = each(select.targetList).some(isStar) && tables.size > 0;
    habits.lookup = lookupOf(select);
  }
  for (const [type, verb] of [
    ['UpdateStmt', 'update'],
    ['DeleteStmt', 'delete'],
  ] as const) {
    const change = nodeOf(statement, type);
    if (change && change.whereClause === undefined && each(change.usingClause).length === 0)
      habits.without_where = verb;
  }
  return habits;
}

/** `*` or `t.*` in the list of a SELECT; count(*) is another thing. */
function isStar(target: unknown): boolean {
  const fields = each(nodeOf(nodeOf(target, 'ResTarget')?.val, 'ColumnRef')?.fields);
  return fields.some((field) => nodeOf(field, 'A_Star') !== undefined);
}

function isZero(value: unknown): boolean {
  const constant = nodeOf(value, 'A_Const');
  return constant !== undefined && is(constant.ival) && (constant.ival.ival ?? 0) === 0;
}

function isRandom(value: unknown): boolean {
  const call = nodeOf(value, 'FuncCall');
  const name = text(nodeOf(each(call?.funcname).at(-1), 'String')?.sval);
  return /^(random|gen_random_uuid|rand|uuid)$/.test(name);
}

function readExpression(node: Node, habits: Habits): void {
  const kind = text(node.kind);
  const operator = text(nodeOf(each(node.name).at(-1), 'String')?.sval);
  const column = columnOf(node.lexpr);
  if (kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE') {
    const begins = beginsWith(node.rexpr);
    const folded = kind === 'AEXPR_ILIKE';
    // A pattern that is surely anchored can be served by an index, if case matters.
    if (!operator.startsWith('!') && (begins !== 'text' || folded)) {
      const sure = begins === 'wildcard';
      if (habits.wildcard === null || sure)
        habits.wildcard = { column: column ?? '?', sure, ignores_case: folded };
    }
  }
  if (kind === 'AEXPR_IN') {
    const length = each(nodeOf(node.rexpr, 'List')?.items).length || each(node.rexpr).length;
    habits.in_list = Math.max(habits.in_list ?? 0, length);
  }
  if (kind === 'AEXPR_OP' && /^(=|<|>|<=|>=)$/.test(operator))
    for (const [side, other] of [
      [node.lexpr, node.rexpr],
      [node.rexpr, node.lexpr],
    ]) {
      const wrapped = wrappedColumn(side);
      if (wrapped && !mentionsColumn(other)) habits.wrapped.push(wrapped);
    }
}

/** The last name of a column reference; null for anything else. */
function columnOf(value: unknown): string | null {
  const fields = each(nodeOf(value, 'ColumnRef')?.fields);
  return text(nodeOf(fields.at(-1), 'String')?.sval) || null;
}

/** How a pattern begins: surely with a wildcard, surely with a text, or who knows. */
function beginsWith(value: unknown): 'wildcard' | 'text' | 'unknown' {
  const constant = nodeOf(value, 'A_Const');
  const literal = is(constant?.sval) ? text(constant.sval.sval) : null;
  if (literal !== null) return /^[%_]/.test(literal) ? 'wildcard' : 'text';
  const cast = nodeOf(value, 'TypeCast');
  if (cast) return beginsWith(cast.arg);
  const join = nodeOf(value, 'A_Expr');
  if (join && text(nodeOf(each(join.name).at(-1), 'String')?.sval) === '||')
    return beginsWith(join.lexpr);
  return 'unknown';
}

/** `lower(email)`, `created_at::date`: an ordinary index on the column cannot serve a comparison with it. */
function wrappedColumn(value: unknown): Habits['wrapped'][number] | null {
  const call = nodeOf(value, 'FuncCall');
  const cast = nodeOf(value, 'TypeCast');
  const inner = call ? each(call.args) : cast ? [cast.arg] : [];
  const columns = inner.flatMap((one) => columnOf(one) ?? []);
  const [column] = columns;
  if (column === undefined || columns.length !== 1) return null;
  const by = call
    ? text(nodeOf(each(call.funcname).at(-1), 'String')?.sval)
    : text(
        nodeOf(each(nodeOf({ TypeName: cast?.typeName }, 'TypeName')?.names).at(-1), 'String')
          ?.sval,
      );
  return { column, by: call ? `${by}()` : `::${by}` };
}

function mentionsColumn(value: unknown): boolean {
  let found = false;
  walkNodes({ value }, (type) => {
    if (type === 'ColumnRef') found = true;
  });
  return found;
}

/** One table, rows found by columns that equal a value: what a loop asks again and again. */
function lookupOf(select: Node): Habits['lookup'] {
  const from = each(select.fromClause);
  const table = nodeOf(from[0], 'RangeVar');
  if (from.length !== 1 || !table || select.whereClause === undefined) return null;
  const columns: string[] = [];
  for (const condition of and(select.whereClause)) {
    const expression = nodeOf(condition, 'A_Expr');
    const operator = text(nodeOf(each(expression?.name).at(-1), 'String')?.sval);
    if (expression?.kind !== 'AEXPR_OP' || operator !== '=') continue;
    const column = columnOf(expression.lexpr) ?? columnOf(expression.rexpr);
    const value = columnOf(expression.lexpr) ? expression.rexpr : expression.lexpr;
    if (column !== null && !mentionsColumn(value)) columns.push(column);
  }
  return columns.length === 0 ? null : { table: text(table.relname), columns };
}
