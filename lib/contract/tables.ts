import { z } from 'zod';
import { countField, idField, lineField, momentField, rangeFields, withRange } from './fields';
import { reasonBody } from './instances';

export const tableSorts = [
  'size',
  'rows',
  'dead_rows',
  'writes',
  'seq_scans',
  'index_scans',
  'growth',
  'name',
] as const;
export type TableSort = (typeof tableSorts)[number];

const scope = {
  instance: idField.optional(),
  cluster: idField.optional(),
  database: lineField(63).optional(),
};

function needScope(
  query: { instance?: string | undefined; cluster?: string | undefined },
  ctx: { addIssue(issue: { code: 'custom'; message: string; path: string[] }): void },
) {
  if (!query.instance && !query.cluster)
    ctx.addIssue({ code: 'custom', message: 'or `cluster` is needed', path: ['instance'] });
}

export const tablesQuery = z
  .strictObject({
    ...scope,
    ...rangeFields,
    sort: z.enum(tableSorts).default('size'),
    limit: countField(1, 500).default(50),
    search: lineField(130).optional(),
    kind: z
      .enum(['all', 'partitioned'])
      .default('all')
      .describe('`all` folds partitions into their table unless something is searched for'),
  })
  .superRefine(needScope)
  .transform(withRange);
export const tableQuery = z
  .strictObject({ ...scope, ...rangeFields })
  .superRefine(needScope)
  .transform(withRange);

const number = z.number().nullable();

const tableRowBody = z.object({
  database: z.string(),
  /** `schema.name` */
  name: z.string(),
  kind: z.enum(['table', 'partitioned', 'partition', 'materialized view', 'foreign table']),
  parent: z.string().nullable(),
  /** Direct ones; their numbers are in those of the table. */
  partitions: z.number(),
  /** The planner's estimate. */
  rows: number,
  live_rows: number,
  dead_rows: number,
  /** As of the last VACUUM or ANALYZE; null before the first. */
  table_bytes: number,
  index_bytes: number,
  bytes: number,
  /** What it grew over the range; null when that was not followed. */
  growth_bytes: number,
  /** Scans on all instances of the scope, each since it counts; writes on the primary. */
  seq_scans: number,
  index_scans: number,
  writes: number,
  indexes: z.number(),
  last_analyze: momentField,
  /** Null when it is not partitioned by time. */
  next_partition: z.enum(['ok', 'soon', 'missing']).nullable(),
  /** Until when rows find a partition; null: for ever, or not by time. */
  covered_until: momentField,
  /** Rows in the default partition; null when there is none, or it is not known. */
  default_rows: number,
});
export type TableRowBody = z.infer<typeof tableRowBody>;

/** Of one database of an instance. */
const sourceBody = z.object({
  instance: z.string(),
  database: z.string(),
  role: z.enum(['primary', 'replica']).nullable(),
  at: momentField,
  counted_since: momentField,
  /** Tables beyond the bound of a reading. */
  left_out: z.number(),
  error: reasonBody.nullable(),
});

export const tablesBody = z.object({
  /** What the list is made of; empty when nothing was read yet. */
  sources: z.array(sourceBody),
  databases: z.array(z.string()),
  tables: z.array(tableRowBody),
  /** How many fit what was asked for, those beyond the limit included. */
  total: z.number(),
});
export type TablesBody = z.infer<typeof tablesBody>;

const columnBody = z.object({
  name: z.string(),
  type: z.string(),
  not_null: z.boolean(),
  n_distinct: number,
  null_share: number,
  average_width: number,
  correlation: number,
});

const indexBody = z.object({
  name: z.string(),
  definition: z.string(),
  method: z.string(),
  unique: z.boolean(),
  primary: z.boolean(),
  constraint: z.string().nullable(),
  valid: z.boolean(),
  bytes: number,
  /** Per instance: how often it was scanned, and since when that number has been the same. */
  uses: z.array(
    z.object({
      instance: z.string(),
      scans: number,
      last_scan: momentField,
      counted_since: momentField,
      unchanged_since: momentField,
    }),
  ),
});
export type TableIndexBody = z.infer<typeof indexBody>;

const foreignKeyBody = z.object({
  name: z.string(),
  /** The table that refers. */
  table: z.string(),
  columns: z.array(z.string()),
  references: z.string(),
  referenced_columns: z.array(z.string()),
});

const partitionBody = z.object({
  name: z.string(),
  bound: z.string().nullable(),
  kind: z.enum(['default', 'range', 'list', 'hash', 'unknown']),
  from: momentField,
  to: momentField,
  rows: number,
  bytes: number,
  writes: number,
  scans: number,
  partitions: z.number(),
});

const partitionsBody = z.object({
  key: z.string().nullable(),
  partitions: z.array(partitionBody),
  hot: z.object({ name: z.string(), share: z.number() }).nullable(),
  uneven: z.boolean(),
  default: z.object({ name: z.string(), rows: number, writes: number }).nullable(),
  time: z
    .object({
      interval_ms: number,
      covered_until: momentField,
      covers_now: z.boolean(),
      next: z.enum(['ok', 'soon', 'missing']),
      oldest: z
        .object({
          name: z.string(),
          to: z.number(),
          bytes: number,
          untouched: z.boolean().nullable(),
        })
        .nullable(),
    })
    .nullable(),
});
export type PartitionsBody = z.infer<typeof partitionsBody>;

export const tableBody = z.object({
  sources: z.array(sourceBody),
  table: tableRowBody,
  columns: z.array(columnBody),
  /** Why the statistics of columns are not known, when that is so. */
  statistics_error: reasonBody.nullable(),
  indexes: z.array(indexBody),
  foreign_keys: z.array(foreignKeyBody),
  /** Keys of other tables that refer to this one. */
  referenced_by: z.array(foreignKeyBody),
  /** Null when it has no partitions. */
  partitions: partitionsBody.nullable(),
});
export type TableBody = z.infer<typeof tableBody>;
