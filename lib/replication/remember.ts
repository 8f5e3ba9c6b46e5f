/** What one reading alone does not tell: since when it is so. Pure. */
import { type LogPosition, type Receiver, type ReplicationFacts, takesWrites } from './facts';
import { addPassed } from './positions';

/** A reading with what the ones before it, of the same instance, add to it. */
export function remember(
  before: ReplicationFacts | null,
  facts: ReplicationFacts,
): ReplicationFacts {
  const same = before !== null && isSameServer(before, facts) ? before : null;
  const since =
    same !== null && takesWrites(same) === takesWrites(facts) ? same.writable.since : null;
  return {
    ...facts,
    wroteAsReplica: same && facts.receivers.length > 0 ? ownWrite(same, facts) : null,
    writable: { ...facts.writable, since: since ?? facts.at },
    passed: addPassed(same?.passed ?? [], facts.at, facts.position.log),
    receivers: facts.receivers.map((one) => {
      const old = same?.receivers.find(({ channel }) => channel === one.channel);
      return old && same ? { ...one, ...motion(old, one, facts.at - same.at) } : one;
    }),
  };
}

/** MariaDB keeps the last transaction of each server and domain: its own grows only by what it writes itself. */
function ownWrite(before: ReplicationFacts, now: ReplicationFacts): string | null {
  if (before.receivers.length === 0 || now.origins === null) return null;
  const { serverId } = now.identity;
  const own = (text: string | null) => {
    const found = [...(text ?? '').matchAll(/(\d+)-(\d+)-(\d+)/g)];
    return found.filter((m) => Number(m[2]) === serverId).map((m) => m[0]);
  };
  const known = own(before.origins);
  return own(now.origins).find((gtid) => !known.includes(gtid)) ?? before.wroteAsReplica;
}

/** A server that was promoted keeps its log; another server behind the same address does not. */
function isSameServer(a: ReplicationFacts, b: ReplicationFacts): boolean {
  return a.identity.system === b.identity.system && a.identity.server === b.identity.server;
}

function motion(old: Receiver, one: Receiver, passedMs: number) {
  const unmoved = (a: LogPosition, b: LogPosition, was: number | null) =>
    a.log === b.log && a.gtid === b.gtid ? (was ?? 0) + passedMs : 0;
  return {
    quietMs: unmoved(old.received, one.received, old.quietMs),
    stalledMs: unmoved(old.applied, one.applied, old.stalledMs),
  };
}
