import { z } from 'zod';
import { idField, rangeFields, withRange } from './fields';

const said = z.object({ en: z.string(), ja: z.string() });

export const adviceKinds = [
  'missing_index',
  'unused_index',
  'duplicate_index',
  'redundant_index',
  'invalid_index',
  'bloated_index',
  'foreign_key_without_index',
  'n_plus_one',
  'leading_wildcard',
  'select_star',
  'large_offset',
  'long_in_list',
  'order_by_random',
  'missing_where',
  'implicit_cast',
  'many_joins',
  'needless_join',
  'spill',
  'bad_estimate',
  'lock_wait',
  'idle_in_transaction',
  'vacuum_held_back',
] as const;
export type AdviceKind = (typeof adviceKinds)[number];

/** Something worth changing, with what speaks for it. */
export const adviceItem = z.object({
  /** The same advice has the same id as long as it stands. */
  id: z.string(),
  kind: z.enum(adviceKinds),
  severity: z.enum(['info', 'warning', 'critical']),
  /** One line that names the subject. */
  title: said,
  /** Why, in plain words. */
  says: said,
  evidence: z.array(z.object({ label: said, value: z.string() })),
  gain: said.nullable(),
  cost: said.nullable(),
  /** How the gain is known: measured on this server, by the planner with a hypothetical index, or our own estimate. */
  known: z.enum(['measured', 'hypothetical', 'estimated']),
  /** The exact statement to run; null where the change is in the application. */
  sql: z.string().nullable(),
  instance: z.string(),
  database: z.string().nullable(),
  /** `schema.name` */
  table: z.string().nullable(),
  index: z.string().nullable(),
  /** Statements it is about. */
  statements: z.array(z.string()),
  /** The lesson that explains it: /learn/<lesson>. */
  lesson: z.string(),
  /** What it is worth, to put the most valuable first; left out where nobody can say. */
  saves: z
    .object({
      /** Milliseconds of the database's time per second. */
      ms_per_second: z.number().nullable(),
      bytes: z.number().nullable(),
    })
    .optional(),
});
export type AdviceItem = z.infer<typeof adviceItem>;

export const adviceQuery = z
  .strictObject({ instance: idField.optional(), cluster: idField.optional(), ...rangeFields })
  .superRefine((query, ctx) => {
    if (!query.instance && !query.cluster)
      ctx.addIssue({ code: 'custom', message: 'or `cluster` is needed', path: ['instance'] });
  })
  .transform(withRange);

export const adviceBody = z.object({
  /** The most valuable first. */
  advice: z.array(adviceItem),
  /** What cannot be said, why, and what would change that. */
  unavailable: z.array(
    z.object({
      instance: z.string(),
      database: z.string().nullable(),
      reason: said,
      fix_sql: z.string().nullable(),
    }),
  ),
  /** The statements that the advice names, as far as they are known. */
  statements: z.array(
    z.object({ id: z.string(), text: z.string(), calls: z.number(), total_ms: z.number() }),
  ),
  /** When the oldest of the inventories it stands on was read; null when there is none. */
  read_at: z.number().nullable(),
});
export type AdviceBody = z.infer<typeof adviceBody>;
