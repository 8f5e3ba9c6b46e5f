/** What the queries of the inventory answer, checked: a server is not believed. */
import { z } from 'zod';

export type Row<T> = z.ZodType<T>;

const count = z.number().nullable();
const time = z.number().nullable();

export const facts = z.object({
  version: z.number().int(),
  database: z.string(),
  at: z.number(),
  role: z.enum(['primary', 'replica']),
  counted_since: time,
  hypopg: z.boolean(),
});

export const table = z.object({
  all: z.number(),
  schema: z.string(),
  name: z.string(),
  oid: z.string(),
  kind: z.enum(['table', 'partitioned', 'partition', 'materialized view', 'foreign table']),
  parent: z.string().nullable(),
  partition_key: z.string().nullable(),
  partition_bound: z.string().nullable(),
  rows: count,
  table_bytes: count,
  index_bytes: count,
  seq_scans: count,
  seq_rows: count,
  index_scans: count,
  inserted: count,
  updated: count,
  deleted: count,
  live_rows: count,
  dead_rows: count,
  last_analyze: time,
});

export const columns = z.object({
  table: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string(), not_null: z.boolean() })),
});

export const index = z.object({
  table: z.string(),
  oid: z.string(),
  name: z.string(),
  quoted: z.string(),
  method: z.string(),
  on: z.string(),
  keys: z.array(
    z.object({ column: z.string().nullable(), quoted: z.string().nullable(), suffix: z.string() }),
  ),
  included: z.array(z.object({ column: z.string(), quoted: z.string() })),
  unique: z.boolean(),
  primary: z.boolean(),
  constraint: z.string().nullable(),
  replica_identity: z.boolean(),
  valid: z.boolean(),
  ready: z.boolean(),
  nulls_not_distinct: z.boolean(),
  options: z.string().nullable(),
  parent: z.string().nullable(),
  partial: z.boolean(),
  expressions: z.boolean(),
  bytes: count,
  scans: count,
  last_scan: time,
});
export type IndexRow = z.infer<typeof index>;

/** `keys` has null where a key is a column; `definition` is null for an index that was dropped meanwhile. */
export const text = z.object({
  oid: z.string(),
  definition: z.string().nullable(),
  predicate: z.string().nullable(),
  keys: z.array(z.string().nullable()).nullable(),
});
export type Text = z.infer<typeof text> & { definition: string };

export const foreignKey = z.object({
  table: z.string(),
  name: z.string(),
  validated: z.boolean(),
  references: z.string(),
  columns: z.array(z.string()),
  referenced_columns: z.array(z.string()),
});

export const statistics = z.tuple([
  z.string(),
  z.string(),
  z.array(z.tuple([z.string(), count, count, count, count])),
]);
