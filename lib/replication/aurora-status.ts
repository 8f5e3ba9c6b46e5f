/**
 * Aurora's readers share the writer's storage: there is no WAL receiver and no binary log between them, and both servers
 * have a table of their own of who is behind. Made from the public documentation; not run against the service. Pure.
 * Source: "aurora_replica_status" and "Aurora MySQL-specific information_schema tables", Amazon Aurora User Guide.
 */
import type { Receiver, Sender } from './facts';

/** One row of aurora_replica_status() or information_schema.replica_host_status. */
export type AuroraMember = {
  serverId: string;
  /** MASTER_SESSION_ID for the writer. */
  sessionId: string;
  lagMs: number | null;
  /** Since the row was last updated; null for the server one is connected to (Aurora PostgreSQL 13.9 and later). */
  updatedMs: number | null;
};

const writerSession = 'MASTER_SESSION_ID';
/** Rows of servers that are gone stay: the service's own drivers leave them out after this long. */
const goneMs = 300_000;
/** Readers tell of themselves several times a second. */
const silentMs = 10_000;

/** What a table's rows say of the server that was asked: the stream it follows, or those it sends. */
export function auroraStreams(
  own: string,
  members: readonly AuroraMember[],
  port: number | null,
): { receivers: Receiver[]; senders: Sender[] } {
  const present = members.filter(({ updatedMs }) => (updatedMs ?? 0) < goneMs);
  const writer = present.find(({ sessionId }) => sessionId === writerSession) ?? null;
  if (writer?.serverId === own)
    return { receivers: [], senders: present.filter((one) => one !== writer).map(senderOf) };
  const mine = present.find(({ serverId }) => serverId === own) ?? null;
  return { receivers: [receiverOf(own, writer, mine, port)], senders: [] };
}

function receiverOf(
  own: string,
  writer: AuroraMember | null,
  mine: AuroraMember | null,
  port: number | null,
): Receiver {
  const heardMs = mine === null ? null : Math.max(0, mine.updatedMs ?? 0);
  const known = mine !== null && writer !== null && (heardMs ?? 0) <= silentMs;
  const nowhere = { log: null, gtid: null };
  return {
    fromArchive: false,
    ...{ channel: '', name: own },
    // All servers of a cluster listen on one port.
    upstream: { host: writer?.serverId ?? '', port, server: null, slot: null },
    // One that is in no row says nothing of itself.
    ...{ receiver: mine === null ? null : 'running', applier: mine === null ? null : 'running' },
    ...{ received: nowhere, applied: nowhere, told: null, heardMs },
    ...{ replayAgeMs: null, applyingAgeMs: null, receivedAgeMs: null, saidMs: null },
    storageMs: known && mine.lagMs !== null ? Math.max(0, mine.lagMs) : null,
    ...{ configuredDelayMs: null, remainingDelayMs: null, quietMs: null, stalledMs: null },
    ...{ waiting: null, receiverError: null, applierError: null },
  };
}

const senderOf = ({ serverId, updatedMs }: AuroraMember): Sender => ({
  ...{ name: serverId, address: null, server: null, kind: 'physical', state: 'streaming' },
  // What is committed is in the storage that all have.
  ...{ sync: null, sent: null, written: null, flushed: null, replayed: null },
  ...{ writeLagMs: null, flushLagMs: null, replayLagMs: null, answerAgeMs: updatedMs },
});
