import type { Status } from '@/components/ui/StatusMark';
import type { ActivityBody, SessionBody } from '@/lib/contract';

/** Open this long without doing anything, a transaction is a fault of its application. */
const idleTooLongMs = 60_000;
/** Older sessions than this are not called the present. */
export const staleMs = 25_000;

export type ActivitySentence = {
  code: 'never' | 'unavailable' | 'stale' | 'blocked' | 'idleTransaction' | 'calm';
  status: Status;
  /** The session the sentence is about. */
  about: SessionBody | null;
  waiting: number;
  active: number;
  idleInTransaction: number;
};

/** The answer on top of the page. Pure; `now` in epoch ms. */
export function describeActivity(body: ActivityBody, now: number): ActivitySentence {
  const clients = body.sessions.filter((one) => one.kind === 'client');
  const idle = clients.filter((one) => one.state?.startsWith('idle in transaction'));
  const counts = {
    waiting: body.sessions.filter((one) => one.blocked_by.length > 0).length,
    active: clients.filter((one) => one.state === 'active').length,
    idleInTransaction: idle.length,
  };
  const say = (
    code: ActivitySentence['code'],
    status: Status,
    about: SessionBody | null = null,
  ): ActivitySentence => ({ code, status, about, ...counts });
  if (body.unavailable) return say('unavailable', 'unknown');
  if (body.at === null) return say('never', 'unknown');
  if (now - body.at > staleMs) return say('stale', 'unknown');
  const [root] = body.blocking;
  if (root) {
    const blocker = body.sessions.find((one) => one.pid === root.blocker) ?? null;
    const longest = Math.max(
      0,
      ...body.sessions.filter((one) => one.blocked_by.length).map((one) => one.statement_ms ?? 0),
    );
    return say('blocked', longest > 60_000 || root.waiting > 5 ? 'critical' : 'warning', blocker);
  }
  const oldest = idle.reduce<SessionBody | null>(
    (most, one) => ((one.state_ms ?? 0) > (most?.state_ms ?? idleTooLongMs) ? one : most),
    null,
  );
  return oldest ? say('idleTransaction', 'warning', oldest) : say('calm', 'ok');
}

/** How a session is to be looked at. @param queue the status of the page, for who waits or holds others up */
export function sessionStatus(session: SessionBody, blocks: boolean, queue: Status): Status {
  if (session.state === null) return 'unknown';
  if (blocks || session.blocked_by.length > 0) return queue;
  const idle = session.state.startsWith('idle in transaction');
  return idle && (session.state_ms ?? 0) > idleTooLongMs ? 'warning' : 'ok';
}
