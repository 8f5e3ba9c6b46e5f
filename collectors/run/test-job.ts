import type { Pool } from 'pg';
import { readWatchedInstance } from '@/collectors/store/watched-instances';
import { open } from '@/lib/secret/open';
import type { Target } from './engine';
import type { JobHandler } from './serve-jobs';
import {
  type ConnectionProbe,
  type ConnectionTest,
  type ExplainLoginTest,
  testConnection,
} from './test-connection';

type Payload = Omit<Target, 'password'> & {
  engine?: string;
  /** Whose stored password the monitoring login has, when none was given. */
  instance_id?: number;
  /** The separate EXPLAIN login; its stored password is that of `explain_instance_id`. */
  explain_user?: string;
  explain_instance_id?: number;
};
type Column = 'password' | 'explain_password';
/** The job's sealed text: the passwords that were given. */
type Given = Partial<Record<Column, string>>;
type Options = {
  db: Pool;
  rootKey: string;
  /** By the engine of the instance. */
  probes: Record<string, ConnectionProbe>;
  applicationName: string;
};

/** Connects as the form says, with the given passwords or the stored ones of an instance, and says what would be seen. */
export function testJob(options: Options): JobHandler {
  return async (job): Promise<ConnectionTest & { explain: ExplainLoginTest | null }> => {
    const payload = job.payload as Payload;
    const { host, port, database, user, tls } = payload;
    const given: Given =
      job.sealed === null
        ? {}
        : JSON.parse(
            open(options.rootKey, job.sealed, { table: 'job', row: job.id, column: 'sealed' }),
          );
    const password =
      given.password ?? (await storedPassword(options, payload.instance_id, 'password'));
    const target = { host, port, database, user, tls, password };
    const engine = payload.engine ?? 'postgres';
    const probe = options.probes[engine];
    if (probe === undefined) throw new Error(`nobody tests ${engine}`);
    const result = await testConnection(probe, target, options.applicationName);
    if (payload.explain_user === undefined) return { ...result, explain: null };
    const login = {
      ...target,
      user: payload.explain_user,
      password:
        given.explain_password ??
        (await storedPassword(options, payload.explain_instance_id, 'explain_password')),
    };
    const explain = await probe.testExplainLogin(login, target, options.applicationName);
    return { ...result, explain };
  };
}

async function storedPassword(
  { db, rootKey }: Options,
  instanceId: number | undefined,
  column: Column,
): Promise<string | null> {
  if (instanceId === undefined) return null;
  const stored = await readWatchedInstance(db, instanceId);
  const sealed = column === 'password' ? stored?.password : stored?.explainPassword;
  if (!sealed) return null;
  return open(rootKey, sealed, { table: 'instance', row: String(instanceId), column });
}
