import type { Pool } from 'pg';
import { notFound } from '@/lib/auth/http-error';
import type { PartsBody, ServedBody, ServiceBody, ServiceDetailBody } from '@/lib/contract';
import { type Percentile, percentileOf } from '@/lib/service/durations';
import { groupBy } from './group-by';
import { minutesKeptMs } from './merge-service-hours';
import { type Db, hourMs } from './partitions';
import { readObjectives } from './read-objectives';
import { addSums, readServiceMinutes, type ServedSum } from './read-service-minutes';
import { readServiceStatements, readServiceTraces } from './read-service-statements';

const minuteMs = 60_000;
type Sum = Omit<ServedSum, 'serviceId' | 'routeId'>;
type Window = { from: number; to: number };

/** Services, of a cluster or all, with what they served in a window; busiest first. */
export async function readServices(
  db: Pool,
  query: Window & { cluster?: string | undefined; id?: number },
): Promise<ServiceBody[]> {
  const services = await readNames(db, query);
  const sums = await readServiceMinutes(db, {
    ...{ serviceIds: services.map(({ id }) => id), from: query.from, to: query.to },
    ...{ stepMs: 400 * 24 * 3_600_000, routes: 'whole' },
  });
  const byService = groupBy(sums, ({ serviceId }) => serviceId);
  const objectivesOf = await readObjectives(
    db,
    services.map(({ id }) => id),
  );
  return services
    .map((one) => ({
      ...serviceOf(one, byService.get(one.id) ?? [], query),
      ...objectivesOf(one.id),
    }))
    .sort((a, b) => (b.requests ?? -1) - (a.requests ?? -1) || a.name.localeCompare(b.name));
}

/** One service over a window. @throws 404 when there is none */
export async function readService(
  db: Pool,
  id: number,
  query: Window & { points: number },
): Promise<ServiceDetailBody> {
  const [service] = await readNames(db, { id });
  if (!service) throw notFound('service');
  const minutes = (query.to - query.from) / minuteMs;
  // Old minutes are kept by the hour.
  const merged = query.from < Date.now() - minutesKeptMs;
  const least = merged ? hourMs / minuteMs : 1;
  const stepMs = Math.ceil(Math.max(1, minutes / query.points) / least) * least * minuteMs;
  const from = Math.floor(query.from / stepMs) * stepMs;
  const window = { from: query.from, to: query.to };
  const [whole, routes, names, statements, traces] = await Promise.all([
    readServiceMinutes(db, { serviceIds: [id], from, to: query.to, stepMs, routes: 'whole' }),
    readServiceMinutes(db, {
      ...{ serviceIds: [id], ...window, stepMs: 400 * 24 * 3_600_000, routes: 'all' },
    }),
    readRouteNames(db, id),
    readServiceStatements(db, id, window),
    readServiceTraces(db, id, window),
  ]);
  const objectivesOf = await readObjectives(db, [id]);
  const inWindow = routes.filter(({ routeId }) => routeId === 0);
  const source = sourceOf(inWindow);
  const last = service.last_seen.getTime();
  const byStep = groupBy(whole, ({ at }) => at);
  const byRoute = groupBy(
    routes.filter(({ routeId }) => routeId !== 0),
    ({ routeId }) => routeId,
  );
  // A route has rows only of minutes in which it was called: its rate is over what its service reported.
  const covered = seconds(ofSource(inWindow, source), window, last);
  return {
    ...serviceOf(service, inWindow, window),
    ...objectivesOf(id),
    window,
    step_ms: stepMs,
    series: steps(from, lastHeard(query.to, ofSource(inWindow, source)), stepMs).map((at) => {
      const sum = ofSource(byStep.get(at) ?? [], source);
      const traced = ofSource(byStep.get(at) ?? [], 'traces');
      const part = servedOf(sum, seconds(sum, { from: at, to: at + stepMs }, last));
      const where = partsOf(traced);
      return {
        at,
        ...{ requests_per_s: part.requests_per_s, error_rate: part.error_rate },
        ...{ p50_ms: part.p50_ms, p95_ms: part.p95_ms, p99_ms: part.p99_ms },
        database_ms: where?.database_ms ?? null,
        duration_ms: traced && traced.requests > 0 ? traced.totalMs / traced.requests : null,
      };
    }),
    routes: [...byRoute]
      .map(([routeId, rows]) => ({
        route: names.get(routeId) ?? '',
        ...servedOf(ofSource(rows, source), covered),
        parts: partsOf(ofSource(rows, 'traces')),
      }))
      .filter(({ requests }) => requests !== null)
      .sort((a, b) => (b.requests ?? 0) - (a.requests ?? 0)),
    ...statements,
    traces,
  };
}

