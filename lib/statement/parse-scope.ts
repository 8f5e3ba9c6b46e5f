/** Names within a parse tree: which table a column belongs to. */
import type { FindTable, TableUse } from '@/lib/advice/table-use';

export type Node = Record<string, unknown>;

export const is = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const each = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
/** The node of this type that a wrapper `{Type: {…}}` holds. */
export const nodeOf = (value: unknown, type: string): Node | undefined =>
  is(value) && is(value[type]) ? value[type] : undefined;

/** One entry of FROM. */
export class Source {
  readonly use: TableUse | null;
  private readonly known: ReadonlySet<string> | null;

  constructor(
    readonly alias: string,
    table: ReturnType<FindTable>,
  ) {
    this.known = table?.columns ?? null;
    this.use = table && {
      table: table.name,
      equal: [],
      several: [],
      range: [],
      join: [],
      order: [],
      limited: false,
      columns: [],
      in_the_way: [],
      written: false,
    };
  }

  /** Whether its columns are known at all: those of a subquery or a foreign name are not. */
  get open(): boolean {
    return this.known === null;
  }
  has(column: string): boolean {
    return this.known?.has(column) ?? false;
  }
  add(to: 'equal' | 'several' | 'range' | 'join', column: string): void {
    if (this.use && !this.use[to].includes(column)) this.use[to].push(column);
  }
  touch(column: string): void {
    if (this.use?.columns && !this.use.columns.includes(column)) this.use.columns.push(column);
  }
  touchAll(): void {
    if (this.use) this.use.columns = null;
  }
}

/** The sources of one level of a statement. */
export type Scope = { sources: Source[] };

export type Place = {
  source: Source;
  column: string /** Levels up from where it is written. */;
  up: number;
};

/** The column that an expression is, when it is nothing but a column of a table that is known for certain. */
export function bareColumn(value: unknown, scopes: readonly Scope[]): Place | null {
  const reference = nodeOf(value, 'ColumnRef');
  if (!reference) return null;
  const names = each(reference.fields).map((field) => text(nodeOf(field, 'String')?.sval));
  if (names.length === 0 || names.some((name) => name === '')) return null;
  const column = names.at(-1) ?? '';
  const alias = names.length > 1 ? (names.at(-2) ?? '') : null;
  for (const [up, scope] of scopes.entries()) {
    const named =
      alias === null ? scope.sources : scope.sources.filter((one) => one.alias === alias);
    const having = named.filter((one) => one.has(column));
    if (alias !== null && named.length > 0) {
      const only = having[0];
      return only && having.length === 1 ? { source: only, column, up } : null;
    }
    const only = having[0];
    // A subquery beside it may have a column of that name too: then PostgreSQL would call the name ambiguous.
    if (only && having.length === 1) return { source: only, column, up };
    if (having.length > 1 || named.some((one) => one.open)) return null;
  }
  return null;
}

/** The parts of a condition that must all hold. */
export function and(condition: unknown): unknown[] {
  const parts: unknown[] = [];
  const open = [condition];
  while (open.length > 0) {
    const next = open.pop();
    const bool = nodeOf(next, 'BoolExpr');
    if (bool?.boolop === 'AND_EXPR') open.push(...each(bool.args).toReversed());
    else if (is(next)) parts.push(next);
  }
  return parts;
}
