/** How far a replica is behind, in time and bytes, shipping and applying told apart. Pure. */
import type { Receiver, ReplicationFacts, Sender } from './facts';
import { binlogBytes, passedAt } from './positions';

/** Where the milliseconds come from, the most exact first. */
export type LagSource =
  | 'heartbeat'
  | 'sender'
  | 'storage'
  | 'commit_times'
  | 'positions'
  | 'seconds';

export type Lag = {
  /** Null is unknown; 0 only when nothing is missing. */
  ms: number | null;
  source: LagSource | null;
  bytes: number | null;
  shippingMs: number | null;
  applyingMs: number | null;
  shippingBytes: number | null;
  applyingBytes: number | null;
  /** Whether anything is missing; null when the newest position is not known. */
  behind: boolean | null;
};

/**
 * The age of the last transaction applied grows on an idle primary too, and the time since the source went beyond what was
 * applied is known between two readings only: each is a bound from above, and what is missing is as old as the lower one.
 * The sender's own measure is taken while the replica moves: when replay stalls, it stays at its last value.
 * @param source the facts of the one whose log counts, when it answers
 */
export function measureLag(given: {
  at: number;
  receiver: Receiver;
  skewMs: number | null;
  source: ReplicationFacts | null;
  sender: Sender | null;
  heartbeat: { lagMs: number; at: number } | null;
  engine: ReplicationFacts['engine'];
}): Lag {
  const { receiver, source, engine } = given;
  const newest = newestPosition(given);
  const [received, applied] = [receiver.received.log, receiver.applied.log];
  // A standby that replays from its own pg_wal first has received no position yet.
  const got = received === null ? applied : Math.max(received, applied ?? received);
  const between = (from: number | null, to: number | null) =>
    from === null || to === null
      ? null
      : engine === 'postgres'
        ? Math.max(0, Math.round(to - from))
        : binlogBytes(from, Math.round(to));
  const behind = newest === null || applied === null ? knownMissing(receiver) : newest > applied;
  const age = (position: number | null): number | null => {
    if (position === null || newest === null) return null;
    if (newest <= position) return 0;
    const passed = source === null ? null : passedAt(source.passed, position);
    if (passed !== null) return Math.max(0, given.at - passed);
    // It went beyond after the last look at the source.
    const last = source?.passed.at(-1);
    return last && last[1] <= position ? Math.max(0, given.at - last[0]) : null;
  };
  const skew = (given.skewMs ?? 0) - (source?.skewMs ?? given.skewMs ?? 0);
  const corrected = (value: number | null) => (value === null ? null : Math.max(0, value - skew));
  const bound = least(age(applied), behind ? corrected(receiver.replayAgeMs) : null);
  const [ms, from] = pick(given, behind, bound, corrected);
  const shippedAge = age(got);
  const shippingMs =
    shippedAge === null ? null : ms === null ? shippedAge : Math.min(ms, shippedAge);
  return {
    ...{ ms, source: from, behind },
    bytes: between(applied, newest),
    shippingMs: behind === false ? 0 : shippingMs,
    applyingMs: behind === false ? 0 : ms === null || shippingMs === null ? null : ms - shippingMs,
    shippingBytes: between(got, newest),
    applyingBytes: between(applied, got),
  };
}

/** What the source had written when the replica was read, and what it told the replica of. */
function newestPosition({
  at,
  receiver,
  source,
}: {
  at: number;
  receiver: Receiver;
  source: ReplicationFacts | null;
}): number | null {
  const known = [receiver.told, receiver.received.log].filter((one) => one !== null);
  const written = source === null ? null : positionAt(source, at);
  if (written !== null) return Math.max(written, ...known);
  return receiver.told === null ? null : Math.max(...known);
}

/** Between two readings the log is taken to grow evenly. */
export function positionAt({ passed, position }: ReplicationFacts, at: number): number | null {
  const index = passed.findLastIndex(([when]) => when <= at);
  const [here, next] = [passed[index], passed[index + 1]];
  if (!here || !next) return here?.[1] ?? position.log;
  return here[1] + ((at - here[0]) / (next[0] - here[0])) * (next[1] - here[1]);
}

/** Without the source: what was received and not applied is missing; that nothing is missing cannot be told. */
function knownMissing({ received, applied }: Receiver): boolean | null {
  return received.log !== null && applied.log !== null && received.log > applied.log ? true : null;
}

/** Of one poll: a replica whose position stood still this long while something was missing is not moving. */
const stalledMs = 4_000;
const heartbeatLastsMs = 15_000;

function pick(
  given: {
    at: number;
    receiver: Receiver;
    sender: Sender | null;
    heartbeat: { lagMs: number; at: number } | null;
    engine: ReplicationFacts['engine'];
  },
  behind: boolean | null,
  bound: number | null,
  corrected: (value: number | null) => number | null,
): [number | null, LagSource | null] {
  const { receiver, sender, heartbeat } = given;
  if (heartbeat && Math.abs(given.at - heartbeat.at) <= heartbeatLastsMs)
    return [heartbeat.lagMs, 'heartbeat'];
  if (receiver.storageMs != null) return [receiver.storageMs, 'storage'];
  if (behind === false) return [0, 'positions'];
  const moving = receiver.applier === 'running' && (receiver.stalledMs ?? 0) < stalledMs;
  if (moving && sender !== null && sender.replayLagMs !== null)
    return [sender.replayLagMs, 'sender'];
  const applying = moving ? corrected(receiver.applyingAgeMs) : null;
  if (applying !== null) return [applying, 'commit_times'];
  if (bound !== null && behind)
    return [bound, bound === corrected(receiver.replayAgeMs) ? 'commit_times' : 'positions'];
  // Without the source a zero of its own words may be a dead link.
  if (receiver.saidMs !== null && (behind || receiver.saidMs > 0))
    return [receiver.saidMs, 'seconds'];
  return [null, null];
}

const least = (a: number | null, b: number | null) =>
  a === null ? b : b === null ? a : Math.min(a, b);
