import type { PoolClient } from 'pg';
import { inTransaction, markCompacted } from './compact';
import { ensurePartitions } from './partitions';

/** Makes the five-minute averages, lowest and highest of one UTC day from its blocks. Done again, it gives the same. */
export async function rollUpDay(client: PoolClient, day: number): Promise<void> {
  await inTransaction(client, async () => {
    await ensurePartitions({}, client, 'rollup', [day]);
    await client.query(
      `with part as (
         select b.series_id, floor(extract(epoch from b.hour + (u.i - 1) * b.step_ms * interval '1 ms' - $1::timestamptz) / 300)::int as n,
                avg(u.v) as average, min(u.v) as lowest, max(u.v) as highest, count(u.v)::float8 as samples
         from block b, unnest(b.vals) with ordinality u (v, i)
         where b.hour >= $1 and b.hour < $1::timestamptz + interval '1 day' and u.v is not null
         group by 1, 2),
       dense as (
         select s.series_id, g.n, p.average, p.lowest, p.highest, p.samples
         from (select distinct series_id from part) s cross join generate_series(0, 287) g (n)
         left join part p on p.series_id = s.series_id and p.n = g.n)
       insert into rollup (series_id, day, average, lowest, highest, samples)
       select series_id, $1, array_agg(average order by n), array_agg(lowest order by n),
              array_agg(highest order by n), array_agg(samples order by n)
       from dense group by series_id
       on conflict (series_id, day) do update set average = excluded.average, lowest = excluded.lowest,
         highest = excluded.highest, samples = excluded.samples`,
      [new Date(day)],
    );
    await markCompacted(client, 'rollup', day);
  });
}
