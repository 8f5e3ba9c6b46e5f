import type { Pool } from 'pg';
import { readWatchedInstance } from '@/collectors/store/watched-instances';
import type { InstanceSettings } from '@/lib/inventory/settings';
import { writeSettings, writeSettingsFailure } from '@/lib/storage/write-settings';
import { type BeginBeside, inLane, repeat } from './beside';
import type { Target } from './engine';
import { Failure } from './failure';
import { monitoringLogin } from './login-of';

const everyMs = 5 * 60_000;

/** Connects, reads and closes; the signal cuts it short. @throws Failure */
export type SettingsReader = (
  target: Target,
  applicationName: string,
  signal: AbortSignal,
) => Promise<InstanceSettings>;

/** Keeps the settings and extensions of each instance; what changed between two readings becomes an event. */
export function watchSettings(options: {
  read: SettingsReader;
  db: Pool;
  rootKey: string;
  applicationName: string;
  log(message: string): void;
  firstMs?: number;
  everyMs?: number;
}): BeginBeside {
  const { db, rootKey, applicationName } = options;
  return ({ id }, lease) =>
    repeat({
      firstMs: options.firstMs ?? 1_000 + ((id * 6_007) % 10_000),
      everyMs: options.everyMs ?? everyMs,
      onError: (error) =>
        options.log(`settings of instance ${id}: ${(error as Error).stack ?? String(error)}`),
      work: async (signal) => {
        const instance = await readWatchedInstance(db, id);
        if (!instance) return;
        try {
          const target = monitoringLogin(instance, instance.database, rootKey);
          const name = `${applicationName} settings`;
          const read = await inLane(id, () => options.read(target, name, signal));
          await writeSettings(db, lease, read);
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof Failure)) throw error;
          await writeSettingsFailure(db, lease, error.toJSON());
        }
      },
    });
}
