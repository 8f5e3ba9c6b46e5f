import { z } from 'zod';
import { adviceItem } from './advice';
import { countField, idField, lineField, rangeFields, withRange } from './fields';

export const statementSorts = [
  'total_ms',
  'calls',
  'mean_ms',
  'rows',
  'blocks_read',
  'blocks_hit',
  'blocks_dirtied',
  'blocks_written',
  'temp_blocks_read',
  'temp_blocks_written',
  'read_ms',
  'write_ms',
  'wal_bytes',
  'plan_ms',
  'jit_ms',
  'lock_ms',
  'rows_sent',
  'rows_affected',
  'rows_examined',
  'warnings',
  'no_index_used',
  'no_good_index_used',
  'temp_tables',
  'temp_disk_tables',
  'sort_merge_passes',
  'full_joins',
  'full_scans',
  'errors',
] as const;

const scope = { instance: idField.optional(), cluster: idField.optional() };

function needScope(
  query: { instance?: string | undefined; cluster?: string | undefined },
  ctx: { addIssue(issue: { code: 'custom'; message: string; path: string[] }): void },
) {
  if (!query.instance && !query.cluster)
    ctx.addIssue({ code: 'custom', message: 'or `cluster` is needed', path: ['instance'] });
}

export const statementsQuery = z
  .strictObject({
    ...scope,
    ...rangeFields,
    sort: z.enum(statementSorts).default('total_ms'),
    limit: countField(1, 500).default(50),
    database: lineField(63).optional(),
    user: lineField(63).optional(),
    search: lineField(200).optional(),
    table: lineField(130)
      .optional()
      .describe('A table as the statement names it, with its schema when it is given there'),
    kind: lineField(60)
      .optional()
      .describe('`select`, `insert`, …, `utility:<verb>` or `unknown`.'),
    application: lineField(200)
      .optional()
      .describe(
        'Statements that sessions with this application_name were seen executing, once a second; quick ones may be missed.',
      ),
    tag: z
      .string()
      .regex(/^[a-z_]{1,32}:[^\0]{1,100}$/, 'is not `name:value`')
      .optional()
      .describe(
        'A tag of a comment (sqlcommenter, marginalia), such as `route:/orders`. Of several comments the server keeps the first.',
      ),
  })
  .superRefine(needScope)
  .transform(withRange);

export const statementQuery = z
  .strictObject({ ...scope, ...rangeFields, points: countField(1, 2000).default(120) })
  .superRefine(needScope)
  .transform(withRange);

const amount = z.number().nullable();

export const statementBody = z.object({
  /** Our own fingerprint: the same statement has it on every server and version. */
  id: z.string(),
  text: z.string(),
  kind: z.string(),
  tables: z.array(z.string()),
  /** Tags of its comments that name places in code: route, controller, action, job, application, framework, db_driver. */
  tags: z.record(z.string(), z.string()),
  /** The server cut the text. */
  truncated: z.boolean(),
  database: z.string().nullable(),
  user: z.string().nullable(),
  instances: z.array(z.string()),
  calls: z.number(),
  total_ms: z.number(),
  mean_ms: amount,
  stddev_ms: amount,
  /**
   * From durations the server counted in buckets (MySQL) or logged, to 2.5 %; never derived from a mean. A log of what took longer than a threshold
   * gives it when a twentieth of all calls is in it.
   */
  p95_ms: amount,
  /** The same when a hundredth is in it. */
  p99_ms: amount,
  /** The same when a thousandth is in it. */
  p999_ms: amount,
  /**
   * p95 is less than this and no more is known: the log's threshold, when so few calls were logged, or the bound of a range
   * of pg_stat_monitor.
   */
  p95_under_ms: amount,
  /** Executions that failed, as counted (MySQL, MariaDB) or logged. Null when the log was not read. */
  errors: amount,
  rows: z.number(),
  share: amount,
  blocks_hit: amount,
  blocks_read: amount,
  blocks_dirtied: amount,
  blocks_written: amount,
  temp_blocks_read: amount,
  temp_blocks_written: amount,
  read_ms: amount,
  write_ms: amount,
  wal_bytes: amount,
  plan_ms: amount,
  jit_ms: amount,
  /** Waiting for locks of tables and rows. From here to `full_scans` only MySQL and MariaDB count. */
  lock_ms: amount,
  rows_sent: amount,
  rows_affected: amount,
  /** Rows the engine read to find those. */
  rows_examined: amount,
  /** Rows examined for each row sent or changed; null when there was none. */
  rows_examined_per_row: amount,
  warnings: amount,
  /** Calls that used no index, and those that found none that was good enough for all. */
  no_index_used: amount,
  no_good_index_used: amount,
  temp_tables: amount,
  temp_disk_tables: amount,
  sort_merge_passes: amount,
  /** Joins that read a whole table for each row before, and tables read whole first. */
  full_joins: amount,
  full_scans: amount,
  /** Null when the window before has no reading of it. */
  previous: z.object({ calls: z.number(), total_ms: z.number(), mean_ms: amount }).nullable(),
  /** Calls in 30 equal parts of the window; null where nothing was read. */
  spark: z.array(z.number().nullable()),
});
export type StatementBody = z.infer<typeof statementBody>;

