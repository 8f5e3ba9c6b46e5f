/** Readings of logs in fewer rows as they age. */
import type { PoolClient } from 'pg';
import { inTransaction, markCompacted } from './compact';
import { type Db, ensurePartitions, hourMs } from './partitions';

/** Of `log_reading` and `log_hour` alike. */
export const logColumns = `instance_id, from_at, to_at, threshold_ms, key_ids, buckets, counts,
  error_key_ids, error_sqlstates, error_counts`;

/**
 * The readings of an hour ($1 to $2), as one for each stretch of at most this length that follow each other without a gap
 * and with one threshold.
 */
const merged = (length: string) => `
  placed as (
    select *, date_bin('${length}', to_at - interval '1 microsecond', 'epoch') as stretch
    from log_reading where to_at > $1 and to_at <= $2),
  marked as (
    select *, (lag(to_at) over mine = from_at and lag(stretch) over mine = stretch
               and lag(threshold_ms) over mine is not distinct from threshold_ms) is not true as begins
    from placed window mine as (partition by instance_id order by to_at)),
  numbered as (select *, count(*) filter (where begins) over (partition by instance_id order by to_at) as piece from marked),
  piece as (
    select instance_id, piece, min(from_at) as from_at, max(to_at) as to_at, max(threshold_ms) as threshold_ms
    from numbered group by 1, 2),
  durations as (
    select instance_id, piece, array_agg(key_id) as key_ids, array_agg(bucket) as buckets, array_agg(n) as counts from (
      select instance_id, piece, key_id, bucket, sum(n)::int as n
      from (select instance_id, piece, unnest(key_ids) as key_id, unnest(buckets) as bucket, unnest(counts) as n from numbered) e
      group by 1, 2, 3, 4) s group by 1, 2),
  errors as (
    select instance_id, piece, array_agg(key_id) as key_ids, array_agg(sqlstate) as sqlstates, array_agg(n) as counts from (
      select instance_id, piece, key_id, sqlstate, sum(n)::int as n
      from (select instance_id, piece, unnest(error_key_ids) as key_id, unnest(error_sqlstates) as sqlstate,
                   unnest(error_counts) as n from numbered) e
      group by 1, 2, 3, 4) s group by 1, 2),
  result as (
    select p.instance_id, p.from_at, p.to_at, p.threshold_ms, coalesce(d.key_ids, '{}') as key_ids,
      coalesce(d.buckets, '{}') as buckets, coalesce(d.counts, '{}') as counts, coalesce(e.key_ids, '{}') as error_key_ids,
      coalesce(e.sqlstates, '{}') as error_sqlstates, coalesce(e.counts, '{}') as error_counts
    from piece p left join durations d using (instance_id, piece) left join errors e using (instance_id, piece))`;

/** Sums the readings of a finished hour for long windows, and merges them to five minutes. Done once per hour. */
export async function mergeLogHour(client: PoolClient, hour: number): Promise<void> {
  const span = [new Date(hour), new Date(hour + hourMs)];
  await ensurePartitions({}, client, 'log_hour', [hour, hour + hourMs]);
  await inTransaction(client, async () => {
    // Readings of this hour that come late wait, and are then not in the sums: nothing reads them twice.
    await client.query('lock table log_reading in share row exclusive mode');
    await client.query(
      `with ${merged('1 hour')} insert into log_hour (${logColumns}) select ${logColumns} from result on conflict do nothing`,
      span,
    );
    await client.query(
      `create temp table merging on commit drop as with ${merged('5 minutes')} select * from result`,
      span,
    );
    await client.query('delete from log_reading where to_at > $1 and to_at <= $2', span);
    await client.query(`insert into log_reading (${logColumns}) select ${logColumns} from merging`);
    await markCompacted(client, 'log_minutes', hour);
  });
}

/** Keys that no reading names any more. */
export async function dropOldLogKeys(client: Db, keptDays: number): Promise<void> {
  await client.query(`delete from log_key where last_seen < now() - $1 * interval '1 day'`, [
    keptDays + 1,
  ]);
}
