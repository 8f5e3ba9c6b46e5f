import { z } from 'zod';
import { countField, idField, lineField, rangeFields, withRange } from './fields';

/** What load can be sliced by. */
export const loadSlices = [
  'wait',
  'event',
  'statement',
  'user',
  'application',
  'database',
  'blocker',
  'instance',
] as const;
export type LoadSlice = (typeof loadSlices)[number];

const only = lineField(300).optional();

export const loadQuery = z
  .strictObject({
    instance: idField.optional(),
    cluster: idField.optional(),
    ...rangeFields,
    points: countField(1, 1000).default(180),
    by: z.enum(loadSlices).default('wait'),
    top: countField(1, 30).default(10).describe('Slices beyond these are summed in `other`.'),
    wait: only.describe('Only load of this class of wait; the next ones likewise.'),
    event: only,
    statement: only,
    user: only,
    application: only,
    database: only,
    blocker: only,
  })
  .superRefine((query, ctx) => {
    if (!query.instance && !query.cluster)
      ctx.addIssue({ code: 'custom', message: 'or `cluster` is needed', path: ['instance'] });
  })
  .transform(withRange);

const points = z.array(z.tuple([z.number(), z.number().nullable()]));

export const loadBody = z.object({
  window: z.object({ from: z.number(), to: z.number() }),
  step_ms: z.number(),
  by: z.enum(loadSlices),
  /** Cores of the hosts in sight; null when one of them is not known. */
  cores: z.number().nullable(),
  /** Average active sessions over what was sampled in the window; null when nothing was. */
  average: z.number().nullable(),
  /** Samples taken: one a second at best. */
  samples: z.number(),
  /** Instances sampled less than nine tenths of what the best sampled one was: the sum is too low by theirs. */
  unsampled: z.array(z.string()),
  slices: z.array(
    z.object({
      /** What the slice is called in filters; null is what has no name there (unknown, or not waiting for a blocker). */
      key: z.string().nullable(),
      average: z.number(),
      share: z.number(),
      /** For `by=statement`: its text, when it is known. */
      text: z.string().nullable(),
      /** Our id of the statement, when it is known. */
      statement: z.string().nullable(),
      points,
    }),
  ),
  other: z.object({ slices: z.number(), average: z.number(), points }),
});
export type LoadBody = z.infer<typeof loadBody>;
