/** One verdict on a replica's lag, from what both sides say. Pure. */

export type ReplicaView = {
  up: boolean;
  /** Null for each value that was not read. */
  receiving: boolean | null;
  paused: boolean | null;
  replayLsn: number | null;
  /** The newest position that the sender has told of. */
  senderLsn: number | null;
  messageAgeMs: number | null;
  /** Age of the last replayed commit; says nothing on an idle primary. */
  replayAgeMs: number | null;
  configuredDelayMs: number | null;
  at: number | null;
};

export type PrimaryView = {
  up: boolean;
  /** Current WAL position in bytes. */
  position: number | null;
  /** Its row of pg_stat_replication for this replica; null when there is none. */
  row: { replayLagMs: number | null; replayLagBytes: number | null; synchronous: boolean } | null;
} | null;

export type LagVerdict = {
  state: 'streaming' | 'idle' | 'catching_up' | 'stopped' | 'disconnected' | 'unknown';
  lagMs: number | null;
  lagBytes: number | null;
  cause: string | null;
};

/** wal_receiver_status_interval is 10 s by default: three missed ones mean silence. */
const silentMs = 30_000;
const behindMs = 10_000;
const behindBytes = 64 * 1024 * 1024;

/**
 * Zero is only said when it was seen: the receiver streams, was heard of lately, and has replayed all that the sender told of.
 * `now() - pg_last_xact_replay_timestamp()` alone grows on an idle primary and is used only while something is left to replay.
 */
export function lagVerdict(replica: ReplicaView, primary: PrimaryView): LagVerdict {
  const unknown = (cause: string): LagVerdict => ({
    state: 'unknown',
    lagMs: null,
    lagBytes: null,
    cause,
  });
  if (!replica.up) return unknown('replica_down');
  if (replica.replayLsn === null || replica.receiving === null) return unknown('not_read');
  const ahead = Math.max(
    replica.senderLsn ?? Number.NEGATIVE_INFINITY,
    primary?.up ? (primary.position ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY,
  );
  const lagBytes = Number.isFinite(ahead) ? Math.max(0, ahead - replica.replayLsn) : null;
  const behind = lagBytes !== null && lagBytes > 0;
  const delay = replica.configuredDelayMs ?? 0;
  const age = replica.replayAgeMs === null ? null : Math.max(0, replica.replayAgeMs - delay);
  const lagMs = primary?.row?.replayLagMs ?? (behind ? age : null);
  if (replica.paused)
    return { state: 'stopped', lagMs: behind ? age : null, lagBytes, cause: 'replay_paused' };
  const silent = replica.messageAgeMs !== null && replica.messageAgeMs > silentMs;
  if (!replica.receiving || silent)
    return {
      state: 'disconnected',
      // What the primary wrote since is not known here: an old zero would be a lie.
      lagMs: behind ? age : null,
      lagBytes: primary?.up ? lagBytes : null,
      cause: replica.receiving ? 'receiver_silent' : 'receiver_not_running',
    };
  if (lagBytes === null) return unknown('position_unknown');
  if (!behind) return { state: 'idle', lagMs: 0, lagBytes: 0, cause: null };
  if ((lagMs ?? 0) > behindMs || lagBytes > behindBytes)
    return {
      state: 'catching_up',
      lagMs,
      lagBytes,
      cause: delay > 0 ? 'delayed_on_purpose' : 'slow_replay',
    };
  return { state: 'streaming', lagMs, lagBytes, cause: null };
}
