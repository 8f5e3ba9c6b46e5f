/** Which of a channel's waiting messages go next, and which go as one. Pure. */
import type { Content } from './render';

export type Waiting = {
  id: string;
  alertId: string | null;
  message: string;
  content: Content;
  attempts: number;
  plain: boolean;
  due: boolean;
  ageMs: number;
};

export type Batch = { list: Waiting[]; attempts: number; plain: boolean; ageMs: number };

/** Above these the queue is told as one digest. */
const longestQueue = 20;
const oldestMs = 60_000;

/**
 * The oldest message that is due and has none of its own alert before it; later ones of that alert go with it. A long or
 * old queue goes as one.
 * @param waiting in the order they were written
 * @param together whether the service can be told several things in one message
 */
export function pickBatch(waiting: readonly Waiting[], together: boolean): Batch | null {
  const [first] = waiting;
  if (!first || !waiting.some((one) => one.due)) return null;
  const ofAlerts = waiting.filter((one) => one.alertId !== null);
  const oldest = Math.max(0, ...ofAlerts.map((one) => one.ageMs));
  const long = ofAlerts.length > longestQueue || (ofAlerts.length > 1 && oldest > oldestMs);
  if (together && long) {
    // What came meanwhile waits with the oldest: a channel that fails is not asked again for each of them.
    if (ofAlerts[0]?.due) return batchOf(ofAlerts);
    const other = waiting.find((one) => one.alertId === null && one.due);
    return other ? batchOf([other]) : null;
  }
  const seen = new Set<string>();
  for (const one of waiting) {
    const blocked = one.alertId !== null && seen.has(one.alertId);
    if (one.alertId !== null) seen.add(one.alertId);
    if (blocked || !one.due) continue;
    if (one.alertId === null || !together) return batchOf([one]);
    return batchOf(waiting.filter((other) => other.alertId === one.alertId));
  }
  return null;
}

function batchOf(list: Waiting[]): Batch {
  return {
    list,
    attempts: Math.max(...list.map((one) => one.attempts)),
    plain: list.some((one) => one.plain),
    ageMs: Math.max(...list.map((one) => one.ageMs)),
  };
}
