import { z } from 'zod';
import { countField, idField, momentField, rangeFields, severityField, withRange } from './fields';

export const servicesQuery = z
  .strictObject({ cluster: idField.optional(), ...rangeFields })
  .transform(withRange);

export const serviceQuery = z
  .strictObject({ ...rangeFields, points: countField(1, 500).default(120) })
  .transform(withRange);

const partField = z.number().min(0, 'is below 0').max(3_600_000, 'is more than an hour');
/** How long each part of a request may take. */
export const budgetField = z.strictObject({
  application_ms: partField,
  database_ms: partField,
  network_ms: partField,
  other_ms: partField,
});
export const servicePatch = z.strictObject({
  cluster: idField.nullable().optional().describe('Null leaves it to the traces again.'),
  budget: budgetField.nullable().optional().describe('Null is the 40, 30, 20 and 10 ms of all.'),
});
export type ServicePatch = z.infer<typeof servicePatch>;

const targetField = z
  .number()
  .min(0.5, 'is below 0.5')
  .max(0.99999, 'is above 0.99999')
  .describe('The share of requests that is to be good, such as 0.999');
const windowDaysField = z.number().int().min(1).max(90).default(30);
export const objectiveInput = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('availability'),
    target: targetField,
    window_days: windowDaysField,
  }),
  z.strictObject({
    kind: z.literal('latency'),
    target: targetField,
    threshold_ms: z.number().min(0.1, 'is below 0.1').max(3_600_000, 'is more than an hour'),
    window_days: windowDaysField,
  }),
]);
export type ObjectiveInput = z.input<typeof objectiveInput>;

const rate = z.number().nullable();
export const objectiveBody = z.object({
  /** Null for what holds as long as nobody says otherwise: 95 % within the latency budget. */
  id: z.string().nullable(),
  kind: z.enum(['availability', 'latency']),
  target: z.number(),
  threshold_ms: z.number().nullable(),
  window_days: z.number(),
  state: severityField,
  /** Of the window: good and all requests, and between what the good ones lie when a bucket holds both. */
  total: z.number().nullable(),
  good: z.number().nullable(),
  good_bounds: z.tuple([z.number(), z.number()]).nullable(),
  ratio: z.number().nullable(),
  /** Since when the window is known; the budget is of that much. */
  covered_from: momentField,
  /** Part of the error budget that is left; below 0 when more was spent than there is. */
  budget_left: z.number().nullable(),
  /** How many times faster than allowed the budget is being spent. */
  burn: z.object({ '5m': rate, '30m': rate, '1h': rate, '6h': rate }),
});
export type ObjectiveBody = z.infer<typeof objectiveBody>;

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
  /** How long each part of a request may take; `parts` is what it took. */
  budget: z.object({ ...budgetField.shape, changed: z.boolean() }),
  objectives: z.array(objectiveBody),
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
