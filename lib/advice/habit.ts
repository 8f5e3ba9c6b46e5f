/** How a statement is written, as far as its text alone shows it. */
export type Habits = {
  /** SELECT * or t.*. */
  star: boolean;
  /** A LIKE that no ordinary index serves: its pattern begins with a wildcard, or may, being a parameter; or it ignores case. */
  wildcard: { column: string; sure: boolean; ignores_case: boolean } | null;
  /** OFFSET, which reads and throws away all the rows before. */
  offset: boolean;
  /** The longest IN list of the text; null when there is none. */
  in_list: number | null;
  order_by_random: boolean;
  /** An UPDATE or DELETE of the whole table. */
  without_where: 'update' | 'delete' | null;
  /** Columns compared through a function or a cast. */
  wrapped: { column: string; by: string }[];
  not_in_subquery: boolean;
  /** Tables named, each time counted. */
  relations: number;
  /** Rows of one table found by columns that equal a value: what a loop asks again and again. */
  lookup: { table: string; columns: string[] } | null;
};
