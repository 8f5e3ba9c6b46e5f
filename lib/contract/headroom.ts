import { z } from 'zod';

export const headroomBody = z.object({
  at: z.number(),
  /** `proportional`: use of each resource grows in proportion to load, from the 95th percentile of the window. */
  assumption: z.literal('proportional'),
  window_ms: z.number(),
  /** Nearest to its end first, unknown ones last. */
  resources: z.array(
    z.object({
      id: z.enum(['connections', 'cpu', 'disk_busy']),
      /** The instance or machine it belongs to. */
      of: z.string(),
      /** 95th percentile of the share in use. */
      used: z.number().nullable(),
      /** How many times the load of the window fits. */
      factor: z.number().nullable(),
      /** The true factor may be larger: a disk that is busy all the time may still serve more at once. */
      at_least: z.boolean(),
      unknown: z.enum(['not_measured', 'too_little', 'unused']).nullable(),
    }),
  ),
});
export type HeadroomBody = z.output<typeof headroomBody>;
