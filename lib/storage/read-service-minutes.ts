import { type Interval, mergeIntervals } from '@/lib/service/durations';
import type { ServiceSource } from './append-service-minutes';
import type { Db } from './partitions';

/** What was served by one route of one service, in one part of a window. */
export type ServedSum = {
  serviceId: number;
  routeId: number;
  source: ServiceSource;
  /** Start of the part, ms. */
  at: number;
  /** How much of the part was reported of. */
  minutes: number;
  lastMinute: number;
  requests: number;
  errors: number;
  totalMs: number;
  databaseMs: number;
  networkMs: number;
  otherMs: number;
  networkRequests: number;
  intervals: Interval[];
};

type Row = {
  service_id: number;
  route_id: number;
  source: ServiceSource;
  at: Date;
  minutes: number;
  last_minute: Date;
  requests: number;
  errors: number;
  total_ms: number;
  database_ms: number;
  network_ms: number;
  other_ms: number;
  network_requests: number;
  buckets: [number, number | string, number][] | null;
};

/**
 * Sums of a window in steps, by service and route. Whole minutes: the first is the one that `from` lies in.
 * @param routes all of them, or the whole service alone, which is far less to read
 */
export async function readServiceMinutes(
  db: Db,
  window: {
    serviceIds: number[];
    from: number;
    to: number;
    stepMs: number;
    routes: 'all' | 'whole';
  },
): Promise<ServedSum[]> {
  const { rows } = await db.query<Row>(
    `with part as materialized (
       select date_bin($4 * interval '1 ms', at, $2) as part, m.*
       from service_minute m
       where service_id = any($1) and at >= $2 and at < $3 and ($5 = 'all' or route_id = 0)),
     bucket as (
       select service_id, route_id, source, part, jsonb_agg(jsonb_build_array(low, high, n)) as buckets
       from (select p.service_id, p.route_id, p.source, p.part, b.low, b.high, sum(b.n) as n
             from part p cross join lateral unnest(p.lows, p.highs, p.counts) b (low, high, n)
             group by 1, 2, 3, 4, 5, 6) summed group by 1, 2, 3, 4)
     select s.*, b.buckets from (
       select service_id, route_id, source, part as at, sum(minutes)::int as minutes, max(at) as last_minute,
         sum(requests) as requests, sum(errors) as errors, sum(total_ms) as total_ms,
         sum(database_ms) as database_ms, sum(network_ms) as network_ms, sum(other_ms) as other_ms,
         sum(network_requests) as network_requests
       from part group by 1, 2, 3, 4) s
     left join bucket b on (b.service_id, b.route_id, b.source, b.part) = (s.service_id, s.route_id, s.source, s.at)
     order by s.at`,
    [
      ...[window.serviceIds, new Date(Math.floor(window.from / 60_000) * 60_000)],
      ...[new Date(window.to), window.stepMs, window.routes],
    ],
  );
  return rows.map((row) => ({
    ...{ serviceId: row.service_id, routeId: row.route_id, source: row.source },
    ...{ at: row.at.getTime(), minutes: row.minutes, lastMinute: row.last_minute.getTime() },
    ...{ requests: row.requests, errors: row.errors, totalMs: row.total_ms },
    ...{ databaseMs: row.database_ms, networkMs: row.network_ms, otherMs: row.other_ms },
    networkRequests: row.network_requests,
    intervals: mergeIntervals(
      (row.buckets ?? []).map(([low, high, count]) => ({ low, high: Number(high), count })),
    ),
  }));
}

/** Sums of several parts as one. */
export function addSums(sums: readonly ServedSum[]): Omit<ServedSum, 'serviceId' | 'routeId'> {
  const add = (pick: (sum: ServedSum) => number) => sums.reduce((all, one) => all + pick(one), 0);
  return {
    source: sums[0]?.source ?? 'metrics',
    at: sums[0]?.at ?? 0,
    lastMinute: Math.max(...sums.map(({ lastMinute }) => lastMinute)),
    minutes: add((one) => one.minutes),
    requests: add((one) => one.requests),
    errors: add((one) => one.errors),
    totalMs: add((one) => one.totalMs),
    databaseMs: add((one) => one.databaseMs),
    networkMs: add((one) => one.networkMs),
    otherMs: add((one) => one.otherMs),
    networkRequests: add((one) => one.networkRequests),
    intervals: mergeIntervals(sums.flatMap(({ intervals }) => intervals)),
  };
}
