import { z } from 'zod';
import { idField, momentField } from './fields';

export const progressQuery = z.strictObject({ instance: idField });

export const progressBody = z.object({
  instance: z.string(),
  /** When it was last looked for; null when never. */
  at: momentField,
  /** The longest running first. */
  operations: z.array(
    z.object({
      key: z.string(),
      /** vacuum, analyze, create-index, cluster (also VACUUM FULL), copy, base-backup. */
      operation: z.string(),
      /** In the words of PostgreSQL. */
      phase: z.string(),
      database: z.string().nullable(),
      table: z.string().nullable(),
      /** Of the phase, 0 to 1; null where the server does not know the total. */
      share: z.number().nullable(),
      done: z.number().nullable(),
      total: z.number().nullable(),
      unit: z.enum(['pages', 'rows', 'indexes', 'lockers', 'statistics', 'bytes']),
      running_ms: z.number().nullable(),
    }),
  ),
});
export type ProgressBody = z.infer<typeof progressBody>;
