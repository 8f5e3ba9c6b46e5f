import { createHash } from 'node:crypto';
import type { ExpositionSample } from '@/lib/metric/parse-exposition';
import { fixedInterval, type Interval, mergeIntervals } from '@/lib/service/durations';
import { isError, routeOf } from './describe-service';
import { explicitIntervals } from './read-histogram';
import type { RequestPoint } from './read-metrics';

/**
 * Histograms of requests served, by the names that OpenTelemetry's conventions have in Prometheus (the stable one, the older
 * one), and the one that most other libraries use. The first that an application has counts: it may write several.
 * https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 */
const histograms = [
  { name: 'http_server_request_duration_seconds', unitMs: 1000 },
  { name: 'http_server_duration_milliseconds', unitMs: 1 },
  { name: 'http_server_duration_seconds', unitMs: 1000 },
  { name: 'http_request_duration_seconds', unitMs: 1000 },
  { name: 'http_request_duration_milliseconds', unitMs: 1 },
] as const;

/** What names of labels mean in the semantic conventions. */
const attributeOf: Readonly<Record<string, string>> = {
  ...{ http_route: 'http.route', route: 'http.route', path: 'http.route', handler: 'http.route' },
  ...{ http_request_method: 'http.request.method', http_method: 'http.request.method' },
  method: 'http.request.method',
  ...{ http_response_status_code: 'http.response.status_code', error_type: 'error.type' },
  ...{ http_status_code: 'http.response.status_code', status_code: 'http.response.status_code' },
  ...{ code: 'http.response.status_code', status: 'http.response.status_code' },
};

const parts = /^(.*)_(bucket|sum|count)$/;
/** Whether a sample's name is one that is read here. */
export function isRequestSample(name: string): boolean {
  if (name === processStart) return true;
  const base = parts.exec(name)?.[1];
  return histograms.some((one) => one.name === base);
}
const processStart = 'process_start_time_seconds';
const mostPoints = 5_000;

/** Whether an exposition announces such a histogram: until the first request some libraries write nothing of it but that. */
export const announcesRequests = (text: string) =>
  histograms.some(({ name }) => new RegExp(`^# TYPE ${name} histogram`, 'm').test(text));

/**
 * Points of the histogram of requests in an exposition, as counters since its process began.
 * @param target what tells this exposition from others of the service
 * @param at when it was fetched, epoch ms
 * @returns points that contradict themselves left out, and counted; null when the exposition has none
 */
export function readExposition(
  samples: readonly ExpositionSample[],
  target: string,
  at: number,
): { points: RequestPoint[]; rejected: number } | null {
  const known = histograms.find(({ name }) =>
    samples.some((sample) => sample.name === `${name}_bucket` || sample.name === `${name}_count`),
  );
  if (known === undefined) return null;
  const began = samples.find(({ name }) => name === processStart)?.value ?? 0;
  // Of what a clock says that is ahead of ours nothing follows.
  const startAt = began > 0 && began * 1000 <= at ? Math.round(began * 1000) : 0;
  const lines = new Map<string, Line>();
  for (const { name, labels, value } of samples) {
    const [, base, part] = parts.exec(name) ?? [];
    if (base !== known.name) continue;
    const { le, ...own } = labels;
    const names = Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify(names);
    const line = lines.get(key) ?? { names, buckets: new Map(), sum: null, count: null };
    lines.set(key, line);
    if (part === 'bucket' && le !== undefined) line.buckets.set(boundOf(le), value);
    else if (part === 'sum') line.sum = value;
    else if (part === 'count') line.count = value;
  }
  const found = [...lines.values()].slice(0, mostPoints).map((line) => {
    const intervals = intervalsOf(line, known.unitMs);
    return intervals === null ? null : pointOf(line, intervals);
  });
  const points = found.filter((point) => point !== null);
  return { points, rejected: lines.size - points.length };

  function pointOf({ names, sum, count }: Line, intervals: Interval[]): RequestPoint {
    const attributes = new Map(
      names.flatMap(([name, value]) =>
        attributeOf[name] === undefined ? [] : [[attributeOf[name], value] as const],
      ),
    );
    return {
      route: routeOf(attributes),
      error: isError(attributes),
      ...{ cumulative: true, startAt, at, maxMs: null },
      count: count ?? 0,
      totalMs: sum !== null && Number.isFinite(sum) && sum > 0 ? sum * (known?.unitMs ?? 1) : 0,
      intervals: mergeIntervals(intervals),
      stream: hash([target, known?.name, startAt, names]),
      process: hash([target, known?.name, startAt]),
    };
  }
}

type Line = {
  names: [string, string][];
  /** Cumulative counts by upper bound. */
  buckets: Map<number, number>;
  sum: number | null;
  count: number | null;
};

const boundOf = (le: string) => (le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le));

function intervalsOf({ buckets, count }: Line, unitMs: number): Interval[] | null {
  if (count === null || !Number.isSafeInteger(count) || count < 0) return null;
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const bounds = sorted.map(([bound]) => bound).filter(Number.isFinite);
  if (sorted.some(([bound]) => Number.isNaN(bound))) return null;
  const reached = [...sorted.flatMap(([bound, n]) => (Number.isFinite(bound) ? [n] : [])), count];
  const bucketCounts = reached.map((n, i) => n - (reached[i - 1] ?? 0));
  if (bucketCounts.some((n) => !Number.isSafeInteger(n))) return null;
  if (bounds.length === 0) return count > 0 ? [{ ...open, count }] : [];
  return explicitIntervals(
    {
      ...{ explicitBounds: bounds, bucketCounts, count },
      ...{ attributes: new Map(), startTimeUnixNano: 0, timeUnixNano: 0, flags: 0 },
    },
    unitMs,
  );
}
const open = { low: fixedInterval(-1e9).low, high: Number.POSITIVE_INFINITY };

const hash = (of: unknown) =>
  createHash('sha256').update(JSON.stringify(of)).digest('base64url').slice(0, 22);
