import { z } from 'zod';
import { lineField } from './fields';
import { ineligibleReason } from './route';

/**
 * What a read needs: `strong` the newest committed data, `session` at least what the same user wrote, `eventual` data of
 * some age.
 */
export const consistencyField = z.enum(
  ['strong', 'session', 'eventual'],
  'is strong, session or eventual',
);
export type Consistency = z.infer<typeof consistencyField>;

const maxLagField = z
  .number()
  .int('is not a whole number')
  .min(0, 'is below 0')
  .max(86_400_000, 'is above a day')
  .nullish()
  .describe(
    'session: milliseconds that pass between a write and such a read; eventual: how old data may be; none for strong',
  );
const withLag = <T extends { consistency: Consistency; max_lag_ms?: number | null | undefined }>(
  input: T,
  ctx: { addIssue(issue: { code: 'custom'; message: string; path: string[] }): void },
) => {
  const given = input.max_lag_ms ?? null;
  if (input.consistency === 'strong' && given !== null)
    ctx.addIssue({ code: 'custom', message: 'is none for strong', path: ['max_lag_ms'] });
  if (input.consistency !== 'strong' && given === null)
    ctx.addIssue({ code: 'custom', message: 'is missing', path: ['max_lag_ms'] });
  return { ...input, max_lag_ms: given };
};

export const readPathInput = z
  .strictObject({
    service: lineField(63),
    name: lineField(100).describe('The screen, or the read'),
    consistency: consistencyField,
    max_lag_ms: maxLagField,
  })
  .transform(withLag);
export const readPathPatch = z
  .strictObject({ consistency: consistencyField, max_lag_ms: maxLagField })
  .transform(withLag);

const serverField = z.object({ instance: z.string(), name: z.string() });
export const readPathBody = z.object({
  id: z.string(),
  service: z.string(),
  name: z.string(),
  consistency: consistencyField,
  max_lag_ms: z.number().nullable(),
  /** Who serves it now: the primary first, then replicas. Empty: nobody. */
  served_by: z.array(serverField),
  /** `staleness_unknown`, `staleness_too_high`: the 99th percentile of the last hour, by the heartbeat. */
  not_served_by: z.array(
    serverField.extend({
      reason: z.enum([
        ...ineligibleReason.options,
        ...(['strong_needs_primary', 'staleness_unknown', 'staleness_too_high'] as const),
      ]),
    }),
  ),
  updated_at: z.number(),
  updated_by: z.string(),
});
export type ReadPathBody = z.infer<typeof readPathBody>;
export const readPathsBody = z.object({ reads: z.array(readPathBody) });
export type ReadPathsBody = z.infer<typeof readPathsBody>;
