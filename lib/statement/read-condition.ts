/** One condition of a WHERE or ON: which column it compares, and with what. */
import type { InTheWay } from '@/lib/advice/table-use';
import {
  bareColumn,
  each,
  is,
  type Node,
  nodeOf,
  type Place,
  type Scope,
  type Source,
  text,
} from './parse-scope';

/** @param narrowed the tables whose rows it narrows; null: all of the level */
export function readCondition(
  condition: unknown,
  scopes: readonly Scope[],
  narrowed: ReadonlySet<Source> | null,
): void {
  const may = (place: Place) => place.up === 0 && (narrowed === null || narrowed.has(place.source));
  const link = nodeOf(condition, 'SubLink');
  if (link?.subLinkType === 'ANY_SUBLINK' && each(link.operName).length === 0) {
    const place = bareColumn(link.testexpr, scopes);
    if (place && may(place)) place.source.add('join', place.column);
    return;
  }
  const expression = nodeOf(condition, 'A_Expr');
  if (!expression) return;
  const operator = text(nodeOf(each(expression.name).at(-1), 'String')?.sval);
  const kind = text(expression.kind);
  for (const [side, other, turned] of [
    [expression.lexpr, expression.rexpr, false],
    [expression.rexpr, expression.lexpr, true],
  ] as const) {
    const how = comparison(kind, operator, turned);
    if (!how) continue;
    const place = bareColumn(side, scopes);
    if (!place) {
      if (how !== 'pattern') reportInTheWay(side, other, scopes, may);
      continue;
    }
    if (!may(place)) continue;
    const places = columnsIn(other, scopes);
    // A name that cannot be placed, or the same table on both sides: no index serves that.
    if (places === null || places.some(({ source }) => source === place.source)) continue;
    if (how === 'pattern') {
      if (places.length === 0) place.source.use?.in_the_way.push({ column: place.column, by: how });
    } else if (how === 'range') place.source.add('range', place.column);
    else if (places.length > 0) place.source.add('join', place.column);
    else {
      place.source.add('equal', place.column);
      if (how === 'several') place.source.add('several', place.column);
    }
  }
}

function comparison(
  kind: string,
  operator: string,
  turned: boolean,
): 'equal' | 'several' | 'range' | 'pattern' | null {
  if (kind === 'AEXPR_OP' && operator === '=') return 'equal';
  if (kind === 'AEXPR_OP' && /^(<|>|<=|>=)$/.test(operator)) return 'range';
  if (turned) return null;
  if (operator === '=' && (kind === 'AEXPR_IN' || kind === 'AEXPR_OP_ANY')) return 'several';
  if (kind === 'AEXPR_BETWEEN') return 'range';
  if (kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE' || kind === 'AEXPR_SIMILAR') return 'pattern';
  return null;
}

/** `lower(name) = $1`, `created_at::date = $1`, `total * 2 > $1`: a plain index on the column is of no use. */
function reportInTheWay(
  side: unknown,
  other: unknown,
  scopes: readonly Scope[],
  may: (place: Place) => boolean,
): void {
  const by: InTheWay['by'] | null = nodeOf(side, 'FuncCall')
    ? 'function'
    : nodeOf(side, 'TypeCast')
      ? 'cast'
      : nodeOf(side, 'A_Expr')
        ? 'expression'
        : null;
  if (by === null) return;
  const places = columnsIn(side, scopes);
  const [place] = places ?? [];
  if (!place || places?.length !== 1 || !may(place)) return;
  const others = columnsIn(other, scopes);
  if (others === null || others.some(({ source }) => source === place.source)) return;
  place.source.use?.in_the_way.push({ column: place.column, by });
}

/** Columns that an expression depends on, outside of its subqueries; null when one cannot be placed. */
function columnsIn(value: unknown, scopes: readonly Scope[]): Place[] | null {
  const places: Place[] = [];
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (Array.isArray(next)) open.push(...next);
    else if (is(next)) {
      if (nodeOf(next, 'SubLink')) continue;
      if (nodeOf(next, 'ColumnRef')) {
        const place = bareColumn(next as Node, scopes);
        if (!place) return null;
        places.push(place);
      } else open.push(...Object.values(next));
    }
  }
  return places;
}
