/** Joins that change nothing but the time a statement takes: from PostgreSQL's own parse tree and the keys of the tables. */
import type { NeedlessJoin } from '@/lib/advice/needless-join';
import { type InventoryTable, tableName } from '@/lib/inventory/inventory';
import { type Parsed, walkNodes } from './parse-postgres';
import { and, each, is, type Node, nodeOf, text } from './parse-scope';

/** The table that a name means, when only one can be meant. */
export type FindInventoryTable = (schema: string | null, name: string) => InventoryTable | null;

type Joined = {
  alias: string;
  table: InventoryTable;
  /** How it was joined; `base` is the first of FROM. */
  by: 'base' | 'inner' | 'left';
  on: unknown;
};

/**
 * Joined tables without which the statement gives the same rows: none of their columns is used beyond the condition, and
 * each row finds exactly one (inner, over a foreign key of columns that are never NULL) or at most one (left, over a
 * unique key). Where anything is not certain, such as a column without its table, nothing is said.
 */
export function readNeedlessJoins(parsed: Parsed, find: FindInventoryTable): NeedlessJoin[] {
  const select = nodeOf(parsed.tree.stmts?.[0]?.stmt, 'SelectStmt');
  if (!select || parsed.kinds.length !== 1 || (select.op && select.op !== 'SETOP_NONE')) return [];
  // Locks rows of all tables; names of CTEs are not tables.
  if (select.lockingClause !== undefined || select.withClause !== undefined) return [];
  const [from, ...more] = each(select.fromClause);
  const joined = more.length === 0 ? chainOf(from, find) : null;
  if (!joined || joined.length < 2) return [];
  return joined.flatMap((one) => {
    if (one.by === 'base' || usedElsewhere(select, one)) return [];
    const reason = one.by === 'inner' ? foreignKeyOf(one, joined) : uniqueKeyOf(one);
    if (reason === null) return [];
    return [{ table: tableName(one.table), alias: one.alias, by: one.by, key: reason }];
  });
}

/** The tables of `a join b on … left join c on …`, one after another; null when FROM is anything else. */
function chainOf(item: unknown, find: FindInventoryTable): Joined[] | null {
  const range = nodeOf(item, 'RangeVar');
  if (range) {
    const table = find(text(range.schemaname) || null, text(range.relname));
    if (!table) return null;
    const alias = text(is(range.alias) ? range.alias.aliasname : '') || text(range.relname);
    return [{ alias, table, by: 'base', on: null }];
  }
  const join = nodeOf(item, 'JoinExpr');
  const by =
    join?.jointype === 'JOIN_INNER' ? 'inner' : join?.jointype === 'JOIN_LEFT' ? 'left' : null;
  if (!join || by === null || join.quals === undefined || join.isNatural === true) return null;
  const left = chainOf(join.larg, find);
  const right = nodeOf(join.rarg, 'RangeVar') ? chainOf(join.rarg, find) : null;
  const [added] = right ?? [];
  if (!left || !added) return null;
  return [...left, { ...added, by, on: join.quals }];
}

/** Whether anything but its own condition names it, or may. */
function usedElsewhere(select: Node, { alias, table, on }: Joined): boolean {
  const own = new Set<Node>();
  walkNodes(on, (type, node) => {
    if (type === 'ColumnRef') own.add(node);
  });
  const columns = new Set(table.columns.map(({ name }) => name));
  let used = false;
  walkNodes(select, (type, node) => {
    if (type !== 'ColumnRef') return;
    const fields = each(node.fields);
    const names = fields.map((field) => text(nodeOf(field, 'String')?.sval));
    const star = fields.some((field) => nodeOf(field, 'A_Star') !== undefined);
    if (names.length === 1) {
      // A column without its table, a whole row, or all of everything.
      if (star || names[0] === alias || columns.has(names[0] ?? '')) used = true;
      return;
    }
    if (!own.has(node) && (names.includes(alias) || names.at(-2) === table.name)) used = true;
  });
  return used;
}

/** `its column = column of another` for each part of the condition; null when a part is anything else. */
function equalities({
  alias,
  on,
}: Joined): { own: string; alias: string; column: string }[] | null {
  const pairs = and(on).map((part) => {
    const expression = nodeOf(part, 'A_Expr');
    const operator = text(nodeOf(each(expression?.name).at(-1), 'String')?.sval);
    const sides = [expression?.lexpr, expression?.rexpr].map((side) =>
      each(nodeOf(side, 'ColumnRef')?.fields).map((field) => text(nodeOf(field, 'String')?.sval)),
    );
    if (expression?.kind !== 'AEXPR_OP' || operator !== '=') return null;
    if (sides.some((names) => names.length !== 2 || names.includes(''))) return null;
    const mine = sides.find(([name]) => name === alias);
    const other = sides.find(([name]) => name !== alias);
    return mine && other
      ? { own: mine[1] ?? '', alias: other[0] ?? '', column: other[1] ?? '' }
      : null;
  });
  return pairs.includes(null) ? null : (pairs as { own: string; alias: string; column: string }[]);
}

/** The foreign key by which each row of the other table finds exactly one row of this. */
function foreignKeyOf(one: Joined, joined: readonly Joined[]): string | null {
  const pairs = equalities(one);
  const other = joined.find(({ alias }) => alias === pairs?.[0]?.alias);
  // Rows that an outer join made up have no reference, and would be left out here.
  if (!pairs || !other || other.by === 'left' || other === one) return null;
  if (pairs.some(({ alias }) => alias !== other.alias)) return null;
  const key = other.table.foreign_keys.find(
    (foreign) =>
      (foreign.validated ?? other.table.engine !== undefined) &&
      foreign.references === tableName(one.table) &&
      foreign.columns.length === pairs.length &&
      foreign.columns.every((column, index) =>
        pairs.some(
          (pair) => pair.column === column && pair.own === foreign.referenced_columns[index],
        ),
      ),
  );
  const never = (name: string) =>
    other.table.columns.find((column) => column.name === name)?.not_null === true;
  return key?.columns.every(never) ? key.name : null;
}

/** The unique index by which a row finds at most one row of this. */
function uniqueKeyOf(one: Joined): string | null {
  const pairs = equalities(one);
  if (!pairs) return null;
  const own = pairs.map((pair) => pair.own);
  const found = one.table.indexes.find(
    ({ unique, valid, predicate, columns }) =>
      unique && valid && predicate === null && columns.every((name) => name && own.includes(name)),
  );
  return found?.name ?? null;
}
