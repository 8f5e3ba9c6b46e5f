/** The store's housekeeping: partitions ahead, hot rows into hourly blocks, days into rollups, old partitions dropped. */
import type { Pool, PoolClient } from 'pg';
import { compactHour } from './compact';
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
import { sumStatementHour } from './sum-statements';

/** How long each tier is kept, in days. Changed by the setting `retention`, for example {"block": 14}. */
export const defaultRetention = {
  block: 30,
  rollup: 400,
  statement_reading: 8,
  statement_hour: 400,
};
export type Retention = typeof defaultRetention;

const tendLock = 7_274_617;
/** An hour is compacted this long after its end, so that late readings of a short outage are there. */
const settleMs = 10 * 60_000;

export type Tended = { compacted: number; rolledUp: number; dropped: string[] };

/**
 * Does what is due at `now`. One process at a time; another one returns null at once. Safe to stop anywhere:
 * each step is one transaction, and a step that was done is not done again.
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
  const done: Tended = { compacted: 0, rolledUp: 0, dropped: [] };
  for (const part of await listPartitions(client, 'hot_sample')) {
    if (part.to + settleMs > now) continue;
    await compactHour(client, part);
    done.compacted += 1;
  }
  await sumStatementHours(client, now);
  done.rolledUp = await rollUpDays(client, now);
  const retention = await readRetention(client);
  for (const table of Object.keys(retention) as (keyof Retention)[])
    for (const part of await listPartitions(client, table))
      if (part.to <= now - retention[table] * dayMs) {
        await dropPartition(client, part.name);
        done.dropped.push(part.name);
      }
  await client.query(`delete from compacted where at < now() - interval '500 days'`);
  await dropUnwatched(client);
  if (done.compacted > 0 || done.dropped.length > 0) forgetPartitions(db);
  return done;
}

async function makeAhead(db: Pool, client: Db, now: number) {
  const ahead: [PartitionedTable, number][] = [
    ['hot_sample', 3],
    ['block', 2],
    ['rollup', 2],
    ['statement_reading', 2],
    ['statement_hour', 2],
  ];
  for (const [table, count] of ahead) {
    const moments = Array.from({ length: count }, (_, i) => now + i * partitionSpans[table]);
    await ensurePartitions(db, client, table, moments);
  }
}

/** Sums each finished hour that has readings and no sums yet. */
async function sumStatementHours(client: PoolClient, now: number) {
  const { rows } = await client.query<{ hour: Date }>(
    `select distinct date_bin('1 hour', to_at - interval '1 microsecond', 'epoch') as hour from statement_reading
     where to_at <= to_timestamp($1 / 1000.0) and to_at > to_timestamp($1 / 1000.0) - interval '3 days'
     except select at from compacted where tier = 'statement_hour' order by 1`,
    [Math.floor((now - settleMs) / hourMs) * hourMs],
  );
  for (const { hour } of rows) await sumStatementHour(client, hour.getTime());
}

async function rollUpDays(client: PoolClient, now: number): Promise<number> {
  let count = 0;
  for (const part of await listPartitions(client, 'block')) {
    if (part.to + 2 * hourMs > now) continue;
    const { rowCount } = await client.query(
      `select from compacted where tier = 'rollup' and at = $1`,
      [new Date(part.from)],
    );
    if (rowCount) continue;
    await rollUpDay(client, part.from);
    count += 1;
  }
  return count;
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