export const windowBody = z.object({
  from: z.number(),
  to: z.number(),
  /** What readings cover; null when there is none. */
  covered_from: z.number().nullable(),
  covered_to: z.number().nullable(),
});
export const partialBody = z.object({
  instance: z.string(),
  reason: z.string(),
  from: z.number(),
  to: z.number(),
});

export const statementsBody = z.object({
  window: windowBody,
  totals: z.object({ calls: amount, total_ms: amount }),
  statements: z.array(statementBody),
  /** What was left out by the limit. */
  other: z.object({ statements: z.number(), calls: z.number(), total_ms: z.number() }),
  /** What our login may not see; null when nothing is hidden. */
  hidden: z.object({ calls: z.number(), total_ms: z.number(), fix_sql: z.string() }).nullable(),
  evictions: z.number(),
  partial: z.array(partialBody),
  /** Why there is nothing, when the source is not available. */
  unavailable: z.array(
    z.object({ instance: z.string(), reason: z.string(), fix_sql: z.string().nullable() }),
  ),
});
export type StatementsBody = z.infer<typeof statementsBody>;

export const planActual = z.object({
  /** Executions of the step, of all processes together. */
  loops: z.number(),
  never_executed: z.boolean(),
  /** Milliseconds of the clock in this step alone; null without timing. */
  self_ms: amount,
  /** Rows thrown away over all loops; null where there is no such condition. */
  rows_removed: z.object({ filter: amount, join_filter: amount, recheck: amount }),
  /** Blocks of this step and those below it; null without BUFFERS. */
  buffers: z
    .object({
      hit: z.number(),
      read: z.number(),
      dirtied: z.number(),
      written: z.number(),
      temp_read: z.number(),
      temp_written: z.number(),
    })
    .nullable(),
  /** Memory and disk in kB; the disk of all processes together. */
  sort: z.object({ method: z.string(), memory_kb: amount, disk_kb: amount }).nullable(),
  hash: z.object({ batches: z.number(), planned_batches: amount, memory_kb: amount }).nullable(),
  aggregate: z.object({ batches: z.number(), memory_kb: amount, disk_kb: amount }).nullable(),
  heap_fetches: amount,
  exact_blocks: amount,
  lossy_blocks: amount,
});
/** What an execution showed of one step, as EXPLAIN ANALYZE reports it. */
export type PlanActual = z.infer<typeof planActual>;

export const planNode: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    type: z.string(),
    relation: z.string().nullable(),
    index: z.string().nullable(),
    cost: amount,
    startup_cost: amount,
    rows_estimated: amount,
    rows_examined: amount.optional(),
    engine: z.enum(['mysql', 'mariadb']).optional(),
    rows_actual: amount,
    time_ms: amount,
    width: amount,
    workers: z.object({ planned: z.number(), launched: amount }).optional(),
    actual: planActual.optional(),
    details: z.array(z.object({ name: z.string(), value: z.string() })),
    children: z.array(planNode),
  }),
);
/** One step of a plan in the vocabulary that all engines share. Costs are the planner's units, including children. */
export type PlanNode = {
  type: string;
  relation: string | null;
  index: string | null;
  cost: number | null;
  startup_cost: number | null;
  rows_estimated: number | null;
  /** Rows expected to be read per loop, before the step's own condition; of MySQL and MariaDB. */
  rows_examined?: number | null | undefined;
  /** Of a root that is not PostgreSQL's. */
  engine?: 'mysql' | 'mariadb' | undefined;
  /** Per loop, to be compared with `rows_estimated`. */
  rows_actual: number | null;
  /** Of the clock, over all loops and with children; of parallel processes the mean. */
  time_ms: number | null;
  width: number | null;
  workers?: { planned: number; launched: number | null } | undefined;
  /** Only of a plan that was executed. */
  actual?: PlanActual | undefined;
  details: { name: string; value: string }[];
  children: PlanNode[];
};
/** What EXPLAIN ANALYZE says below the tree; null where it says nothing. */
export const planExecution = z.object({
  planning_ms: amount,
  execution_ms: amount,
  /** Sending rows in their form of the wire; PostgreSQL 17 with SERIALIZE. */
  serialization_ms: amount,
  jit: z.object({ functions: amount, total_ms: amount }).nullable(),
  triggers: z.array(
    z.object({ name: z.string(), relation: z.string().nullable(), ms: amount, calls: amount }),
  ),
  settings: z.array(z.object({ name: z.string(), value: z.string() })),
});
export type PlanExecution = z.infer<typeof planExecution>;

