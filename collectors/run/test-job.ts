import type { Pool } from 'pg';
import { testConnection } from '@/collectors/postgres/test-connection';
import { readWatchedInstance } from '@/collectors/store/watched-instances';
import type { Metric } from '@/lib/metric/define-metric';
import { open } from '@/lib/secret/open';
import type { Target } from './engine';
import type { JobHandler } from './serve-jobs';

type Payload = Omit<Target, 'password'> & { instance_id?: number };

/** Connects as the form says, with the given password or the stored one of an instance, and says what would be seen. */
export function testJob(options: {
  db: Pool;
  rootKey: string;
  metrics: readonly Metric[];
  applicationName: string;
}): JobHandler {
  return async (job) => {
    const { instance_id, host, port, database, user, tls } = job.payload as Payload;
    const password = await passwordOf(job, instance_id, options);
    const target = { host, port, database, user, tls, password };
    return testConnection(target, options.metrics, options.applicationName);
  };
}

async function passwordOf(
  job: { id: string; sealed: string | null },
  instanceId: number | undefined,
  { db, rootKey }: { db: Pool; rootKey: string },
): Promise<string | null> {
  if (job.sealed !== null)
    return open(rootKey, job.sealed, { table: 'job', row: job.id, column: 'sealed' });
  if (instanceId === undefined) return null;
  const stored = await readWatchedInstance(db, instanceId);
  if (!stored?.password) return null;
  return open(rootKey, stored.password, {
    table: 'instance',
    row: String(instanceId),
    column: 'password',
  });
}
