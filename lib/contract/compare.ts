import { z } from 'zod';
import { countField, idField, lineField, rangeFields, timeField, withRange } from './fields';
import { eventBody } from './metrics';
import { partialBody } from './statements';

export const changeStates = ['slower', 'new', 'faster', 'gone', 'same', 'unknown'] as const;
export type ChangeState = (typeof changeStates)[number];

const day = 86_400_000;
const longest = 400 * day;

/** Two windows: given both, or one and the one just before it, or the time around an event. */
const windowFields = {
  ...rangeFields,
  before_from: timeField
    .optional()
    .describe('The window to compare with; the one of the same length just before when left out.'),
  before_to: timeField.optional(),
  around: idField
    .optional()
    .describe('An event: compares the time before it with the time after it, in place of windows.'),
  width_ms: countField(60_000, 7 * day)
    .optional()
    .describe('With `around`, how long each window is; one hour when left out.'),
};
type Windows = {
  [key in 'from' | 'to' | 'before_from' | 'before_to' | 'width_ms']?: number | undefined;
} & { around?: string | undefined };

function checkWindows(query: Windows, issue: (path: string, message: string) => void) {
  const { before_from: from, before_to: to } = query;
  if ((from === undefined) !== (to === undefined))
    issue(from === undefined ? 'before_from' : 'before_to', 'is needed with the other of the two');
  else if (from !== undefined && to !== undefined && from >= to)
    issue('before_from', 'is not before `before_to`');
  else if (from !== undefined && to !== undefined && to - from > longest)
    issue('before_from', 'is more than 400 days before `before_to`');
  if (query.around !== undefined)
    for (const name of ['from', 'to', 'before_from', 'before_to'] as const)
      if (query[name] !== undefined) issue(name, 'has no meaning with `around`');
  if (query.width_ms !== undefined && query.around === undefined)
    issue('width_ms', 'has a meaning with `around` only');
}

export const statementsCompareQuery = z
  .strictObject({
    instance: idField.optional(),
    cluster: idField.optional(),
    ...windowFields,
    state: z.enum(changeStates).optional(),
    statement: lineField(64).optional().describe('Only this statement.'),
    limit: countField(1, 500).default(100),
  })
  .superRefine((query, ctx) => {
    const issue = (path: string, message: string) =>
      ctx.addIssue({ code: 'custom', message, path: [path] });
    if (!query.instance && !query.cluster) issue('instance', 'or `cluster` is needed');
    checkWindows(query, issue);
  })
  .transform(withRange);

export const headlinesCompareQuery = z
  .strictObject(windowFields)
  .superRefine((query, ctx) =>
    checkWindows(query, (path, message) => ctx.addIssue({ code: 'custom', message, path: [path] })),
  )
  .transform(withRange);

const amount = z.number().nullable();

const side = z.object({
  calls: z.number(),
  total_ms: z.number(),
  mean_ms: amount,
  stddev_ms: amount,
  rows: z.number(),
  /** Null when it was not measured. */
  blocks_read: amount,
  /** Per second that was watched, so that windows of other length or coverage can be compared. */
  calls_per_s: amount,
  total_ms_per_s: amount,
});

const window = z.object({
  from: z.number(),
  to: z.number(),
  /** Share of the window that was watched, of the instance watched least; null when none was. */
  watched: amount,
});

export const statementsCompareBody = z.object({
  before: window,
  after: window,
  /** The event compared around, when there is one. */
  event: eventBody.nullable(),
  /** How many statements there are of each state, whatever is shown. */
  counts: z.record(z.enum(changeStates), z.number()),
  /** Statements of the logins that watch: counted in the totals, else left out. */
  own_statements: z.number(),
  /** Of the instances watched in both windows, so that one that was added is no rise; null when there is none. */
  totals: z.object({ before_ms_per_s: amount, after_ms_per_s: amount }),
  /** Readings of either window whose counts are a lower bound, such as after a restart; the newest 200. */
  partial: z.array(partialBody),
  /** Slower ones first, by how much more time they take; then new, faster, gone and the rest. */
  statements: z.array(
    z.object({
      id: z.string(),
      text: z.string(),
      kind: z.string(),
      database: z.string().nullable(),
      user: z.string().nullable(),
      first_seen: z.number(),
      state: z.enum(changeStates),
      before: side,
      after: side,
      /** Mean after over mean before; null when one is unknown. */
      mean_ratio: amount,
      /** The difference of the means is larger than their spread and number of calls explain. */
      beyond_noise: z.boolean(),
      /** Milliseconds of the database's time per second, after minus before; null when one is unknown. */
      change_ms_per_s: amount,
    }),
  ),
});
export type StatementsCompareBody = z.infer<typeof statementsCompareBody>;
export type ComparedStatement = StatementsCompareBody['statements'][number];

export const headlineChanges = ['worse', 'better', 'same', 'unknown'] as const;
export type HeadlineChange = (typeof headlineChanges)[number];

const typical = z.object({ median: amount, low: amount, high: amount });

export const headlinesCompareBody = z.object({
  before: z.object({ from: z.number(), to: z.number() }),
  after: z.object({ from: z.number(), to: z.number() }),
  event: eventBody.nullable(),
  /** The series that stand for each layer: those that changed first, by layer from the top. */
  headlines: z.array(
    z.object({
      layer: z.enum(['application', 'database', 'infrastructure']),
      id: z.string(),
      /** Whose it is, when the cluster has several. */
      of: z.string().nullable(),
      unit: z.enum(['ms', 'count', 'ratio', 'bytes']),
      per_second: z.boolean(),
      /** `unknown`: too few readings in one of the windows. */
      change: z.enum(headlineChanges),
      /** The median, and what a tenth of the readings lie below and above. */
      before: typical,
      after: typical,
    }),
  ),
});
export type HeadlinesCompareBody = z.infer<typeof headlinesCompareBody>;
