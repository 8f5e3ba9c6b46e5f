import type { Pool, PoolClient } from 'pg';
import type { LoadKey, LoadReading } from '@/lib/activity/sum-load';
import type { LeaseFence } from './append-readings';
import { insertStatements, type SeenStatement } from './append-statements';
import { inTransaction, markCompacted } from './compact';
import { type Db, ensurePartitions, hourMs } from './partitions';
import { underLease } from './under-lease';

/** The texts of statements that were seen running, by how the server names them. */
export type RunningStatements = Record<string, SeenStatement['statement']>;

/**
 * Appends what was sampled between two polls; writing it again changes nothing.
 * @param late it was read a while ago, when the lease was held: who holds it now does not matter
 * @returns false when the lease is no longer held and nothing was written
 */
export async function appendLoad(
  db: Pool,
  lease: LeaseFence,
  load: LoadReading,
  running: RunningStatements,
  late: { late?: boolean } = {},
): Promise<boolean> {
  return underLease(
    db,
    lease,
    async (client) => {
      await ensurePartitions(db, client, 'load_reading', [load.toAt]);
      const ids = await keyIds(client, lease.instanceId, load.rows, running);
      await client.query(
        `insert into load_reading (instance_id, from_at, to_at, samples, key_ids, sessions)
         select $1, $2, $3, $4, $5, $6
         where not exists (select from load_reading where instance_id = $1 and from_at < $3 and to_at > $2)
         on conflict do nothing`,
        [
          ...[lease.instanceId, new Date(load.fromAt), new Date(load.toAt), load.samples],
          ...[ids, load.rows.map(({ sessions }) => sessions)],
        ],
      );
    },
    late,
  );
}

/** The keys' ids in the order given. Text is bounded by what the server allows for names; a blocker by its make. */
async function keyIds(
  client: Db,
  instanceId: number,
  keys: readonly LoadKey[],
  running: RunningStatements,
): Promise<number[]> {
  if (keys.length === 0) return [];
  const known = keys.flatMap(({ statement }) => (statement && running[statement]) || []);
  await insertStatements(client, known);
  const names = keys.map(nameOf);
  const { rows } = await client.query<{ id: number; name: string }>(
    `insert into load_key as k (instance_id, name, state, wait, event, user_name, database_name, application,
       statement_name, statement_id, blocker)
     select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
       $9::text[], $10::text[], $11::text[]) order by 2
     on conflict (instance_id, name) do update
       set last_seen = now(), statement_id = coalesce(excluded.statement_id, k.statement_id)
     returning id, name`,
    [
      ...[instanceId, names, keys.map((key) => key.state), keys.map((key) => key.wait)],
      ...[keys.map((key) => key.event), keys.map((key) => key.user)],
      ...[keys.map((key) => key.database), keys.map((key) => key.application)],
      ...[keys.map((key) => key.statement)],
      keys.map(({ statement }) => (statement && running[statement]?.id) || null),
      keys.map((key) => key.blocker),
    ],
  );
  const ids = new Map(rows.map((row) => [row.name, row.id]));
  return names.map((name) => ids.get(name) as number);
}

function nameOf(key: LoadKey): string {
  const { state, wait, event, user, database, application, statement, blocker } = key;
  return JSON.stringify([state, wait, event, user, database, application, statement, blocker]);
}

/** Merges the readings of a finished hour to one per minute, where they follow each other without a gap. Done once per hour. */
export async function mergeLoadHour(client: PoolClient, hour: number): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(
      `with minute as (
         select instance_id, date_bin('1 minute', to_at - interval '1 microsecond', 'epoch') as minute,
                min(from_at) as from_at, max(to_at) as to_at, sum(samples) as samples
         from load_reading where to_at > $1 and to_at <= $2
         group by 1, 2 having count(*) > 1 and sum(to_at - from_at) = max(to_at) - min(from_at)),
       gone as (
         delete from load_reading r using minute m
         where r.instance_id = m.instance_id and r.to_at > m.from_at and r.to_at <= m.to_at and r.to_at > $1 and r.to_at <= $2
         returning m.instance_id, m.minute, r.key_ids, r.sessions),
       summed as (
         select instance_id, minute, key_id, sum(n) as n
         from (select instance_id, minute, unnest(key_ids) as key_id, unnest(sessions) as n from gone) e group by 1, 2, 3),
       arrays as (select instance_id, minute, array_agg(key_id) as key_ids, array_agg(n) as sessions from summed group by 1, 2)
       insert into load_reading (instance_id, from_at, to_at, samples, key_ids, sessions)
       select instance_id, from_at, to_at, samples, coalesce(key_ids, '{}'), coalesce(sessions, '{}')
       from minute left join arrays using (instance_id, minute)`,
      [new Date(hour), new Date(hour + hourMs)],
    );
    await markCompacted(client, 'load_minute', hour);
  });
}

/** Keys that no reading names any more. */
export async function dropOldLoadKeys(client: Db, keptDays: number): Promise<void> {
  await client.query(`delete from load_key where last_seen < now() - $1 * interval '1 day'`, [
    keptDays + 1,
  ]);
}
