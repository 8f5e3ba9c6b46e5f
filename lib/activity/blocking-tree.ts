import type { LiveSession } from './live-session';

export type BlockingNode = {
  pid: number;
  /** Who waits for this one directly, longest wait first. */
  blocked: BlockingNode[];
  /** How many wait for it in all, directly or behind others. */
  waiting: number;
};

/**
 * Who holds up whom, as trees: each root holds others up and waits for nobody. A session that waits for several stands
 * under each. In a ring (a deadlock that was not found yet) every member waits: the one that waits longest is the root.
 * Roots with the most behind them come first.
 */
export function blockingTree(
  sessions: readonly Pick<LiveSession, 'pid' | 'blocked_by' | 'statement_ms'>[],
): BlockingNode[] {
  const waits = new Map(sessions.map((one) => [one.pid, one.statement_ms ?? 0]));
  const waiters = new Map<number, number[]>();
  const waiting = new Set<number>();
  for (const { pid, blocked_by } of sessions)
    for (const blocker of new Set(blocked_by)) {
      waiting.add(pid);
      waiters.set(blocker, [...(waiters.get(blocker) ?? []), pid]);
    }
  const longestFirst = (a: number, b: number) => (waits.get(b) ?? 0) - (waits.get(a) ?? 0) || a - b;
  const behind = (pid: number, seen: Set<number>): Set<number> => {
    for (const next of waiters.get(pid) ?? [])
      if (!seen.has(next)) {
        seen.add(next);
        behind(next, seen);
      }
    return seen;
  };
  const placed = new Set<number>();
  const node = (pid: number, above: readonly number[]): BlockingNode => {
    placed.add(pid);
    const all = behind(pid, new Set());
    all.delete(pid);
    return {
      pid,
      waiting: all.size,
      blocked: [...(waiters.get(pid) ?? [])]
        .filter((one) => one !== pid && !above.includes(one))
        .sort(longestFirst)
        .map((one) => node(one, [...above, pid])),
    };
  };
  const roots = [...waiters.keys()]
    .filter((pid) => !waiting.has(pid))
    .sort((a, b) => a - b)
    .map((pid) => node(pid, []));
  // What is left waits in rings.
  for (const pid of [...waiters.keys()].sort(longestFirst))
    if (!placed.has(pid)) roots.push(node(pid, []));
  return roots.sort((a, b) => b.waiting - a.waiting || a.pid - b.pid);
}
