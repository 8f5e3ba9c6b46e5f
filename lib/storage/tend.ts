/** The store's housekeeping: partitions ahead, hot rows into hourly blocks, days into rollups, old partitions dropped. */
import type { Pool, PoolClient } from 'pg';
import { dropOldLoadKeys, mergeLoadHour } from './append-load';
import { dropOldStreams } from './append-service-metrics';
import { compactHour } from './compact';
import { dropOldLogKeys, mergeLogHour } from './merge-log';
import { mergeServiceHours } from './merge-service-hours';
import {
  type Db,
  dayMs,
  dropPartition,
  ensurePartitions,
  forgetPartitions,
  hourMs,
  listPartitions,
  type PartitionedTable,
  partitionSpans,
} from './partitions';
import { rollUpDay } from './roll-up';
import { mergeHistogramHour } from './statement-histograms';
import { keptDays, mergeRecentReadings, sumStatementHour } from './sum-statements';
import { dropOldIndexUse } from './write-inventory';

/** How long each tier is kept, in days. Changed by the setting `retention`, for example {"block": 14}. */
export const defaultRetention = {
  block: 30,
  rollup: 400,
  statement_reading: keptDays,
  statement_hour: 400,
  statement_histogram: keptDays,
  statement_histogram_hour: 400,
  load_reading: keptDays,
  log_reading: keptDays,
  log_hour: 400,
  slow_execution: keptDays,
  service_minute: 400,
  service_statement: keptDays,
  service_trace: keptDays,
};
export type Retention = typeof defaultRetention;

const tendLock = 7_274_617;
/** An hour is compacted this long after its end, so that late readings of a short outage are there. */
const settleMs = 10 * 60_000;

export type Tended = {
  compacted: number;
  rolledUp: number;
  dropped: string[];
  /** Steps that failed; they are tried again at the next call and hold up nothing else. */
  failed: { step: string; message: string }[];
};

/**
 * Does what is due at `now`. One process at a time; another one returns null at once. Safe to stop anywhere:
 * each step is one transaction, and a step that was done is not done again. What fails is kept in the setting
 * `tending`, where GET /api/health finds it.
 * @throws when the store does not answer, or cannot make the partitions that samples are written to
 */
export async function tend(db: Pool, now: number): Promise<Tended | null> {
  const client = await db.connect();
  try {
    const { rows } = await client.query<{ mine: boolean }>(
      'select pg_try_advisory_lock($1) as mine',
      [tendLock],
    );
    if (!rows[0]?.mine) return null;
    try {
      await client.query(`set statement_timeout = '10min'`);
      return await tendLocked(db, client, now);
    } finally {
      await client.query('reset statement_timeout');
      await client.query('select pg_advisory_unlock($1)', [tendLock]);
    }
  } finally {
    client.release();
  }
}

async function tendLocked(db: Pool, client: PoolClient, now: number): Promise<Tended> {
  await makeAhead(db, client, now);
  const done: Tended = { compacted: 0, rolledUp: 0, dropped: [], failed: [] };
  const attempt = async (step: string, work: () => Promise<unknown>) => {
    try {
      await work();
      return 1;
    } catch (error) {
      done.failed.push({ step, message: (error as Error).message });
      return 0;
    }
  };
  for (const part of await listPartitions(client, 'hot_sample')) {
    if (part.to + settleMs > now) continue;
    done.compacted += await attempt(`compact ${part.name}`, () => compactHour(client, part));
  }
  await attempt('merge readings of statements', () => mergeRecentReadings(client, now));
  for (const hour of await finishedHours(client, now, 'statement_reading', 'statement_hour'))
    await attempt(`sum statements of ${iso(hour)}`, () => sumStatementHour(client, hour));
  for (const hour of await finishedHours(client, now, 'statement_histogram', 'histogram_hour'))
    await attempt(`merge histograms of ${iso(hour)}`, () => mergeHistogramHour(client, hour));
  for (const hour of await finishedHours(client, now, 'load_reading', 'load_minute'))
    await attempt(`merge load of ${iso(hour)}`, () => mergeLoadHour(client, hour));
  for (const hour of await finishedHours(client, now, 'log_reading', 'log_minutes'))
    await attempt(`merge logs of ${iso(hour)}`, () => mergeLogHour(client, hour));
  for (const day of await daysToRollUp(client, now))
    done.rolledUp += await attempt(`roll up ${iso(day)}`, () => rollUpDay(client, day));
  await attempt('merge minutes of services', () => mergeServiceHours(client, now));
  const retention = await readRetention(client);
  for (const table of Object.keys(retention) as (keyof Retention)[])
    for (const part of await listPartitions(client, table))
      if (part.to <= now - retention[table] * dayMs)
        await attempt(`drop ${part.name}`, async () => {
          await dropPartition(client, part.name);
          done.dropped.push(part.name);
        });
  await attempt('forget what is past retention', async () => {
    await client.query(`delete from compacted where at < now() - interval '500 days'`);
    await dropOldIndexUse(client);
    await client.query(`delete from delivery where finished_at < now() - interval '30 days'`);
    await client.query(`delete from alert_transition where at < now() - interval '400 days'`);
    await dropOldLoadKeys(client, retention.load_reading);
    await dropOldLogKeys(client, retention.log_hour);
    await dropOldStreams(client);
    await dropUnwatched(client);
  });
  if (done.compacted > 0 || done.dropped.length > 0) forgetPartitions(db);
  await keepOutcome(client, done.failed);
  return done;
}

