import type { Pool } from 'pg';
import type { Insight } from '@/lib/alert/insight';
import type { AlertContent } from '@/lib/alert/message-content';
import type { SessionBody } from '@/lib/contract';
import { compareStatements } from './compare-statements';
import { readActivity } from './read-activity';
import { readVerdict } from './read-verdict';

const minuteMs = 60_000;
/** Sessions older than this are not what goes on now. */
const presentMs = 2 * minuteMs;

/** What is known of the cause of an alert; a part that cannot be read is null, and never holds up the message. */
export async function readInsight(
  db: Pool,
  { instance, cluster }: Pick<AlertContent, 'instance' | 'cluster'>,
  now: number,
): Promise<Insight> {
  const [verdict, activity, statement] = await Promise.all([
    orNull(readVerdict(db, Number(cluster.id), now)),
    orNull(readActivity(db, instance.id)),
    orNull(worseStatement(db, Number(instance.id), now)),
  ]);
  const seen = activity?.at != null && now - activity.at < presentMs ? activity : null;
  const [blocker] = (seen?.blocking ?? []).toSorted((a, b) => b.waiting - a.waiting);
  return {
    layer: verdict && { state: verdict.state, first: verdict.first },
    wait: topWait(seen?.sessions ?? []),
    blocker: blocker ? { pid: blocker.blocker, waiting: blocker.waiting } : null,
    statement,
  };
}

/** PostgreSQL's waits of those that have nothing to do. */
const idleWaits = ['Activity', 'Client'];

const orNull = <T>(read: Promise<T>): Promise<T | null> => read.catch(() => null);

function topWait(sessions: readonly SessionBody[]): Insight['wait'] {
  const counts = new Map<string, number>();
  for (const { wait, state } of sessions)
    if (wait && state !== 'idle' && !idleWaits.includes(wait.class)) {
      const name = wait.event ? `${wait.class}: ${wait.event}` : wait.class;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  const [top] = [...counts].sort(([, a], [, b]) => b - a);
  return top ? { name: top[0], sessions: top[1] } : null;
}

/** Against the three quarters of an hour before, beyond noise. */
async function worseStatement(db: Pool, id: number, now: number): Promise<Insight['statement']> {
  const compared = await compareStatements(db, {
    ...{ instanceIds: [id], from: now - 15 * minuteMs, to: now, limit: 5 },
    ...{ before_from: now - 60 * minuteMs, before_to: now - 15 * minuteMs },
  });
  for (const { id, text, state, mean_ratio, beyond_noise } of compared.statements)
    if (state === 'new' || (state === 'slower' && beyond_noise))
      return { id, text, state, ratio: mean_ratio };
  return null;
}
