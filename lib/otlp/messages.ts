import protobuf from 'protobufjs';

/**
 * The parts of OTLP that are read, with the field numbers of opentelemetry-proto 1.x; what is not named here is skipped
 * while reading, so that it costs nothing. https://github.com/open-telemetry/opentelemetry-proto
 */
const field = (type: string, id: number, rule?: 'repeated') => ({
  type,
  id,
  ...(rule ? { rule } : {}),
});
const message = (fields: Record<string, ReturnType<typeof field>>) => ({ fields });
const many = (type: string, id: number) => field(type, id, 'repeated');

const root = protobuf.Root.fromJSON({
  nested: {
    Value: message({
      stringValue: field('string', 1),
      boolValue: field('bool', 2),
      intValue: field('int64', 3),
      doubleValue: field('double', 4),
    }),
    Attribute: message({ key: field('string', 1), value: field('Value', 2) }),
    Resource: message({ attributes: many('Attribute', 1) }),
    Scope: message({ name: field('string', 1) }),

    MetricsRequest: message({ resourceMetrics: many('ResourceMetrics', 1) }),
    ResourceMetrics: message({
      resource: field('Resource', 1),
      scopeMetrics: many('ScopeMetrics', 2),
    }),
    ScopeMetrics: message({ scope: field('Scope', 1), metrics: many('Metric', 2) }),
    Metric: message({
      name: field('string', 1),
      unit: field('string', 3),
      histogram: field('Histogram', 9),
      exponentialHistogram: field('ExponentialHistogram', 10),
    }),
    Histogram: message({
      dataPoints: many('HistogramPoint', 1),
      aggregationTemporality: field('int32', 2),
    }),
    HistogramPoint: message({
      startTimeUnixNano: field('fixed64', 2),
      timeUnixNano: field('fixed64', 3),
      count: field('fixed64', 4),
      sum: field('double', 5),
      bucketCounts: many('fixed64', 6),
      explicitBounds: many('double', 7),
      attributes: many('Attribute', 9),
      flags: field('uint32', 10),
      max: field('double', 12),
    }),
    ExponentialHistogram: message({
      dataPoints: many('ExponentialPoint', 1),
      aggregationTemporality: field('int32', 2),
    }),
    ExponentialPoint: message({
      attributes: many('Attribute', 1),
      startTimeUnixNano: field('fixed64', 2),
      timeUnixNano: field('fixed64', 3),
      count: field('fixed64', 4),
      sum: field('double', 5),
      scale: field('sint32', 6),
      zeroCount: field('fixed64', 7),
      positive: field('Buckets', 8),
      flags: field('uint32', 10),
      max: field('double', 13),
    }),
    Buckets: message({ offset: field('sint32', 1), bucketCounts: many('uint64', 2) }),

    TracesRequest: message({ resourceSpans: many('ResourceSpans', 1) }),
    ResourceSpans: message({ resource: field('Resource', 1), scopeSpans: many('ScopeSpans', 2) }),
    ScopeSpans: message({ spans: many('Span', 2) }),
    Span: message({
      traceId: field('bytes', 1),
      spanId: field('bytes', 2),
      parentSpanId: field('bytes', 4),
      name: field('string', 5),
      kind: field('int32', 6),
      startTimeUnixNano: field('fixed64', 7),
      endTimeUnixNano: field('fixed64', 8),
      attributes: many('Attribute', 9),
      status: field('SpanStatus', 15),
    }),
    SpanStatus: message({ code: field('int32', 3) }),

    MetricsResponse: message({ partialSuccess: field('PartialSuccess', 1) }),
    TracesResponse: message({ partialSuccess: field('PartialSuccess', 1) }),
    // rejected_data_points and rejected_spans have the same number.
    PartialSuccess: message({ rejected: field('int64', 1), errorMessage: field('string', 2) }),
    /** google.rpc.Status, the body of an error. */
    Status: message({ code: field('int32', 1), message: field('string', 2) }),
  },
});

export type RequestName = 'MetricsRequest' | 'TracesRequest';

/** A request as a plain object in the names of OTLP's JSON; 64-bit numbers are text and ids are bytes. @throws when it is not one */
export function decodeRequest(name: RequestName, bytes: Uint8Array): unknown {
  const type = root.lookupType(name);
  return type.toObject(type.decode(bytes), { longs: String });
}

export function encodeAnswer(
  name: 'MetricsResponse' | 'TracesResponse' | 'Status',
  answer: Record<string, unknown>,
): Uint8Array {
  const type = root.lookupType(name);
  return type.encode(type.fromObject(answer)).finish();
}
