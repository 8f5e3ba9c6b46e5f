import { z } from 'zod';
import { momentField, severityField } from './fields';
import { instanceBody } from './instances';

/** One storey of the tower. What nothing measures yet is `unknown` with null, never ok. */
export const layerBody = z.object({
  layer: z.enum(['application', 'database', 'infrastructure']),
  state: severityField,
  measured: z.boolean(),
  headline: z
    .object({ name: z.string(), value: z.number().nullable(), unit: z.string(), at: momentField })
    .nullable(),
  spark: z.array(z.number().nullable()),
});
export type LayerBody = z.infer<typeof layerBody>;

const numberOrNull = z.number().nullable();

/** One stream of a replica; one with several sources has several, the worst first. */
export const replicaBody = z.object({
  instance: z.string(),
  name: z.string(),
  /** CHANNEL_NAME or Connection_name; empty for the only one. */
  channel: z.string(),
  /** The instance it follows, and its address as the replica has it; null when nobody watches that. */
  upstream: z.string().nullable(),
  upstream_address: z.string(),
  state: z.enum([
    ...(['streaming', 'idle', 'catching_up', 'delayed'] as const),
    ...(['stopped', 'disconnected', 'unknown'] as const),
  ]),
  /** Behind the primary, a delay that is wanted included. 0 only when it was seen. */
  lag_ms: numberOrNull,
  /** What of it is more than the delay that is wanted. */
  late_ms: numberOrNull,
  lag_bytes: numberOrNull,
  /** What has not reached the replica, and what it has and did not apply. */
  shipping_ms: numberOrNull,
  applying_ms: numberOrNull,
  shipping_bytes: numberOrNull,
  applying_bytes: numberOrNull,
  /** Where the milliseconds come from; `seconds` are whole ones, the server's own word. */
  lag_source: z
    .enum(['heartbeat', 'sender', 'storage', 'commit_times', 'positions', 'seconds'])
    .nullable(),
  configured_delay_ms: z.number(),
  /** Why, as a code the screens translate. */
  cause: z.string().nullable(),
  /** The server's number and words for it, without literals. */
  error: z.object({ code: z.union([z.number(), z.string()]), text: z.string() }).nullable(),
  /**
   * How late a fresh write could be read on it in the last hour, by the heartbeat; null without one. Upper bounds, to a
   * quarter of a second for a replica that keeps up, to a second for one that does not.
   */
  staleness: z
    .object({
      p50_ms: z.number(),
      p95_ms: z.number(),
      p99_ms: z.number(),
      longest_ms: z.number(),
      /** Looks at the beat, one a second. */
      samples: z.number(),
    })
    .nullable(),
  sync_state: z.string().nullable(),
  at: momentField,
});
export type ReplicaBody = z.infer<typeof replicaBody>;

export const candidateBody = z.object({
  instance: z.string(),
  lag_bytes: numberOrNull,
  /** What of the primary's writes it does not have, and how long it would apply what it has. */
  loss_ms: numberOrNull,
  loss_bytes: numberOrNull,
  apply_ms: numberOrNull,
  /** Whether nothing speaks against it. */
  fit: z.boolean(),
  reasons: z.array(z.object({ code: z.string(), detail: z.string().nullable() })),
});

/** What would be lost if the primary died now. */
export const dataLossBody = z.object({
  ms: numberOrNull,
  bytes: numberOrNull,
  synchronous: z.boolean(),
  /** The one that holds the most; null when the archive does, or nobody. */
  instance: z.string().nullable(),
  archive: z.object({ ms: numberOrNull, bytes: numberOrNull, failing: z.boolean() }).nullable(),
  reason: z.enum(['no_primary', 'no_copy', 'not_known']).nullable(),
});
export type DataLossBody = z.infer<typeof dataLossBody>;

export const replicationBody = z.object({
  primary: z.string().nullable(),
  split_brain: z.boolean(),
  /** Those that take writes at the same time although they have one history. */
  split_brain_instances: z.array(z.string()),
  replicas: z.array(replicaBody),
  /** Members with transactions or a timeline that the primary never had. */
  diverged: z.array(
    z.object({
      instance: z.string(),
      kind: z.enum(['gtid', 'timeline']),
      transactions: numberOrNull,
      detail: z.string(),
    }),
  ),
  /** The best first. */
  candidates: z.array(candidateBody),
  data_loss: dataLossBody,
  slots: z.array(
    z.object({
      instance: z.string(),
      name: z.string(),
      kind: z.enum(['physical', 'logical']),
      database: z.string().nullable(),
      active: z.boolean(),
      retained_bytes: numberOrNull,
      wal_status: z.string().nullable(),
      safe_bytes: numberOrNull,
      /** Until the limit of what may be kept is reached, at the pace of the last minutes. */
      lost_in_ms: numberOrNull,
    }),
  ),
  /** Logical replication. */
  subscriptions: z.array(
    z.object({
      instance: z.string(),
      name: z.string(),
      /** The instance it takes from; null when nobody watches that. */
      publisher: z.string().nullable(),
      state: z.enum(['streaming', 'stopped', 'disconnected']),
      ...{ lag_ms: numberOrNull, lag_bytes: numberOrNull },
    }),
  ),
  /** Galera and group replication: members that answer, of those known, and whether they are more than half. */
  groups: z.array(
    z.object({
      kind: z.enum(['galera', 'group_replication']),
      quorum: z.boolean().nullable(),
      ...{ members: numberOrNull, answering: numberOrNull },
      instances: z.array(z.string()),
    }),
  ),
});
export type ReplicationBody = z.infer<typeof replicationBody>;

/** What the sentence on top says: a code with values, which the screens put into words. */
export const sentenceBody = z.object({
  state: severityField,
  code: z.enum([
    'all_well',
    'no_instances',
    'nothing_seen',
    'split_brain',
    'objective_burning',
    'machine_short',
    'instance_down',
    'replica_stopped',
    'replica_lags',
    'connections_full',
    'lock_waits',
    'idle_in_transaction',
    'partly_blind',
    'replica_unknown',
  ]),
  values: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
});
export type SentenceBody = z.infer<typeof sentenceBody>;

export const clusterBody = z.object({
  id: z.string(),
  name: z.string(),
  demo: z.boolean(),
  engines: z.array(z.string()),
  state: severityField,
  sentence: sentenceBody,
  layers: z.array(layerBody),
  primaries: z.number(),
  replicas: z.number(),
  unknown_roles: z.number(),
  down: z.number(),
  worst_lag_ms: z.number().nullable(),
  /** Average running statements in the last 15 minutes. */
  load: z.number().nullable(),
  mean_ms: z.number().nullable(),
  p95_ms: z.number().nullable(),
  last_seen: momentField,
});
export type ClusterBody = z.infer<typeof clusterBody>;
export const clustersBody = z.object({ sentence: sentenceBody, clusters: z.array(clusterBody) });
export type ClustersBody = z.infer<typeof clustersBody>;
export const clusterDetailBody = clusterBody.extend({
  instances: z.array(instanceBody),
  replication: replicationBody,
});
export type ClusterDetailBody = z.infer<typeof clusterDetailBody>;
