import { z } from 'zod';
import { countField, idField, rangeFields, withRange } from './fields';

export const servicesQuery = z
  .strictObject({ cluster: idField.optional(), ...rangeFields })
  .transform(withRange);

export const serviceQuery = z
  .strictObject({ ...rangeFields, points: countField(1, 500).default(120) })
  .transform(withRange);

export const servicePatch = z.strictObject({ cluster: idField.nullable() });

/** Between which two values, in ms, a percentile surely lies; the second is null when the histogram has no end there. */
const bounds = z.tuple([z.number(), z.number().nullable()]).nullable();

/** What was served in a window. Null is not known, never 0. */
const served = {
  requests: z.number().nullable(),
  requests_per_s: z.number().nullable(),
  errors: z.number().nullable(),
  error_rate: z.number().nullable(),
  mean_ms: z.number().nullable(),
  /** From merged histograms, evenly spread within the bucket it lies in; `bounds` is that bucket. */
  p50_ms: z.number().nullable(),
  p95_ms: z.number().nullable(),
  p99_ms: z.number().nullable(),
  bounds: z.object({ p50: bounds, p95: bounds, p99: bounds }),
};
export const servedBody = z.object(served);
export type ServedBody = z.infer<typeof servedBody>;

/** Where the time of traced requests goes, in ms of the average request. */
export const partsBody = z.object({
  traced_requests: z.number(),
  application_ms: z.number(),
  database_ms: z.number(),
  /** Between this service and the ones it calls; null when no called service sent its own time. */
  network_ms: z.number().nullable(),
  other_ms: z.number(),
});
export type PartsBody = z.infer<typeof partsBody>;

export const serviceBody = z.object({
  id: z.string(),
  name: z.string(),
  namespace: z.string(),
  environment: z.string(),
  cluster: z.object({ id: z.string(), name: z.string() }).nullable(),
  mapped_by: z.enum(['person', 'traces']).nullable(),
  first_seen: z.number(),
  last_seen: z.number(),
  /** What the numbers come from. Traces may be sampled by the application: requests are then those that were traced. */
  source: z.enum(['metrics', 'traces']).nullable(),
  ...served,
  parts: partsBody.nullable(),
});
export type ServiceBody = z.infer<typeof serviceBody>;

const windowBody = z.object({ from: z.number(), to: z.number() });
export const servicesBody = z.object({ window: windowBody, services: z.array(serviceBody) });
export type ServicesBody = z.infer<typeof servicesBody>;

export const routeServedBody = z.object({
  route: z.string(),
  ...served,
  parts: partsBody.nullable(),
});
export type RouteServedBody = z.infer<typeof routeServedBody>;

export const serviceStatementBody = z.object({
  /** Our id of the statement, the same as in the ranking. */
  id: z.string(),
  text: z.string(),
  /** Whether the mapped cluster's own statistics know it. */
  known: z.boolean(),
  route: z.string(),
  calls: z.number(),
  requests: z.number(),
  total_ms: z.number(),
  mean_ms: z.number(),
  calls_per_request: z.number(),
  /** Requests that ran it ten times or more: an N+1 seen, not guessed. */
  repeated_requests: z.number(),
  most: z.number(),
});
export type ServiceStatementBody = z.infer<typeof serviceStatementBody>;

export const serviceTraceBody = z.object({
  trace_id: z.string(),
  span_id: z.string(),
  route: z.string(),
  at: z.number(),
  duration_ms: z.number(),
  database_ms: z.number(),
  calls: z.number(),
  failed: z.boolean(),
  repeated_statement: z.string().nullable(),
  repeated: z.number(),
});
export type ServiceTraceBody = z.infer<typeof serviceTraceBody>;

export const serviceDetailBody = serviceBody.extend({
  window: windowBody,
  step_ms: z.number(),
  series: z.array(
    z.object({
      at: z.number(),
      requests_per_s: z.number().nullable(),
      error_rate: z.number().nullable(),
      p50_ms: z.number().nullable(),
      p95_ms: z.number().nullable(),
      p99_ms: z.number().nullable(),
      database_ms: z.number().nullable(),
      duration_ms: z.number().nullable(),
    }),
  ),
  routes: z.array(routeServedBody),
  statements: z.array(serviceStatementBody),
  /** Statements of the window whole bins of ten minutes; it may begin earlier and end later than `window`. */
  statements_window: windowBody,
  traces: z.array(serviceTraceBody),
});
export type ServiceDetailBody = z.infer<typeof serviceDetailBody>;
