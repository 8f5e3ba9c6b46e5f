import { z } from 'zod';
import { countField, idField, rangeFields, withRange } from './fields';

export const tagGroupsQuery = z
  .strictObject({
    instance: idField.optional(),
    cluster: idField.optional(),
    ...rangeFields,
    name: z
      .string()
      .regex(/^[a-z_]{1,32}$/, 'is not the name of a tag, such as `route`')
      .describe('Which tag of the comments: `route`, `controller`, `action`, `application`, `job`'),
    limit: countField(1, 500).default(50),
  })
  .superRefine((query, ctx) => {
    if (!query.instance && !query.cluster)
      ctx.addIssue({ code: 'custom', message: 'or `cluster` is needed', path: ['instance'] });
  })
  .transform(withRange);

const group = z.object({ statements: z.number(), calls: z.number(), total_ms: z.number() });

export const tagGroupsBody = z.object({
  name: z.string(),
  /** The costliest first. A statement counts with the newest tag stored of it: a hint, not an account. */
  groups: z.array(group.extend({ value: z.string(), share: z.number().nullable() })),
  /** What the limit left out. */
  other: group,
  /** Statements without this tag. */
  untagged: group,
  /** Null when no reading of the window is stored. */
  total_ms: z.number().nullable(),
});
export type TagGroupsBody = z.infer<typeof tagGroupsBody>;