type Named = {
  id: number;
  namespace: string;
  name: string;
  environment: string;
  mapped_by: 'person' | 'traces' | null;
  cluster_id: number | null;
  cluster: string | null;
  first_seen: Date;
  last_seen: Date;
};

async function readNames(
  db: Db,
  scope: { id?: number | undefined; cluster?: string | undefined },
): Promise<Named[]> {
  const { rows } = await db.query<Named>(
    `select s.id, s.namespace, s.name, s.environment, s.mapped_by, s.cluster_id, c.name as cluster, s.first_seen, s.last_seen
     from service s left join cluster c on c.id = s.cluster_id
     where ($1::int is null or s.id = $1) and ($2::int is null or s.cluster_id = $2)`,
    [scope.id ?? null, scope.cluster ?? null],
  );
  return rows;
}

async function readRouteNames(db: Db, serviceId: number): Promise<Map<number, string>> {
  const { rows } = await db.query<{ id: number; name: string }>(
    'select id, name from service_route where service_id = $1',
    [serviceId],
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Metrics count every request; traces only those that were traced, so they are the second choice. */
function sourceOf(sums: readonly ServedSum[]): 'metrics' | 'traces' | null {
  if (sums.some(({ source }) => source === 'metrics')) return 'metrics';
  return sums.length > 0 ? 'traces' : null;
}

function ofSource(sums: readonly ServedSum[], source: 'metrics' | 'traces' | null): Sum | null {
  const found = sums.filter((one) => one.source === source);
  return found.length > 0 ? addSums(found) : null;
}

type Measured = Omit<ServiceBody, 'budget' | 'objectives'>;

function serviceOf(service: Named, sums: ServedSum[], window: Window): Measured {
  const source = sourceOf(sums);
  const sum = ofSource(sums, source);
  const { id, cluster, cluster_id, first_seen, last_seen, ...names } = service;
  return {
    ...names,
    id: String(id),
    cluster: cluster_id === null ? null : { id: String(cluster_id), name: cluster ?? '' },
    ...{ first_seen: first_seen.getTime(), last_seen: last_seen.getTime(), source },
    ...servedOf(sum, seconds(sum, window, last_seen.getTime())),
    parts: partsOf(ofSource(sums, 'traces')),
  };
}

/** How many seconds of a window were reported of: the last minute only as far as was heard. */
function seconds(sum: Sum | null, window: Window, lastSeen: number): number {
  if (!sum) return 0;
  const cut = Math.max(0, sum.lastMinute + minuteMs - Math.min(window.to, lastSeen));
  const before = Math.max(0, window.from - sum.at);
  return Math.max(
    1,
    (sum.minutes * minuteMs - Math.min(cut, minuteMs) - Math.min(before, minuteMs)) / 1000,
  );
}

function servedOf(sum: Sum | null, covered: number): ServedBody {
  if (!sum)
    return {
      ...{ requests: null, requests_per_s: null, errors: null, error_rate: null, mean_ms: null },
      ...{ p50_ms: null, p95_ms: null, p99_ms: null },
      bounds: { p50: null, p95: null, p99: null },
    };
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentileOf(sum.intervals, share));
  return {
    ...{ requests: sum.requests, requests_per_s: sum.requests / covered, errors: sum.errors },
    error_rate: sum.requests > 0 ? sum.errors / sum.requests : null,
    mean_ms: sum.requests > 0 ? sum.totalMs / sum.requests : null,
    ...{ p50_ms: p50?.value ?? null, p95_ms: p95?.value ?? null, p99_ms: p99?.value ?? null },
    bounds: { p50: boundsOf(p50), p95: boundsOf(p95), p99: boundsOf(p99) },
  };
}

const boundsOf = (one: Percentile | null | undefined): [number, number | null] | null =>
  one ? [one.low, one.high] : null;

/** Parts of the average traced request; what is neither database, network nor another service is the application's. */
function partsOf(sum: Sum | null): PartsBody | null {
  if (!sum || sum.requests === 0) return null;
  const { requests, totalMs, databaseMs, networkMs, otherMs } = sum;
  return {
    traced_requests: requests,
    application_ms: Math.max(0, totalMs - databaseMs - networkMs - otherMs) / requests,
    database_ms: databaseMs / requests,
    network_ms: sum.networkRequests > 0 ? networkMs / requests : null,
    other_ms: otherMs / requests,
  };
}

/** An SDK sends once a minute or so: what has not come yet is no gap at the end of a chart. */
function lastHeard(to: number, sum: Sum | null): number {
  const end = sum ? sum.lastMinute + minuteMs : to;
  return to - end < 3 * minuteMs ? Math.min(to, end) : to;
}

function steps(from: number, to: number, stepMs: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / stepMs) }, (_, i) => from + i * stepMs);
}
