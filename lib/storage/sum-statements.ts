import type { PoolClient } from 'pg';
import { inTransaction, markCompacted } from './compact';
import { type Db, ensurePartitions, hourMs } from './partitions';
import { statementCounterNames as names } from './statement-counters';
import { eachStatement } from './statement-tiers';

/**
 * Advisory lock: with the instance's id it is held by one at a time, whoever appends the instance's readings or sums its
 * hour; without it, shared by appends and held alone while an hour is declared summed. No reading slips in between.
 */
const sumLock = 7_274_618;
/** How long readings are kept, unless the setting `retention` says otherwise. */
export const keptDays = 8;

/**
 * Sums the readings of (hour, hour + 1 h] per statement, for ranking long windows, and merges them to a row per minute:
 * instance by instance, so that neither memory nor what waits for the lock grows with the fleet. Done once per hour.
 */
export async function sumStatementHour(client: PoolClient, hour: number): Promise<void> {
  const end = new Date(hour + hourMs);
  await ensurePartitions({}, client, 'statement_hour', [hour + hourMs]);
  const unsummed = async () => {
    const { rows } = await client.query<{ instance_id: number }>(
      `select distinct instance_id from statement_reading r where to_at > $1 and to_at <= $2
         and not exists (select from statement_hour h where h.instance_id = r.instance_id and h.to_at = $2)`,
      [new Date(hour), end],
    );
    return rows.map((row) => row.instance_id);
  };
  for (const id of await unsummed())
    await inTransaction(client, async () => {
      await client.query('select pg_advisory_xact_lock($1::int, $2::int)', [sumLock, id]);
      await insertSums(client, hour, id);
      await mergeToMinutes(client, id, hour, hour + hourMs);
    });
  await inTransaction(client, async () => {
    await client.query('select pg_advisory_xact_lock($1)', [sumLock]);
    // Whose first reading of the hour came meanwhile.
    for (const id of await unsummed()) await insertSums(client, hour, id);
    await markCompacted(client, 'statement_hour', hour);
  });
}

/** Readings stay as they were read this long: what one looks at live is exact to the poll. */
export const fineMs = 16 * 60_000;
/** What was not merged by then waits until its hour is over. */
const lookBackMs = 30 * 60_000;

/** Merges the readings of the running hours to a row per minute, but for the last quarter of one. Repeating it changes nothing. */
export async function mergeRecentReadings(client: PoolClient, now: number): Promise<void> {
  const end = Math.floor((now - fineMs) / 60_000) * 60_000;
  const { rows } = await client.query<{ instance_id: number }>(
    'select distinct instance_id from statement_reading where to_at > $1 and to_at <= $2',
    [new Date(end - lookBackMs), new Date(end)],
  );
  for (const { instance_id: id } of rows)
    await inTransaction(client, async () => {
      await client.query('select pg_advisory_xact_lock($1::int, $2::int)', [sumLock, id]);
      await mergeToMinutes(client, id, end - lookBackMs, end);
    });
}

/** Call it in the appending transaction before the insert: an hour is then summed either before or after the whole append. */
export async function holdSums(client: Db, instanceId: number): Promise<void> {
  await client.query(
    'select pg_advisory_xact_lock_shared($1::int::bigint), pg_advisory_xact_lock($1::int, $2::int)',
    [sumLock, instanceId],
  );
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
  const end = new Date(hour + hourMs);
  const { rows } = await client.query<{ summed: boolean; declared: boolean; expired: boolean }>(
    `select exists (select from statement_hour where instance_id = $1 and to_at = $3) as summed,
            exists (select from compacted where tier = 'statement_hour' and at = $2) as declared,
            $3 <= now() - coalesce((select (value ->> 'statement_reading')::float8 from setting where key = 'retention'),
              $4) * interval '1 day' as expired`,
    [instanceId, new Date(hour), end, keptDays],
  );
  const row = rows[0];
  if (!row || !(row.summed || row.declared) || (row.summed && row.expired)) return;
  await client.query('delete from statement_hour where instance_id = $1 and to_at = $2', [
    instanceId,
    end,
  ]);
  await insertSums(client, hour, instanceId);
}

async function insertSums(client: Db, hour: number, instanceId: number): Promise<void> {
  await client.query(
    `with reading as (
       select r.*, 0 as part from statement_reading r where r.to_at > $1 and r.to_at <= $1::timestamptz + interval '1 hour'
         and r.instance_id = $2),
     ${summedParts}
     insert into statement_hour (${columns})
     select instance_id, from_at, $1::timestamptz + interval '1 hour', ${amounts} from summed
     on conflict do nothing`,
    [new Date(hour), instanceId],
  );
}

/**
 * Only readings that follow each other without a gap become one row, so that whatever lies inside a row was read and
 * a replay of it is known as such. A partial reading stays alone: its gap is not made to look longer.
 */
async function mergeToMinutes(
  client: Db,
  instanceId: number,
  from: number,
  to: number,
): Promise<void> {
  await client.query(
    `with follows as (
       select instance_id, to_at, date_bin('1 minute', to_at - interval '1 microsecond', 'epoch') as minute,
              coalesce(partial is null and lag(partial) over w is null and from_at = lag(to_at) over w, false) as joined
       from statement_reading
       where instance_id = $2 and to_at > $1 and to_at <= $3
       window w as (partition by instance_id order by to_at)),
     numbered as (
       select instance_id, to_at, minute, count(*) filter (where not joined) over (partition by instance_id order by to_at) as run
       from follows),
     parted as (
       select instance_id, to_at, dense_rank() over (order by instance_id, run, minute) as part,
              count(*) over (partition by instance_id, run, minute) as size
       from numbered),
     reading as (
       delete from statement_reading r using parted p
       where r.instance_id = p.instance_id and r.to_at = p.to_at and p.size > 1
         and r.instance_id = $2 and r.to_at > $1 and r.to_at <= $3
       returning r.*, p.part),
     ${summedParts}
     insert into statement_reading (${columns}) select instance_id, from_at, to_at, ${amounts} from summed`,
    [new Date(from), instanceId, new Date(to)],
  );
}

const columns = `instance_id, from_at, to_at, partial, hidden_calls, hidden_total_ms, evictions, key_ids, ${names.join(', ')}`;
const amounts = `partial, hidden_calls, hidden_total_ms, evictions, coalesce(key_ids, '{}'), ${names
  .map((name) => `coalesce(${name}, '{}')`)
  .join(', ')}`;

/** `reading` summed per instance and `part`, as a row of `summed` each. */
const summedParts = `
  per_key as (
    select instance_id, part, key_id, ${names.map((name) => `sum(${name}) as ${name}`).join(', ')}
    from ${eachStatement(names, 'reading', 'w.instance_id, w.part,')} e group by 1, 2, 3),
  per_part as (
    select instance_id, part, min(from_at) as from_at, max(to_at) as to_at, string_agg(distinct partial, ', ') as partial,
           sum(hidden_calls) as hidden_calls, sum(hidden_total_ms) as hidden_total_ms, sum(evictions) as evictions
    from reading group by 1, 2),
  arrays as (
    select instance_id, part, array_agg(key_id order by key_id) as key_ids,
           ${names.map((name) => `case when count(${name}) > 0 then array_agg(${name} order by key_id) end as ${name}`).join(', ')}
    from per_key group by 1, 2),
  summed as (select * from per_part left join arrays using (instance_id, part))`;
