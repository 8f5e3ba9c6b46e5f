/** How a statement reads one table: what an index of the table could serve. */

export type OrderColumn = { column: string; desc: boolean };

/** What keeps a plain index on the column from being used. */
export type InTheWay = {
  column: string;
  by: 'function' | 'cast' | 'expression' | 'pattern';
};

export type TableUse = {
  /** `schema.name` */
  table: string;
  /** Columns compared with a value: `= $1`, `IN (…)`, `= ANY (…)`. */
  equal: string[];
  /** Those of `equal` that may match several values, so that rows do not come out in the order of the next column. */
  several: string[];
  /** Columns compared with <, <=, >, >=, BETWEEN. */
  range: string[];
  /** Columns that must equal a column of another table. */
  join: string[];
  /** ORDER BY when all of it is columns of this table; empty otherwise. */
  order: OrderColumn[];
  limited: boolean;
  /** All columns of the table that the statement touches; null for `*`, or when not all could be told. */
  columns: string[] | null;
  in_the_way: InTheWay[];
  /** The statement changes rows of it. */
  written: boolean;
};

/** Finds a table by the names a statement uses; null when there is none or several. */
export type FindTable = (
  schema: string | null,
  name: string,
) => { name: string; columns: ReadonlySet<string> } | null;
