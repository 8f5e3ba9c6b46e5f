import type { Pool } from 'pg';
import { type BeginBeside, inLane, repeat } from '@/collectors/run/beside';
import { Failure } from '@/collectors/run/failure';
import { monitoringLogin } from '@/collectors/run/login-of';
import { readWatchedInstance } from '@/collectors/store/watched-instances';
import { writeSettings, writeSettingsFailure } from '@/lib/storage/write-settings';
import { withSession } from '../session/with-session';
import { readSettings } from './read-settings';

const everyMs = 5 * 60_000;

/** Keeps the settings and extensions of each instance; what changed between two readings becomes an event. */
export function watchSettings(options: {
  db: Pool;
  rootKey: string;
  applicationName: string;
  log(message: string): void;
  firstMs?: number;
  everyMs?: number;
}): BeginBeside {
  const { db, rootKey, applicationName } = options;
  return ({ id, engine }, lease) =>
    repeat({
      firstMs: options.firstMs ?? 1_000 + ((id * 6_007) % 10_000),
      everyMs: options.everyMs ?? everyMs,
      onError: (error) =>
        options.log(`settings of instance ${id}: ${(error as Error).stack ?? String(error)}`),
      work: async (signal) => {
        const instance = engine === 'postgres' ? await readWatchedInstance(db, id) : null;
        if (!instance) return;
        try {
          const target = monitoringLogin(instance, instance.database, rootKey);
          const name = `${applicationName} settings`;
          const read = await inLane(id, () => withSession(target, name, signal, readSettings));
          await writeSettings(db, lease, read);
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof Failure)) throw error;
          await writeSettingsFailure(db, lease, error.toJSON());
        }
      },
    });
}