export const findingBody = z.object({
  /** Path of the node from the root, `0.1`. */
  node: z.string(),
  kind: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  says: z.object({ en: z.string(), ja: z.string() }),
  evidence: z
    .array(z.object({ label: z.object({ en: z.string(), ja: z.string() }), value: z.string() }))
    .optional(),
  /** What to run, where that is one statement. */
  sql: z.string().optional(),
});
export type FindingBody = z.infer<typeof findingBody>;

export const planBody = z.object({
  id: z.string(),
  engine: z.string(),
  statement: z.string(),
  instance: z.string(),
  captured_at: z.number().describe('When a plan of this shape was first seen.'),
  checked_at: z
    .number()
    .describe('When it was last planned the same; costs and findings are of then.'),
  generic: z.boolean(),
  shape: z.string(),
  /** Of the execution that the server logged it with, the slowest of its day; null when it was only planned. */
  duration_ms: amount,
  root: planNode,
  findings: z.array(findingBody),
});
export type PlanBody = z.infer<typeof planBody>;
export const planSummaryBody = planBody.omit({ root: true, findings: true }).extend({
  total_cost: amount,
});

const longestPlan = 2 * 1024 * 1024;
export const planReadInput = z.strictObject({
  text: z
    .string()
    .max(longestPlan, 'is longer than 2 MiB')
    .describe(
      'What EXPLAIN printed, as text or JSON; also in psql’s frame or as auto_explain logs it',
    ),
  statement: z
    .string()
    .max(100_000, 'is longer than 100,000 characters')
    .optional()
    .describe('The statement, for findings that only its text shows'),
});
export const planReadBody = z.object({
  plan: z.object({ root: planNode, execution: planExecution }),
  findings: z.array(findingBody),
});
export type PlanReadBody = z.infer<typeof planReadBody>;

export const plansCompareQuery = z.strictObject({
  a: z.uuid('is not a plan id'),
  b: z.uuid('is not a plan id'),
});
export const planDifference = z.object({
  kind: z.enum(['same', 'changed', 'added', 'removed']),
  node_a: z.string().nullable(),
  node_b: z.string().nullable(),
  type_a: z.string().nullable(),
  type_b: z.string().nullable(),
  relation: z.string().nullable(),
  cost_a: amount,
  cost_b: amount,
});
export const plansCompareBody = z.object({
  a: planBody,
  b: planBody,
  same_shape: z.boolean(),
  differences: z.array(planDifference),
});

export const statementDetailBody = z.object({
  window: windowBody,
  statement: z.object({
    id: z.string(),
    text: z.string(),
    kind: z.string(),
    tables: z.array(z.string()),
    tags: z.record(z.string(), z.string()),
    truncated: z.boolean(),
    first_seen: z.number(),
  }),
  /** One per database and user it runs as. */
  rows: z.array(statementBody),
  series: z.object({
    step_ms: z.number(),
    points: z.array(
      z.object({
        at: z.number(),
        calls_per_s: amount,
        mean_ms: amount,
        total_ms_per_s: amount,
        rows_per_s: amount,
        blocks_read_per_s: amount,
      }),
    ),
  }),
  /** As logged, most frequent first; null when no log was read in the window. */
  errors: z
    .array(
      z.object({
        sqlstate: z.string(),
        count: z.number(),
        database: z.string().nullable(),
        user: z.string().nullable(),
      }),
    )
    .nullable(),
  plans: z.array(planSummaryBody),
  /** What its newest plan gives away. */
  advice: z.array(findingBody),
  /** What is worth changing for it: indexes, its own habits. */
  advice_items: z.array(adviceItem),
  partial: z.array(partialBody),
  instances: z.array(z.object({ id: z.string(), name: z.string(), explain_enabled: z.boolean() })),
});
export type StatementDetailBody = z.infer<typeof statementDetailBody>;

export const explainInput = z.strictObject({
  instance: idField,
  fresh: z
    .boolean()
    .optional()
    .describe(
      'Plan again even if nothing that the plan of the last 24 h was made from has changed since.',
    ),
});
export const explainBody = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('ok'),
    plan: planBody,
    generic: z.boolean(),
    cached: z
      .boolean()
      .describe('The stored plan of `checked_at`: tables, statistics and settings are the same.'),
  }),
  z.object({
    status: z.enum(['refused', 'unavailable', 'error']),
    code: z.string(),
    reason: z.string(),
    fix: z.string().nullable(),
  }),
]);
export type ExplainBody = z.infer<typeof explainBody>;
