import type { PoolClient } from 'pg';
import { inTransaction, markCompacted } from './compact';
import { type Db, ensurePartitions, hourMs } from './partitions';
import { statementCounterNames as names } from './statement-counters';

/** Taken alone while an hour is summed and shared while a reading is appended, so that no reading slips between the two. */
const sumLock = 7_274_618;

/** Sums the readings of (hour, hour + 1 h] per statement, for ranking long windows. Done once per hour. */
export async function sumStatementHour(client: PoolClient, hour: number): Promise<void> {
  await inTransaction(client, async () => {
    await client.query('select pg_advisory_xact_lock($1)', [sumLock]);
    await ensurePartitions({}, client, 'statement_hour', [hour + hourMs]);
    await insertSums(client, hour, null);
    await markCompacted(client, 'statement_hour', hour);
  });
}

/** Call it in the appending transaction before the insert: an hour is then summed either before or after the whole append. */
export async function holdSums(client: Db): Promise<void> {
  await client.query('select pg_advisory_xact_lock_shared($1)', [sumLock]);
}

/**
 * After a late reading: makes the instance's sums of its hour anew, if that hour was summed without it.
 * Sums whose readings are past retention stay as they are: made anew, they would lose all but the late one.
 */
export async function sumAgainIfSummed(
  client: Db,
  instanceId: number,
  toAt: number,
): Promise<void> {
  const hour = (Math.ceil(toAt / hourMs) - 1) * hourMs;
  const { rowCount } = await client.query(
    `select from compacted where tier = 'statement_hour' and at = $1`,
    [new Date(hour)],
  );
  if (!rowCount) return;
  const { rows } = await client.query<{ lost: boolean }>(
    `select exists (select from statement_hour where instance_id = $1 and to_at = $2)
       and 1 >= (select count(*) from statement_reading
         where instance_id = $1 and to_at > $2::timestamptz - interval '1 hour' and to_at <= $2) as lost`,
    [instanceId, new Date(hour + hourMs)],
  );
  if (rows[0]?.lost) return;
  await client.query('delete from statement_hour where instance_id = $1 and to_at = $2', [
    instanceId,
    new Date(hour + hourMs),
  ]);
  await insertSums(client, hour, instanceId);
}

async function insertSums(client: Db, hour: number, instanceId: number | null): Promise<void> {
  const readings = `statement_reading r where r.to_at > $1 and r.to_at <= $1::timestamptz + interval '1 hour'
         and ($2::int is null or r.instance_id = $2)`;
  await client.query(
    `with reading as (select * from ${readings}),
     summed as (
       select r.instance_id, u.key_id, ${names.map((name) => `sum(u.${name}) as ${name}`).join(', ')}
       from reading r,
            unnest(r.key_ids, ${names.map((name) => `r.${name}`).join(', ')}) u (key_id, ${names.join(', ')})
       group by 1, 2),
     per_instance as (
       select instance_id, min(from_at) as from_at, string_agg(distinct partial, ', ') as partial,
              sum(hidden_calls) as hidden_calls, sum(hidden_total_ms) as hidden_total_ms, sum(evictions) as evictions
       from reading group by 1),
     arrays as (
       select instance_id, array_agg(key_id order by key_id) as key_ids,
              ${names.map((name) => `array_agg(${name} order by key_id) as ${name}`).join(', ')}
       from summed group by 1)
     insert into statement_hour (instance_id, from_at, to_at, partial, hidden_calls, hidden_total_ms, evictions,
       key_ids, ${names.join(', ')})
     select p.instance_id, p.from_at, $1::timestamptz + interval '1 hour', p.partial, p.hidden_calls, p.hidden_total_ms,
            p.evictions, coalesce(a.key_ids, '{}'), ${names.map((name) => `coalesce(a.${name}, '{}')`).join(', ')}
     from per_instance p left join arrays a using (instance_id)
     on conflict do nothing`,
    [new Date(hour), instanceId],
  );
}
