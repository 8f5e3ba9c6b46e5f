import { z } from 'zod';
import { attributesField, countField, nanosField, resourceField, traceIdField } from './fields';

const number = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]);
const point = {
  attributes: attributesField,
  startTimeUnixNano: nanosField.default(0),
  timeUnixNano: nanosField.default(0),
  count: countField.default(0),
  sum: number.optional(),
  flags: z.number().default(0),
  max: number.optional(),
};
const explicitPoint = z.object({
  ...point,
  bucketCounts: z.array(countField).default([]),
  explicitBounds: z.array(number).default([]),
});
const exponentialPoint = z.object({
  ...point,
  scale: z.number().int().default(0),
  zeroCount: countField.default(0),
  positive: z
    .object({ offset: z.number().int().default(0), bucketCounts: z.array(countField).default([]) })
    .default({ offset: 0, bucketCounts: [] }),
});
export type ExplicitPoint = z.output<typeof explicitPoint>;
export type ExponentialPoint = z.output<typeof exponentialPoint>;

const temporality = z.number().int().default(0);
const metric = z.object({
  name: z.string().default(''),
  unit: z.string().default(''),
  histogram: z
    .object({ dataPoints: z.array(explicitPoint).default([]), aggregationTemporality: temporality })
    .optional(),
  exponentialHistogram: z
    .object({
      dataPoints: z.array(exponentialPoint).default([]),
      aggregationTemporality: temporality,
    })
    .optional(),
});
export type Metric = z.output<typeof metric>;

/** ExportMetricsServiceRequest, of which only histograms are read. */
export const metricsRequest = z.object({
  resourceMetrics: z
    .array(
      z.object({
        resource: resourceField,
        scopeMetrics: z
          .array(
            z.object({
              scope: z.object({ name: z.string().default('') }).optional(),
              metrics: z.array(metric).default([]),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});
export type MetricsRequest = z.output<typeof metricsRequest>;

const span = z.object({
  traceId: traceIdField(16).default(''),
  spanId: traceIdField(8).default(''),
  parentSpanId: traceIdField(8).default(''),
  name: z.string().default(''),
  kind: z.number().int().default(0),
  startTimeUnixNano: nanosField.default(0),
  endTimeUnixNano: nanosField.default(0),
  attributes: attributesField,
  status: z.object({ code: z.number().int().default(0) }).optional(),
});
export type Span = z.output<typeof span>;

/** ExportTraceServiceRequest. */
export const tracesRequest = z.object({
  resourceSpans: z
    .array(
      z.object({
        resource: resourceField,
        scopeSpans: z.array(z.object({ spans: z.array(span).default([]) })).default([]),
      }),
    )
    .default([]),
});
export type TracesRequest = z.output<typeof tracesRequest>;
