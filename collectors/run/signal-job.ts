import type { Pool } from 'pg';
import type { JobHandler } from '@/collectors/run/serve-jobs';
import { readWatchedInstance } from '@/collectors/store/watched-instances';
import { open } from '@/lib/secret/open';
import type { Target } from './engine';

/** Ends the statement that runs, or the session. */
export type SignalVerb = 'cancel' | 'terminate';
export type SignalAnswer =
  | { status: 'ok' }
  | { status: 'refused' | 'unavailable'; code: string; reason: string; fix: string | null };

/** One way for each engine. @param session as its reading of the sessions named it */
export type Signal = (
  target: Target,
  verb: SignalVerb,
  session: { pid: number; started: string },
  applicationName: string,
) => Promise<SignalAnswer>;

type Payload = { instance_id: number; verb: SignalVerb; pid: number; started: string };

export const refused = (code: string, reason: string, fix: string | null = null): SignalAnswer => ({
  ...{ status: 'refused', code, reason, fix },
});

/** Ends what an operator asked to end, with the login that watches. */
export function signalJob(options: {
  db: Pool;
  rootKey: string;
  applicationName: string;
  /** By engine of the instance. */
  signals: Readonly<Record<string, Signal>>;
}): JobHandler {
  return async ({ payload }) => {
    const { instance_id, verb, pid, started } = payload as Payload;
    const instance = await readWatchedInstance(options.db, instance_id);
    if (!instance) return refused('gone', 'The instance is no longer watched.');
    const signal = options.signals[instance.engine];
    if (!signal)
      return refused('engine', `Sessions of ${instance.engine} are not ended from here.`);
    const { host, port, database, user, tls } = instance;
    const place = { table: 'instance', row: String(instance.id), column: 'password' };
    const password =
      instance.password === null ? null : open(options.rootKey, instance.password, place);
    const target = { host, port, database, user, tls, password };
    return signal(target, verb, { pid, started }, options.applicationName);
  };
}
