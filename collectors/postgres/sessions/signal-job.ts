import type { Pool } from 'pg';
import type { JobHandler } from '@/collectors/run/serve-jobs';
import { readWatchedInstance } from '@/collectors/store/watched-instances';
import { open } from '@/lib/secret/open';
import { type SignalVerb, signalSession } from './signal-session';

type Payload = { instance_id: number; verb: SignalVerb; pid: number; started: string };

/** Ends what an operator asked to end, with the login that watches. */
export function signalJob(options: {
  db: Pool;
  rootKey: string;
  applicationName: string;
}): JobHandler {
  return async ({ payload }) => {
    const { instance_id, verb, pid, started } = payload as Payload;
    const instance = await readWatchedInstance(options.db, instance_id);
    if (!instance)
      return {
        status: 'refused',
        code: 'gone',
        reason: 'The instance is no longer watched.',
        fix: null,
      };
    if (instance.engine !== 'postgres')
      return {
        status: 'refused',
        code: 'other_engine',
        reason: 'Sessions of MySQL and MariaDB cannot be ended from here yet.',
        fix: null,
      };
    const { host, port, database, user, tls } = instance;
    const place = { table: 'instance', row: String(instance.id), column: 'password' };
    const password =
      instance.password === null ? null : open(options.rootKey, instance.password, place);
    const target = { host, port, database, user, tls, password };
    return signalSession(target, verb, { pid, started }, options.applicationName);
  };
}
