import { createHash } from 'node:crypto';
import { type Interval, mergeIntervals } from '@/lib/service/durations';
import { isError, processOf, routeOf, type ServiceName, serviceOf } from './describe-service';
import { explicitIntervals, exponentialIntervals } from './read-histogram';
import type { ExplicitPoint, ExponentialPoint, Metric, MetricsRequest } from './requests';

/** One point of a histogram of requests: what was counted between two moments, or since the process began. */
export type RequestPoint = {
  route: string;
  error: boolean;
  cumulative: boolean;
  /** When counting began, ms; 0 is not known. */
  startAt: number;
  at: number;
  count: number;
  totalMs: number;
  maxMs: number | null;
  intervals: Interval[];
  /** The same for the same counter of the same process. */
  stream: string;
  /** The same for all counters that one process exports together. */
  process: string;
};
export type ServicePoints = { service: ServiceName; points: RequestPoint[] };
export type ReadMetrics = { services: ServicePoints[]; rejected: number; reasons: Set<string> };

/** Stable name first: where an application sends both, the older one is left out. */
const wanted = ['http.server.request.duration', 'http.server.duration'];
const mostPoints = 20_000;

/**
 * The durations of requests served, by route, from a request of any SDK. Other metrics are taken and not kept.
 * https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 * @param now points far from it are rejected, since clocks that are wrong would make series that are wrong
 */
export function readMetrics(request: MetricsRequest, now: number): ReadMetrics {
  const read: ReadMetrics = { services: [], rejected: 0, reasons: new Set() };
  let points = 0;
  for (const { resource, scopeMetrics } of request.resourceMetrics) {
    const found: RequestPoint[] = [];
    const metrics = scopeMetrics.flatMap((scope) => scope.metrics);
    const name = wanted.find((one) => metrics.some((metric) => metric.name === one));
    for (const metric of metrics) {
      if (metric.name !== name) continue;
      for (const { point, intervals, cumulative } of pointsOf(metric)) {
        points += 1;
        const reason =
          points > mostPoints ? 'too many points' : refusal(point, intervals, cumulative, now);
        if (reason !== null || intervals === null) {
          if (reason === 'no value') continue;
          read.rejected += 1;
          read.reasons.add(reason ?? contradiction);
        } else found.push(pointOf(point, intervals, cumulative, metric, processOf(resource)));
      }
    }
    if (found.length > 0) read.services.push({ service: serviceOf(resource), points: found });
  }
  return read;
}

type Point = ExplicitPoint | ExponentialPoint;
const contradiction = 'buckets contradict their count';

function pointsOf(metric: Metric) {
  const unitMs = unitOf(metric);
  const cumulativeOf = (temporality: number) =>
    temporality === 2 ? true : temporality === 1 ? false : null;
  return [
    ...(metric.histogram?.dataPoints ?? []).map((point) => ({
      point: point as Point,
      intervals: explicitIntervals(point, unitMs),
      cumulative: cumulativeOf(metric.histogram?.aggregationTemporality ?? 0),
    })),
    ...(metric.exponentialHistogram?.dataPoints ?? []).map((point) => ({
      point: point as Point,
      intervals: exponentialIntervals(point, unitMs),
      cumulative: cumulativeOf(metric.exponentialHistogram?.aggregationTemporality ?? 0),
    })),
  ];
}

/** The unit that is written, else the one the conventions give the name. */
function unitOf({ name, unit }: Metric): number {
  if (unit === 'ms') return 1;
  if (unit === 's') return 1000;
  if (unit === 'us') return 0.001;
  return name === 'http.server.duration' ? 1 : 1000;
}

function refusal(
  point: Point,
  intervals: Interval[] | null,
  cumulative: boolean | null,
  now: number,
): string | null {
  if ((point.flags & 1) === 1) return 'no value';
  if (cumulative === null) return 'no aggregation temporality';
  if (intervals === null) return contradiction;
  if (point.timeUnixNano > now + 5 * 60_000) return 'a time in the future';
  if (point.timeUnixNano < now - 24 * 3_600_000) return 'a time more than a day ago';
  if (point.startTimeUnixNano > point.timeUnixNano) return 'a start after its time';
  return null;
}

function pointOf(
  point: Point,
  intervals: Interval[],
  cumulative: boolean | null,
  metric: Metric,
  process: string,
): RequestPoint {
  const { attributes, startTimeUnixNano: startAt, timeUnixNano: at } = point;
  const unitMs = unitOf(metric);
  // A process that begins again counts from another start: its counters are other ones.
  const since = cumulative ? startAt : 'delta';
  const names = [...attributes].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    route: routeOf(attributes),
    error: isError(attributes),
    cumulative: cumulative ?? false,
    startAt,
    at,
    count: point.count,
    totalMs: Number.isFinite(point.sum) ? (point.sum ?? 0) * unitMs : 0,
    maxMs: Number.isFinite(point.max) ? (point.max ?? 0) * unitMs : null,
    intervals: mergeIntervals(intervals),
    stream: hash([process, metric.name, since, names]),
    process: hash([process, metric.name, since]),
  };
}

const hash = (parts: unknown) =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
