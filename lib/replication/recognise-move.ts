/** The role of primary went from one server to another: wanted or not, and how long nobody took writes. Pure. */
import { takesWrites } from './facts';
import { type Member, presentFacts } from './find-upstream';
import type { ReplicationEvent } from './replication-events';

/** The last one that took writes alone. */
export type KnownPrimary = {
  instance: string;
  name: string;
  /** When it was last read as taking writes, and when its log was last seen to grow. */
  lastAt: number;
  lastWriteAt: number | null;
};

/** In a switchover the old primary comes back as a replica within this. */
const returnsWithinMs = 20_000;
/** A log that had not grown for this long before was idle: its last write says nothing about the move. */
const idleMs = 60_000;

/**
 * Null while there is none, or while it is not decided which kind it is: the state before stays as it was. The last write
 * is the last that the new primary had of the old one, where it tells, else the last that a poll saw; the first on the new
 * one is known to a poll.
 */
export function recogniseMove(
  before: KnownPrimary,
  instance: string,
  members: readonly Member[],
  now: number,
): ReplicationEvent | null {
  const next = members.find((one) => one.instance === instance);
  const facts = presentFacts(next ?? null, now);
  if (next === undefined || facts === null) return null;
  const old = members.find((one) => one.instance === before.instance);
  const oldFacts = presentFacts(old ?? null, now);
  const follows =
    oldFacts !== null && (oldFacts.receivers.length > 0 || takesWrites(oldFacts) === false);
  const since = facts.writable.since ?? facts.at;
  if (!follows && now - since < returnsWithinMs) return null;
  const skew = old?.facts?.skewMs ?? 0;
  const replayed = facts.lastReplayedAt ? facts.lastReplayedAt - skew : null;
  const lastWrite =
    [replayed, before.lastWriteAt].find(
      (at) => at !== null && before.lastAt - at < idleMs && at <= since,
    ) ?? before.lastAt;
  const kind = follows ? 'switchover' : 'failover';
  return {
    ...{ instance, kind, at: since },
    text: `${kind === 'failover' ? 'Failover' : 'Switchover'} from ${before.name} to ${next.name}`,
    details: {
      ...{ from: before.name, to: next.name, gap_ms: Math.max(0, since - lastWrite) },
      ...{ last_write_ms: lastWrite, first_write_ms: since },
    },
  };
}

/** The primary as it is to be remembered. */
export function knownPrimary(
  before: KnownPrimary | null,
  instance: string,
  members: readonly Member[],
  now: number,
): KnownPrimary | null {
  const member = members.find((one) => one.instance === instance);
  const facts = presentFacts(member ?? null, now);
  if (member === undefined || facts === null) return before;
  const index = facts.passed.findLastIndex(([, log]) => log !== facts.position.log);
  const grown = index < 0 ? null : (facts.passed[index + 1]?.[0] ?? null);
  const kept = before?.instance === instance ? before.lastWriteAt : null;
  return { instance, name: member.name, lastAt: facts.at, lastWriteAt: grown ?? kept };
}
