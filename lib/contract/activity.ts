import { z } from 'zod';
import { idField } from './fields';
import { reasonBody } from './instances';

export const activityQuery = z.strictObject({ instance: idField });

const sessionBody = z.object({
  pid: z.number(),
  /** With the pid it names one session for ever; give it back to cancel or terminate. */
  started: z.string(),
  kind: z.string(),
  user: z.string().nullable(),
  database: z.string().nullable(),
  application: z.string().nullable(),
  client: z.string().nullable(),
  state: z.string().nullable(),
  wait: z.object({ class: z.string(), event: z.string() }).nullable(),
  transaction_ms: z.number().nullable(),
  statement_ms: z.number().nullable(),
  state_ms: z.number().nullable(),
  /** Rows that ending its transaction rolls back; null where the server does not count them. */
  rows_changed: z.number().nullable(),
  /** Normalised, without literals. `id` only when the statement has a page. */
  statement: z.object({ id: z.string().nullable(), text: z.string() }).nullable(),
  blocked_by: z.array(z.number()),
  leader: z.number().nullable(),
});
export type SessionBody = z.infer<typeof sessionBody>;

export type BlockingBody = { pid: number; waiting: number; blocked: BlockingBody[] };
const blockingNode: z.ZodType<BlockingBody> = z.lazy(() =>
  z.object({ pid: z.number(), waiting: z.number(), blocked: z.array(blockingNode) }),
);

export const activityBody = z.object({
  instance: z.string(),
  /** When the sessions were read; null when they never were. */
  at: z.number().nullable(),
  sessions: z.array(sessionBody),
  /** Who holds up whom: `blocker` waits for nobody, `blocked` are trees. A blocker with pid 0 is a prepared transaction. */
  blocking: z.array(
    z.object({ blocker: z.number(), waiting: z.number(), blocked: z.array(blockingNode) }),
  ),
  /** Why the sessions are not newer; null while they are read. */
  unavailable: reasonBody.nullable(),
});
export type ActivityBody = z.infer<typeof activityBody>;

export const signalInput = z.strictObject({
  instance: idField,
  pid: z
    .number()
    .int()
    .min(1)
    .max(2 ** 32 - 1),
  started: z
    .string()
    .regex(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z(#\d{1,20})?$/,
      'is not a start as GET /activity gives it',
    )
    .refine((text) => !Number.isNaN(Date.parse(text.replace(/#.*/, ''))), 'is not a time'),
});
export const signalBody = z.discriminatedUnion('status', [
  z.object({ status: z.literal('ok') }),
  z.object({
    status: z.enum(['refused', 'unavailable', 'error']),
    code: z.string(),
    reason: z.string(),
    fix: z.string().nullable(),
  }),
]);
export type SignalBody = z.infer<typeof signalBody>;
