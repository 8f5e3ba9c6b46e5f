/** Whether a server may serve a read, or be written to, right now. Pure. */
import type {
  CheckBody,
  IneligibleReason,
  InstanceBody,
  ReplicaBody,
  ReplicationBody,
  RouteBody,
  RoutedPrimaryBody,
  RoutedReplicaBody,
} from '@/lib/contract';

/** What was known of a cluster, and when. */
export type Known = {
  cluster: string;
  instances: InstanceBody[];
  replication: ReplicationBody;
  /** When it was taken out of the store, epoch ms. */
  readAt: number;
};
export type Wish = { maxLagMs: number; maxAgeMs: number };

/** The store is asked about each second while somebody asks: this long without an answer, it is away. */
const storeAwayMs = 10_000;

/**
 * Both sides' answers in one: the primary, and each replica with the reason why it may not serve. What is unknown may not:
 * a reading that is too old, a lag that was not measured, a state that nobody saw.
 */
export function judgeCluster(known: Known, wish: Wish, now: number): RouteBody {
  const replicas = [...new Set(known.replication.replicas.map((one) => one.instance))]
    .flatMap((instance) => {
      const judged = judgeReplica(known, instance, wish, now);
      return judged ? [judged] : [];
    })
    .sort(
      (a, b) =>
        Number(b.eligible) - Number(a.eligible) ||
        (a.lag_ms ?? Infinity) - (b.lag_ms ?? Infinity) ||
        a.name.localeCompare(b.name),
    );
  const primary = known.replication.primary;
  return {
    cluster: known.cluster,
    max_lag_ms: wish.maxLagMs,
    max_age_ms: wish.maxAgeMs,
    as_of: known.readAt,
    primary: primary === null ? null : judgePrimary(known, primary, wish, now),
    replicas,
    eligible: replicas.filter((one) => one.eligible).map((one) => one.instance),
  };
}

/** One server as what the caller needs it as; null when the cluster has no such server. */
export function judgeInstance(
  known: Known,
  instance: string,
  role: 'replica' | 'primary',
  wish: Wish,
  now: number,
): CheckBody | null {
  const server = known.instances.find((one) => one.id === instance);
  if (!server) return null;
  const replica = role === 'replica' ? judgeReplica(known, instance, wish, now) : null;
  const judged = replica ?? judgePrimary(known, instance, wish, now);
  if (!judged) return null;
  // Asked as a replica, and it is none.
  const reason =
    role === 'replica' && !replica
      ? server.role === 'primary'
        ? 'not_a_replica'
        : 'role_unknown'
      : judged.reason;
  return {
    instance,
    role,
    eligible: reason === null,
    reason,
    state: replica?.state ?? null,
    cause: replica?.cause ?? null,
    lag_ms: replica?.lag_ms ?? null,
    age_ms: judged.age_ms,
  };
}

const serving = new Set<string>(['streaming', 'idle', 'catching_up', 'delayed']);

/** One with several sources may serve when each of its streams may; the first reason against is told. */
function judgeReplica(
  known: Known,
  instance: string,
  wish: Wish,
  now: number,
): RoutedReplicaBody | null {
  const streams = known.replication.replicas
    .filter((one) => one.instance === instance)
    .map((one) => judgeStream(known, one, wish, now))
    .filter((one) => one !== null);
  const worst = (a: RoutedReplicaBody, b: RoutedReplicaBody) =>
    a.eligible !== b.eligible ? a.eligible : (b.lag_ms ?? Infinity) > (a.lag_ms ?? Infinity);
  return streams.reduce<RoutedReplicaBody | null>(
    (found, one) => (found === null || worst(found, one) ? one : found),
    null,
  );
}

function judgeStream(
  known: Known,
  replica: ReplicaBody,
  { maxLagMs, maxAgeMs }: Wish,
  now: number,
): RoutedReplicaBody | null {
  const server = known.instances.find((one) => one.id === replica.instance);
  if (!server) return null;
  const age = ageOf(replica.at, now);
  const reason = ((): IneligibleReason | null => {
    const before = beforeAnyRole(known, server, now);
    if (before) return before;
    if (age === null || age > maxAgeMs) return 'reading_old';
    if (replica.state === 'stopped') return 'replica_stopped';
    if (replica.state === 'disconnected') return 'replica_disconnected';
    // A delay that is wanted is part of the lag: a read on it is late by that.
    if (!serving.has(replica.state)) return 'replica_unknown';
    if (replica.lag_ms === null) return 'lag_unknown';
    return replica.lag_ms > maxLagMs ? 'lag_too_high' : null;
  })();
  return {
    ...judged(server, reason, age),
    state: replica.state,
    cause: replica.cause,
    lag_ms: replica.lag_ms,
  };
}

function judgePrimary(
  known: Known,
  instance: string,
  { maxAgeMs }: Wish,
  now: number,
): RoutedPrimaryBody | null {
  const server = known.instances.find((one) => one.id === instance);
  if (!server) return null;
  const age = ageOf(server.last_seen, now);
  const reason = ((): IneligibleReason | null => {
    const before = beforeAnyRole(known, server, now);
    if (before) return before;
    if (age === null || age > maxAgeMs) return 'reading_old';
    if (server.role === 'unknown') return 'role_unknown';
    return known.replication.primary === instance ? null : 'not_the_primary';
  })();
  return judged(server, reason, age);
}

/** Nobody serves from a cluster with two writable members: which history is the right one is not known. */
function beforeAnyRole(known: Known, server: InstanceBody, now: number): IneligibleReason | null {
  if (now - known.readAt > storeAwayMs) return 'store_away';
  if (server.state !== 'up') return 'instance_down';
  return known.replication.split_brain ? 'split_brain' : null;
}

/** Clocks of collector and web server may differ a little: never less than 0. */
const ageOf = (at: number | null, now: number) => (at === null ? null : Math.max(0, now - at));

const judged = (server: InstanceBody, reason: IneligibleReason | null, age: number | null) => ({
  instance: server.id,
  name: server.name,
  host: server.host,
  port: server.port,
  eligible: reason === null,
  reason,
  age_ms: age,
});
