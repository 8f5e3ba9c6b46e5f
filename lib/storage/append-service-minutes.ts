import { mergeIntervals } from '@/lib/service/durations';
import type { Served } from '@/lib/service/minutes';
import { type Db, ensurePartitions } from './partitions';

/** What a route served in one minute, added to what is there. */
export type ServiceMinute = Served & {
  routeId: number;
  at: number;
  databaseMs?: number;
  networkMs?: number;
  otherMs?: number;
  networkRequests?: number;
};
export type ServiceSource = 'metrics' | 'traces';

/** Adds rows; those of one route and minute are summed first. */
export async function appendServiceMinutes(
  db: Db,
  serviceId: number,
  source: ServiceSource,
  given: Iterable<ServiceMinute>,
): Promise<void> {
  const rows = sumRows(given);
  if (rows.length === 0) return;
  // A new object: this runs in a transaction that may be rolled back, and with it the partition.
  await ensurePartitions(
    {},
    db,
    'service_minute',
    rows.map(({ at }) => at),
  );
  const numbers = (pick: (row: ServiceMinute) => number | undefined) =>
    rows.map((row) => pick(row) ?? 0);
  const lists = (end: 'low' | 'high' | 'count') =>
    rows.map(({ intervals }) => `{${intervals.map((one) => String(one[end])).join()}}`);
  await db.query(
    `insert into service_minute as m (service_id, route_id, source, at, requests, errors, total_ms, lows, highs, counts,
       database_ms, network_ms, other_ms, network_requests)
     select $1, r.route_id, $2, r.at, r.requests, r.errors, r.total_ms, r.lows::float4[], r.highs::float4[],
       r.counts::float8[], r.database_ms, r.network_ms, r.other_ms, r.network_requests
     from unnest($3::int[], $4::timestamptz[], $5::float8[], $6::float8[], $7::float8[], $8::text[], $9::text[],
       $10::text[], $11::float8[], $12::float8[], $13::float8[], $14::float8[])
       r (route_id, at, requests, errors, total_ms, lows, highs, counts, database_ms, network_ms, other_ms, network_requests)
     on conflict (service_id, route_id, source, at) do update set
       requests = m.requests + excluded.requests, errors = m.errors + excluded.errors,
       total_ms = m.total_ms + excluded.total_ms, database_ms = m.database_ms + excluded.database_ms,
       network_ms = m.network_ms + excluded.network_ms, other_ms = m.other_ms + excluded.other_ms,
       network_requests = m.network_requests + excluded.network_requests,
       (lows, highs, counts) = (
         select coalesce(array_agg(low order by low, high), '{}'), coalesce(array_agg(high order by low, high), '{}'),
                coalesce(array_agg(n order by low, high), '{}')
         from (select low, high, sum(n) as n
               from (select unnest(m.lows) as low, unnest(m.highs) as high, unnest(m.counts) as n
                     union all select unnest(excluded.lows), unnest(excluded.highs), unnest(excluded.counts)) every
               group by 1, 2) summed)`,
    [
      ...[serviceId, source, rows.map(({ routeId }) => routeId)],
      rows.map(({ at }) => new Date(at)),
      ...[numbers((row) => row.requests), numbers((row) => row.errors)],
      ...[numbers((row) => row.totalMs), lists('low'), lists('high'), lists('count')],
      ...[numbers((row) => row.databaseMs), numbers((row) => row.networkMs)],
      ...[numbers((row) => row.otherMs), numbers((row) => row.networkRequests)],
    ],
  );
}

/** In one order, so that two writers never wait for each other in a circle. */
function sumRows(given: Iterable<ServiceMinute>): ServiceMinute[] {
  const rows = new Map<string, Required<ServiceMinute>>();
  for (const one of given) {
    const name = `${one.routeId} ${one.at}`;
    const row = rows.get(name) ?? {
      ...{ routeId: one.routeId, at: one.at, requests: 0, errors: 0, totalMs: 0, intervals: [] },
      ...{ databaseMs: 0, networkMs: 0, otherMs: 0, networkRequests: 0 },
    };
    row.requests += one.requests;
    row.errors += one.errors;
    row.totalMs += one.totalMs;
    row.intervals.push(...one.intervals);
    row.databaseMs += one.databaseMs ?? 0;
    row.networkMs += one.networkMs ?? 0;
    row.otherMs += one.otherMs ?? 0;
    row.networkRequests += one.networkRequests ?? 0;
    rows.set(name, row);
  }
  return [...rows.values()]
    .map((row) => ({ ...row, intervals: mergeIntervals(row.intervals) }))
    .sort((a, b) => a.routeId - b.routeId || a.at - b.at);
}
