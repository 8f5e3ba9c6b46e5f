import { z } from 'zod';
import { countField, idField, momentField, rangeFields, withRange } from './fields';

export const executionsQuery = z
  .strictObject({
    instance: idField.optional(),
    cluster: idField.optional(),
    ...rangeFields,
    statement: z
      .string()
      .regex(/^[0-9a-f]{16}$/, 'is not the id of a statement')
      .optional(),
    limit: countField(1, 500).default(50),
  })
  .superRefine((query, ctx) => {
    if (!query.instance && !query.cluster)
      ctx.addIssue({ code: 'custom', message: 'or `cluster` is needed', path: ['instance'] });
  })
  .transform(withRange);

export const executionsBody = z.object({
  /** Slowest first. Kept are the five slowest of each reading of a log. */
  executions: z.array(
    z.object({
      instance: z.string(),
      /** When it ended. */
      at: z.number(),
      duration_ms: z.number(),
      statement: z.string(),
      text: z.string(),
      database: z.string().nullable(),
      user: z.string().nullable(),
      application: z.string().nullable(),
    }),
  ),
  /** Of each instance up to when its log was read, and why not further. */
  logs: z.array(
    z.object({
      instance: z.string(),
      read_to: momentField,
      reason: z.string().nullable(),
      fix: z.string().nullable(),
    }),
  ),
});
export type ExecutionsBody = z.infer<typeof executionsBody>;
