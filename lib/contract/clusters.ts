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

export const replicaBody = z.object({
  instance: z.string(),
  name: z.string(),
  state: z.enum(['streaming', 'idle', 'catching_up', 'stopped', 'disconnected', 'unknown']),
  lag_ms: z.number().nullable(),
  lag_bytes: z.number().nullable(),
  /** Why, as a code the screens translate. */
  cause: z.string().nullable(),
  staleness: z.number().nullable(),
  sync_state: z.string().nullable(),
  at: momentField,
});
export const replicationBody = z.object({
  primary: z.string().nullable(),
  split_brain: z.boolean(),
  replicas: z.array(replicaBody),
  candidates: z.array(z.object({ instance: z.string(), lag_bytes: z.number().nullable() })),
});
export type ReplicationBody = z.infer<typeof replicationBody>;

/** What the sentence on top says: a code with values, which the screens put into words. */
export const sentenceBody = z.object({
  state: severityField,
  code: z.enum([
    'all_well',
    'no_instances',
    'nothing_seen',
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
