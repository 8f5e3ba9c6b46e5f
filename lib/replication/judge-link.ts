/** What state one stream of a replica is in, and why. Pure. */
import type { Receiver, ReplicationError, ReplicationFacts } from './facts';
import type { Lag } from './measure-lag';

export type LinkState =
  | 'streaming'
  | 'idle'
  | 'catching_up'
  | 'delayed'
  | 'stopped'
  | 'disconnected'
  | 'unknown';

export type LinkCause =
  | 'replica_down'
  | 'not_read'
  | 'no_source'
  | 'source_down'
  | 'source_not_seen'
  | 'source_unreachable'
  | 'position_unknown'
  | 'replay_paused'
  | 'replication_stopped'
  | 'receiver_stopped'
  | 'receiver_error'
  | 'receiver_not_running'
  | 'receiver_silent'
  | 'applier_stopped'
  | 'applier_error'
  | 'timeline_diverged'
  | 'slot_lost'
  | 'delayed_on_purpose'
  | 'recovery_conflict'
  | 'slow_network'
  | 'slow_apply'
  | 'upstream_behind'
  | 'from_archive'
  | 'group_recovering'
  | 'group_left'
  | 'group_no_quorum';

export type Judgement = {
  state: LinkState;
  cause: LinkCause | null;
  error: ReplicationError | null;
};

/** What is known of the one it follows. */
export type SourceView = {
  /** Null: nobody watches it. */
  up: boolean | null;
  facts: ReplicationFacts | null;
};

/** wal_receiver_status_interval is 10 s and SOURCE_HEARTBEAT_PERIOD 30 s by default: twice and more is silence. */
const silentMs = { postgres: 30_000, mysql: 75_000, mariadb: 75_000 };
/** While the source writes, something comes with every write: as long as a poll without any is a dead link. */
const silentWhileWritingMs = 8_000;
const betweenPollsMs = 4_000;
const behindMs = 10_000;
const behindBytes = 64 * 1024 * 1024;
/** A position that moved within this is work, else it rests. */
const restingMs = 15_000;

export function judgeLink(
  receiver: Receiver,
  lag: Lag,
  source: SourceView,
  own: ReplicationFacts,
): Judgement {
  if (receiver.fromArchive) return stoppedApplier(receiver) ?? archiveLink(lag, source);
  return (
    brokenLink(receiver, source, own) ??
    stoppedApplier(receiver) ??
    silentLink(receiver, lag, own) ??
    runningLink(receiver, lag, source)
  );
}

const says = (
  state: LinkState,
  cause: LinkCause | null,
  error: ReplicationError | null = null,
): Judgement => ({ state, cause, error });

function brokenLink(
  { receiver, applier, receiverError, applierError, upstream }: Receiver,
  source: SourceView,
  own: ReplicationFacts,
): Judgement | null {
  if (receiver === null) return says('unknown', 'not_read');
  if (receiver === 'running') return null;
  if (own.engine === 'postgres') {
    // Somebody stopped replay: that is so whatever became of the link.
    if (applier === 'paused') return says('stopped', 'replay_paused');
    const theirs = source.facts?.identity.timeline ?? null;
    const slot = source.facts?.slots.find(({ name }) => name === upstream.slot);
    if (source.up === false) return says('disconnected', 'source_down');
    if (slot?.walStatus === 'lost') return says('disconnected', 'slot_lost');
    if (theirs !== null && own.identity.timeline !== null && theirs !== own.identity.timeline)
      return says('disconnected', 'timeline_diverged');
    return says('disconnected', 'receiver_not_running');
  }
  if (applierError !== null && applier !== 'running')
    return says('stopped', 'applier_error', applierError);
  if (receiver === 'connecting')
    return says(
      'disconnected',
      source.up === false ? 'source_down' : 'source_unreachable',
      receiverError,
    );
  if (receiverError !== null) return says('stopped', 'receiver_error', receiverError);
  return says('stopped', applier === 'running' ? 'receiver_stopped' : 'replication_stopped');
}

function stoppedApplier({ applier, applierError }: Receiver): Judgement | null {
  if (applier === null) return says('unknown', 'not_read');
  if (applier === 'paused') return says('stopped', 'replay_paused');
  if (applier === 'running') return null;
  return applierError === null
    ? says('stopped', 'applier_stopped')
    : says('stopped', 'applier_error', applierError);
}

/** The receiver believes itself connected and nothing comes. */
function silentLink(
  { heardMs, quietMs }: Receiver,
  lag: Lag,
  { engine }: ReplicationFacts,
): Judgement | null {
  const silent = says('disconnected', 'receiver_silent');
  if (heardMs !== null && heardMs > silentMs[engine]) return silent;
  const waiting = (lag.shippingMs ?? 0) > silentWhileWritingMs;
  if (!waiting) return null;
  // Where nobody tells when something came last, two equal readings do.
  const isQuiet =
    heardMs === null ? (quietMs ?? 0) >= betweenPollsMs : heardMs >= silentWhileWritingMs;
  return isQuiet ? silent : null;
}

/** Files arrive when they are full or archive_timeout ends them: no link can be broken. */
function archiveLink(lag: Lag, source: SourceView): Judgement {
  if (lag.behind === false) return says(isResting(source) ? 'idle' : 'streaming', 'from_archive');
  if (lag.ms === null)
    return says('unknown', source.up === null ? 'source_not_seen' : 'position_unknown');
  return says(lag.ms > behindMs ? 'catching_up' : 'streaming', 'from_archive');
}

function runningLink(receiver: Receiver, lag: Lag, source: SourceView): Judgement {
  const delay = receiver.configuredDelayMs ?? 0;
  if (lag.behind === null && lag.ms === null)
    return says('unknown', source.up === null ? 'source_not_seen' : 'position_unknown');
  if (lag.behind === false) return says(isResting(source) ? 'idle' : 'streaming', null);
  const late = lag.ms === null ? null : lag.ms - delay;
  if (delay > 0 && (late ?? 0) <= behindMs) return says('delayed', 'delayed_on_purpose');
  if ((late ?? 0) <= behindMs && (lag.bytes ?? 0) <= behindBytes)
    return lag.ms === null ? says('unknown', 'position_unknown') : says('streaming', null);
  const waiting = receiver.waiting ?? '';
  if (/^RecoveryConflict|^Lock$|^BufferPin/.test(waiting))
    return says('catching_up', 'recovery_conflict');
  const network = (lag.shippingMs ?? 0) > (lag.applyingMs ?? 0);
  return says('catching_up', network ? 'slow_network' : 'slow_apply');
}

/** PostgreSQL notes its running transactions and checkpoints now and then, also while nobody writes. */
const noteBytes = { postgres: 4096, mysql: 0, mariadb: 0 };

/** Nothing was written lately, or nobody knows: both are a true zero. */
function isResting({ facts }: SourceView): boolean {
  if (facts === null) return true;
  const { passed, at, engine } = facts;
  const now = passed.at(-1)?.[1] ?? 0;
  return !passed.some(([when, log]) => at - when <= restingMs && now - log > noteBytes[engine]);
}
