import { type Db, dayMs, hourMs } from './partitions';

/** What is older than this is kept by the hour. Nothing so old is taken in: the doors refuse it. */
export const minutesKeptMs = 2 * dayMs;

/** Merges old minutes of services into one row per route and hour; a day at most at a time. Done again, it changes nothing. */
export async function mergeServiceHours(db: Db, now: number): Promise<void> {
  const before = Math.floor((now - minutesKeptMs) / hourMs) * hourMs;
  await db.query(
    `with gone as (
       delete from service_minute where at < $1 and not merged and at >= (
         select date_bin('1 hour', min(at), 'epoch') from service_minute where at < $1 and not merged)
         and at < (select date_bin('1 hour', min(at), 'epoch') + interval '1 day' from service_minute where at < $1 and not merged)
       returning *, date_bin('1 hour', at, 'epoch') as hour),
     bucket as (
       select service_id, route_id, source, hour, array_agg(low order by low, high) as lows,
         array_agg(high order by low, high) as highs, array_agg(n order by low, high) as counts
       from (select g.service_id, g.route_id, g.source, g.hour, b.low, b.high, sum(b.n) as n
             from gone g cross join lateral unnest(g.lows, g.highs, g.counts) b (low, high, n)
             group by 1, 2, 3, 4, 5, 6) summed group by 1, 2, 3, 4)
     insert into service_minute (service_id, route_id, source, at, requests, errors, total_ms, lows, highs, counts,
       database_ms, network_ms, other_ms, network_requests, minutes, merged)
     select s.service_id, s.route_id, s.source, s.hour, requests, errors, total_ms, coalesce(lows, '{}'),
       coalesce(highs, '{}'), coalesce(counts, '{}'), database_ms, network_ms, other_ms, network_requests, minutes, true
     from (select service_id, route_id, source, hour, sum(requests) as requests, sum(errors) as errors,
             sum(total_ms) as total_ms, sum(database_ms) as database_ms, sum(network_ms) as network_ms,
             sum(other_ms) as other_ms, sum(network_requests) as network_requests, count(*)::int2 as minutes
           from gone group by 1, 2, 3, 4) s
     left join bucket b on (b.service_id, b.route_id, b.source, b.hour) = (s.service_id, s.route_id, s.source, s.hour)`,
    [new Date(before)],
  );
}
