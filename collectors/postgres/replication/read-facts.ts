/** What a PostgreSQL server says of its replication, as sender and as receiver. */
import { z } from 'zod';
import { readJson } from '@/collectors/postgres/session/read-json';
import type { Session } from '@/collectors/postgres/session/session';
import type { ServerIdentity } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import { emptyFacts, type Receiver, type ReplicationFacts } from '@/lib/replication/facts';
import { walFileEnd } from '@/lib/replication/positions';
import { isAurora, readAuroraFacts } from './aurora-facts';
import { factsSql } from './facts-sql';

const number = z.number().nullable();
const text = z.string().max(1000).nullable();
/** An LSN is below 2^53 until 8 PiB of WAL were written. */
const told = z.object({
  recovery: z.boolean(),
  default_read_only: z.boolean(),
  name: text,
  port: number,
  position: number,
  received: number,
  paused: z.boolean().nullable(),
  replay_age_ms: number,
  last_replayed_ms: number,
  delay_ms: number,
  waiting: text,
  upstream_host: text,
  upstream_port: text,
  upstream_name: text,
  restores: z.boolean().nullable(),
  receiver: z
    .object({
      ...{ status: text, host: text, port: number, slot: text, name: text },
      ...{ told: number, heard_ms: number },
    })
    .nullable(),
  senders: z.array(
    z.object({
      ...{ name: text, address: text, state: text, sync: text },
      kind: z.enum(['physical', 'logical']),
      ...{ sent: number, written: number, flushed: number, replayed: number },
      ...{ write_lag_ms: number, flush_lag_ms: number, replay_lag_ms: number },
      answer_age_ms: number,
    }),
  ),
  slots: z.array(
    z.object({
      ...{ name: z.string(), kind: z.enum(['physical', 'logical']), database: text },
      ...{ active: z.boolean(), wal_status: text, safe_bytes: number, retained_bytes: number },
    }),
  ),
  subscriptions: z.array(
    z.object({
      ...{ name: z.string(), running: z.boolean() },
      ...{ received: number, told: number, heard_ms: number },
    }),
  ),
  synchronous: text,
  archiving: z.boolean(),
  segment_bytes: z.number(),
  archive: z.object({ last: text, age_ms: number, failing: z.boolean().nullable() }).nullable(),
});
type Told = z.infer<typeof told>;

/** A clock that runs a little ahead must not make an age negative. */
const age = (value: number | null) => (value === null ? null : Math.max(0, value));
const syncStates = ['sync', 'potential', 'quorum', 'async'] as const;

const auroras = new WeakSet<Session>();

/** @throws Failure */
export async function readFacts(
  session: Session,
  server: ServerIdentity,
  timeoutMs: number,
): Promise<ReplicationFacts> {
  const options = { doing: 'read the replication', timeoutMs };
  if (auroras.has(session)) return readAuroraFacts(session, server, options);
  const [said] = await readJson(session, factsSql, told, options).catch(async (error: unknown) => {
    // Aurora refuses the WAL functions: that is how it is known, and it is not asked so again.
    const refused = error instanceof Failure && !error.fatal && error.code === 'not_understood';
    if (!refused || !(await isAurora(session, options))) throw error;
    auroras.add(session);
    return [];
  });
  if (auroras.has(session)) return readAuroraFacts(session, server, options);
  if (!said) throw new Failure('wrong_shape', `${options.doing}: no row`);
  const facts = emptyFacts('postgres', server.clockMs);
  return {
    ...facts,
    identity: {
      ...facts.identity,
      ...{ system: server.systemIdentifier, timeline: server.timeline },
      ...{ name: said.name, port: said.port },
    },
    writable: {
      ...facts.writable,
      ...{ recovery: said.recovery, defaultReadOnly: said.default_read_only },
    },
    position: { log: said.position, gtid: null },
    ...{ canBeSource: true, lastReplayedAt: said.last_replayed_ms },
    receivers: said.recovery ? [receiverOf(said)] : [],
    senders: said.senders.map((one) => ({
      ...{ name: one.name, address: one.address, server: null, kind: one.kind, state: one.state },
      sync: syncStates.find((state) => state === one.sync) ?? null,
      ...{ sent: one.sent, written: one.written, flushed: one.flushed, replayed: one.replayed },
      ...{ writeLagMs: age(one.write_lag_ms), flushLagMs: age(one.flush_lag_ms) },
      ...{ replayLagMs: age(one.replay_lag_ms), answerAgeMs: one.answer_age_ms },
    })),
    slots: said.slots.map((one) => ({
      ...{ name: one.name, kind: one.kind, database: one.database, active: one.active },
      ...{ retainedBytes: one.retained_bytes, walStatus: one.wal_status },
      safeBytes: one.safe_bytes,
    })),
    subscriptions: said.subscriptions.map(({ heard_ms, ...one }) => ({
      ...one,
      heardMs: age(heard_ms),
    })),
    synchronous: said.synchronous === null ? null : { names: said.synchronous, clients: null },
    archive: archiveOf(said),
  };
}

function receiverOf(said: Told): Receiver {
  const { receiver } = said;
  const port = Number(said.upstream_port ?? 5432);
  return {
    channel: '',
    name: receiver?.name ?? said.upstream_name ?? said.name ?? 'walreceiver',
    upstream: {
      host: receiver?.host ?? said.upstream_host ?? '',
      port: receiver?.port ?? (Number.isInteger(port) ? port : null),
      ...{ server: null, slot: receiver?.slot ?? null },
    },
    fromArchive: receiver === null && said.restores === true && !said.upstream_host,
    receiver: stateOf(receiver),
    applier: said.paused ? 'paused' : 'running',
    received: { log: said.received, gtid: null },
    applied: { log: said.position, gtid: null },
    ...{ told: receiver?.told ?? null, heardMs: age(receiver?.heard_ms ?? null) },
    ...{ replayAgeMs: said.replay_age_ms, applyingAgeMs: null, receivedAgeMs: null, saidMs: null },
    ...{ quietMs: null, stalledMs: null },
    ...{ configuredDelayMs: said.delay_ms, remainingDelayMs: null, waiting: said.waiting },
    ...{ receiverError: null, applierError: null },
  };
}

/** A login without pg_read_all_stats sees that there is one, and nothing of it. */
function stateOf(receiver: Told['receiver']): Receiver['receiver'] {
  if (receiver === null) return 'stopped';
  if (receiver.status === null) return null;
  return receiver.status === 'streaming' ? 'running' : 'connecting';
}

/** A standby archives only with `always`, and its archiver's statistics are its own. */
function archiveOf(said: Told): ReplicationFacts['archive'] {
  if (!said.archiving || said.archive === null || said.recovery) return null;
  return {
    failing: said.archive.failing === true,
    archivedTo: walFileEnd(said.archive.last, said.segment_bytes),
    ageMs: age(said.archive.age_ms),
  };
}
