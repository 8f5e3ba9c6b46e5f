import type { Db } from './partitions';

/** How long a lease holds without renewal; a dead collector's instances are free after it. */
export const leaseMs = 15_000;
/** How often the holder renews, and everybody looks for free instances. */
export const renewMs = 5_000;

export type Lease = { instanceId: number; fence: bigint };

/**
 * Says that this collector lives. `instances` without lease go to those that were seen in the last `leaseMs`.
 */
export async function heartbeat(
  db: Db,
  node: { id: string; host: string; pid: number; version: string; startedAt: Date },
): Promise<void> {
  await db.query(
    `insert into collector (id, host, pid, version, started_at, last_seen) values ($1, $2, $3, $4, $5, now())
     on conflict (id) do update set last_seen = now()`,
    [node.id, node.host, node.pid, node.version, node.startedAt],
  );
  await db.query(`delete from collector where last_seen < now() - interval '1 day'`);
}

/**
 * Renews what this collector holds and takes free instances up to its fair share of all instances.
 * Taking one raises its fence number, so that the former holder's late writes are refused.
 * The store's clock alone decides what has expired.
 * An expired lease that nobody took is renewed with its fence: what was read while the store was away is still welcome.
 * @param renewOnly take nothing: right after an outage of the store, others' leases look expired although they live
 * @returns every lease held after the call
 */
export async function holdLeases(db: Db, owner: string, renewOnly = false): Promise<Lease[]> {
  await db.query(`update lease set expires_at = now() + $2 * interval '1 ms' where owner = $1`, [
    owner,
    leaseMs,
  ]);
  if (!renewOnly) await takeFree(db, owner);
  await giveUpExcess(db, owner);
  const { rows } = await db.query<{ instance_id: number; fence: string }>(
    'select instance_id, fence from lease where owner = $1 and expires_at > now() order by instance_id',
    [owner],
  );
  return rows.map((row) => ({ instanceId: row.instance_id, fence: BigInt(row.fence) }));
}

async function takeFree(db: Db, owner: string): Promise<void> {
  await db.query(
    `with share as (
       select ceil((select count(*) from instance)::float8 /
         greatest(1, (select count(*) from collector where last_seen > now() - $2 * interval '1 ms'))) as most
     ), held as (select count(*) as n from lease where owner = $1 and expires_at > now()),
     free as (
       select i.id from instance i left join lease l on l.instance_id = i.id
       where l.instance_id is null or l.expires_at <= now()
       order by i.id for update of i skip locked
       limit (select greatest(0, most - n)::int from share, held)
     )
     insert into lease (instance_id, owner, fence, expires_at)
     select id, $1, 1, now() + $2 * interval '1 ms' from free
     on conflict (instance_id) do update
       set owner = excluded.owner, fence = lease.fence + 1, expires_at = excluded.expires_at
       where lease.expires_at <= now()`,
    [owner, leaseMs],
  );
}

/** A collector that holds more than its share lets the rest go, so that one that joins gets work. */
async function giveUpExcess(db: Db, owner: string): Promise<void> {
  await db.query(
    `with share as (
       select ceil((select count(*) from instance)::float8 /
         greatest(1, (select count(*) from collector where last_seen > now() - $2 * interval '1 ms')))::int as most
     )
     update lease set expires_at = now(), fence = fence + 1, owner = ''
     where instance_id in (
       select instance_id from lease where owner = $1 and expires_at > now()
       order by instance_id offset (select most from share))`,
    [owner, leaseMs],
  );
}

/** Lets everything go at once, for a clean shutdown. */
export async function releaseLeases(db: Db, owner: string): Promise<void> {
  await db.query(
    `update lease set expires_at = now(), fence = fence + 1, owner = '' where owner = $1`,
    [owner],
  );
  await db.query('delete from collector where id = $1', [owner]);
}
