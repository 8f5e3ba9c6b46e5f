import { z } from 'zod';
import { replicaBody } from './clusters';
import { countField, momentField } from './fields';

/** What a read may be behind by when the caller does not say. */
export const defaultMaxLagMs = 5000;
/** How old a reading may be to speak for the present, when the caller does not say: three of the usual intervals. */
export const defaultMaxAgeMs = 30_000;

const maxLagField = countField(0, 86_400_000)
  .optional()
  .describe(
    `Milliseconds that a replica may be behind; ${defaultMaxLagMs} when not given. What is unknown is behind`,
  );
const maxAgeField = countField(1000, 300_000)
  .optional()
  .describe(
    `Milliseconds since the reading that the answer stands on; ${defaultMaxAgeMs} when not given. A replica is at most max_lag_ms + max_age_ms behind when it is answered for`,
  );

export const routeQuery = z.strictObject({ max_lag_ms: maxLagField, max_age_ms: maxAgeField });
export const checkQuery = routeQuery.extend({
  role: z
    .enum(['replica', 'primary'], 'is replica or primary')
    .optional()
    .describe('What the caller needs it as; replica when not given'),
});

/** Why a server may not serve now, as a code for programs. */
export const ineligibleReason = z.enum([
  'store_away',
  'instance_down',
  'role_unknown',
  'not_a_replica',
  'not_the_primary',
  'split_brain',
  'reading_old',
  'replica_stopped',
  'replica_disconnected',
  'replica_unknown',
  'lag_unknown',
  'lag_too_high',
]);
export type IneligibleReason = z.infer<typeof ineligibleReason>;

const judgedFields = {
  instance: z.string(),
  name: z.string(),
  host: z.string(),
  port: z.number(),
  eligible: z.boolean(),
  /** Null when it may serve. */
  reason: ineligibleReason.nullable(),
  /** Since the reading that this stands on. */
  age_ms: z.number().nullable(),
};
export const routedReplicaBody = z.object({
  ...judgedFields,
  state: replicaBody.shape.state,
  cause: replicaBody.shape.cause,
  lag_ms: z.number().nullable(),
});
export type RoutedReplicaBody = z.infer<typeof routedReplicaBody>;
export const routedPrimaryBody = z.object(judgedFields);
export type RoutedPrimaryBody = z.infer<typeof routedPrimaryBody>;

export const routeBody = z.object({
  cluster: z.string(),
  max_lag_ms: z.number(),
  max_age_ms: z.number(),
  /** When what the answer stands on was taken out of the store. */
  as_of: momentField,
  /** Null when there is none or more than one. */
  primary: routedPrimaryBody.nullable(),
  /** Those that may serve first, the least behind first. */
  replicas: z.array(routedReplicaBody),
  /** Ids of those that may serve now, in the same order. */
  eligible: z.array(z.string()),
});
export type RouteBody = z.infer<typeof routeBody>;

/** 200 when it may serve, 503 when not. */
export const checkBody = z.object({
  instance: z.string(),
  role: z.enum(['replica', 'primary']),
  eligible: z.boolean(),
  reason: ineligibleReason.nullable(),
  state: replicaBody.shape.state.nullable(),
  cause: z.string().nullable(),
  lag_ms: z.number().nullable(),
  age_ms: z.number().nullable(),
});
export type CheckBody = z.infer<typeof checkBody>;
