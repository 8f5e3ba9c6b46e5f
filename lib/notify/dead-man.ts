/** A sign of life to a place outside, which tells people when it stops coming: who watches the watcher. Server only. */

import type { Db } from '@/lib/storage/partitions';
import { readEvaluatedAt } from '@/lib/storage/read-alerts';
import { post } from './post';

export const deadManEveryMs = 60_000;
/** Three turns of the evaluator. */
const lateMs = 30_000;

/**
 * One sign of life, only while alerts are evaluated: a process that lives and does not evaluate is as good as dead.
 * @param url given by who runs the product, so that it may be inside the network
 */
export async function beat(
  db: Db,
  url: string,
  now = Date.now(),
): Promise<'told' | 'not_evaluated' | 'not_taken'> {
  const at = await readEvaluatedAt(db);
  if (at === null || now - at > lateMs) return 'not_evaluated';
  const body = JSON.stringify({ source: 'yagura', evaluated_at: at });
  const answer = await post(new URL(url), body, { allowPrivate: true });
  const taken = answer.kind === 'status' && answer.status >= 200 && answer.status < 300;
  return taken ? 'told' : 'not_taken';
}
