import { z } from 'zod';
import { storedUses } from '@/lib/headroom/stored-on';

const number = z.number().nullable();

export const disksBody = z.object({
  at: z.number(),
  /** Over which growth is looked at. */
  window_ms: z.number(),
  disks: z.array(
    z.object({
      instance: z.string(),
      /** What the server keeps there. */
      uses: z.array(z.enum(storedUses)),
      /** As the server names it; a symbolic link beneath is not seen, and a container's path is the container's. */
      paths: z.array(z.string()),
      /** Of the machine; null with the reason in `unknown`. */
      mount: z.string().nullable(),
      unknown: z.enum(['path_not_told', 'machine_not_read', 'no_such_mount']).nullable(),
      size_bytes: number,
      available_bytes: number,
      used_ratio: number,
      /** If it grows on as in the last 6 hours; null when it does not grow or that is unknown. */
      days_to_full: number,
      /** Null until half an hour was seen. */
      growth_bytes_per_day: number,
      /** By how much it was filled in the window; null where that was not followed. */
      grown_bytes: number,
      /** What of it grew, most first. What is left of `grown_bytes` belongs to nothing that is watched. */
      grew: z.array(
        z.object({
          kind: z.enum(['table', 'wal', 'binlog']),
          name: z.string().nullable(),
          grown_bytes: z.number(),
        }),
      ),
    }),
  ),
});
export type DisksBody = z.output<typeof disksBody>;
