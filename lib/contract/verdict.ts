import { z } from 'zod';

const layerField = z.enum(['application', 'database', 'infrastructure']);

export const verdictBody = z.object({
  /** When it was found. */
  at: z.number(),
  /** `calm`: nothing left what is usual for it in the last quarter of an hour; `recovered`: something did, and is back. */
  state: z.enum(['calm', 'moved', 'recovered', 'unknown']),
  /** The layer in which the problem is; null when that cannot be told. */
  first: layerField.nullable(),
  because: z.enum(['alone', 'before', 'demand', 'work', 'saturated', 'between']).nullable(),
  /** Layers that moved, in order of time. */
  moves: z.array(
    z.object({
      layer: layerField,
      at: z.number(),
      /** Strongest first. */
      evidence: z.array(
        z.object({
          id: z.string(),
          /** Whose it is, when the cluster has several. */
          of: z.string().nullable(),
          at: z.number(),
          before: z.number(),
          after: z.number(),
          ended_at: z.number().nullable(),
          unit: z.enum(['ms', 'count', 'ratio', 'bytes']),
          per_second: z.boolean(),
        }),
      ),
    }),
  ),
  calm: z.array(layerField),
  unmeasured: z.array(layerField),
});
export type VerdictBody = z.infer<typeof verdictBody>;