const iso = (at: number) => new Date(at).toISOString();

/** `since` is the first of the calls in a row that had a failure. */
async function keepOutcome(client: PoolClient, failed: Tended['failed']) {
  if (failed.length === 0) {
    await client.query(`delete from setting where key = 'tending'`);
    return;
  }
  await client.query(
    `insert into setting (key, value) values ('tending', $1::jsonb || jsonb_build_object('since', now()))
     on conflict (key) do update set value = excluded.value || jsonb_build_object('since', setting.value -> 'since')`,
    [JSON.stringify({ failed: failed.slice(0, 20) })],
  );
}

async function makeAhead(db: Pool, client: Db, now: number) {
  const ahead: [PartitionedTable, number][] = [
    ['hot_sample', 3],
    ['block', 2],
    ['rollup', 2],
    ['statement_reading', 2],
    ['statement_hour', 2],
    ['statement_histogram', 2],
    ['statement_histogram_hour', 2],
    ['load_reading', 2],
    ['log_reading', 2],
    ['log_hour', 2],
    ['slow_execution', 2],
    ['service_minute', 2],
    ['service_statement', 2],
    ['service_trace', 2],
  ];
  for (const [table, count] of ahead) {
    const moments = Array.from({ length: count }, (_, i) => now + i * partitionSpans[table]);
    await ensurePartitions(db, client, table, moments);
  }
}

/** Finished hours that have readings in `table` and have not moved to `tier` yet. */
async function finishedHours(
  client: PoolClient,
  now: number,
  table: 'statement_reading' | 'statement_histogram' | 'load_reading' | 'log_reading',
  tier: 'statement_hour' | 'histogram_hour' | 'load_minute' | 'log_minutes',
): Promise<number[]> {
  const end = Math.floor((now - settleMs) / hourMs) * hourMs;
  const { rows } = await client.query<{ hour: Date }>(
    // Hours are asked for one by one: what is summed already, nearly all, is not looked at.
    `select hour from generate_series($1::timestamptz, $2::timestamptz - interval '1 hour', interval '1 hour') hour
     where not exists (select from compacted where tier = $3 and at = hour)
       and exists (select from ${table} where to_at > hour and to_at <= hour + interval '1 hour') order by 1`,
    [new Date(end - (await readRetention(client))[table] * dayMs), new Date(end), tier],
  );
  return rows.map(({ hour }) => hour.getTime());
}

async function daysToRollUp(client: PoolClient, now: number): Promise<number[]> {
  const days = (await listPartitions(client, 'block')).filter(
    (part) => part.to + 2 * hourMs <= now,
  );
  const { rows } = await client.query<{ at: Date }>(
    `select at from compacted where tier = 'rollup'`,
  );
  const done = new Set(rows.map(({ at }) => at.getTime()));
  return days.map((part) => part.from).filter((day) => !done.has(day));
}

/** Series of instances that are no longer watched go with their last samples; keys and statements nobody uses go too. */
async function dropUnwatched(client: Db) {
  await client.query(
    `delete from layout l where not exists (select from instance i where i.id = l.instance_id)
       and not exists (select from hot_sample h where h.layout_id = l.id)`,
  );
  await client.query(
    `delete from series s where not exists (select from instance i where i.id = s.instance_id)
       and not exists (select from slot p where p.series_id = s.id)
       and not exists (select from block b where b.series_id = s.id)
       and not exists (select from rollup r where r.series_id = s.id)`,
  );
}

async function readRetention(client: Db): Promise<Retention> {
  const { rows } = await client.query<{ value: Partial<Retention> }>(
    `select value from setting where key = 'retention'`,
  );
  const kept = { ...defaultRetention };
  for (const name of Object.keys(kept) as (keyof Retention)[]) {
    const days = rows[0]?.value[name];
    if (typeof days === 'number' && Number.isFinite(days) && days >= 1) kept[name] = days;
  }
  return kept;
}
