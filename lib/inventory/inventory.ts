/** What exists in a database: its tables, columns, indexes and foreign keys, as a collector last saw them. */

/** One database of one instance. Holds no values of rows: neither most common values nor histogram bounds are read. */
export type Inventory = {
  database: string;
  /** When it was read, epoch ms. */
  at: number;
  role: 'primary' | 'replica';
  /** Since when scans and rows are counted, epoch ms; null when the server does not say. */
  counted_since: number | null;
  /** Whether the extension hypopg is installed in this database. */
  hypopg: boolean;
  tables: InventoryTable[];
  /** Tables beyond the bound of one reading; they are not in `tables`. */
  left_out: number;
  /** Why the statistics of columns could not be read; absent when they could, of the tables our login may read. */
  statistics_error?: { code: string; message: string; fix: string | null };
};

export type InventoryTable = {
  /** Absent of PostgreSQL. A schema of MySQL or MariaDB is a database of its own. */
  engine?: 'mysql' | 'mariadb';
  schema: string;
  name: string;
  oid: string;
  kind: 'table' | 'partitioned' | 'partition' | 'materialized view' | 'foreign table';
  /** `schema.name` of the partitioned table this is a partition of. */
  parent: string | null;
  /** pg_get_partkeydef of a partitioned table. */
  partition_key: string | null;
  /** pg_get_expr(relpartbound) of a partition; `DEFAULT` for the default one. */
  partition_bound: string | null;
  /** The planner's estimate; null before the first VACUUM or ANALYZE. */
  rows: number | null;
  /** Heap and TOAST by relpages; null when never measured. */
  table_bytes: number | null;
  index_bytes: number | null;
  seq_scans: number | null;
  seq_rows: number | null;
  index_scans: number | null;
  /** Null on a standby, which does not count them. */
  inserted: number | null;
  updated: number | null;
  deleted: number | null;
  live_rows: number | null;
  dead_rows: number | null;
  last_analyze: number | null;
  columns: InventoryColumn[];
  indexes: InventoryIndex[];
  foreign_keys: InventoryForeignKey[];
};

export type InventoryColumn = {
  name: string;
  type: string;
  not_null: boolean;
  /** As in pg_stats (negative: share of rows); null when our login may not read the statistics or there are none. */
  n_distinct: number | null;
  null_share: number | null;
  average_width: number | null;
  correlation: number | null;
};

export type InventoryIndex = {
  name: string;
  oid: string;
  /** Oid of the partitioned index this one belongs to; it cannot be dropped alone. Absent in readings of before. */
  parent?: string | null;
  method: string;
  /** Key columns in order; null stands for an expression. */
  columns: (string | null)[];
  /** Key parts exactly as pg_get_indexdef gives them, with operator class, collation and order. */
  keys: string[];
  /** INCLUDE columns. */
  included: string[];
  /** pg_get_expr(indpred) of a partial index; `? <oid>` when the table was locked at each reading so far, as in `keys`. */
  predicate: string | null;
  unique: boolean;
  primary: boolean;
  /** Name of the constraint it enforces (primary, unique, exclusion). */
  constraint: string | null;
  /** Used as replica identity, or by CLUSTER. */
  replica_identity: boolean;
  valid: boolean;
  ready: boolean;
  bytes: number | null;
  scans: number | null;
  /** PostgreSQL 16 and later, epoch ms. */
  last_scan: number | null;
  /** pg_get_indexdef. */
  definition: string;
};

export type InventoryForeignKey = {
  name: string;
  columns: string[];
  /** `schema.name` */
  references: string;
  referenced_columns: string[];
  /** No row is without its reference at any moment: all were checked, and always are at once. Absent in readings of before, and where the server knows no other. */
  validated?: boolean;
};

/** `schema.name`, the way tables are called in all of the product. */
export const tableName = (table: Pick<InventoryTable, 'schema' | 'name'>): string =>
  `${table.schema}.${table.name}`;
