import type { Pool } from 'pg';
import type { Poll } from '@/collectors/run/poll';
import type { LeaseFence } from '@/lib/storage/append-readings';

/** What an instance says of its replication, in place of what it said before; a failure leaves that, with the reason. */
export async function writeReplication(
  db: Pool,
  lease: LeaseFence,
  { replication }: Pick<Poll, 'replication'>,
): Promise<void> {
  if (replication === null) return;
  const facts = 'facts' in replication ? replication.facts : null;
  await db.query(
    `insert into replication_facts as r (instance_id, at, facts, error)
     select $1, $3, $4, $5 where exists (select from lease where instance_id = $1 and fence = $2)
     on conflict (instance_id) do update set at = coalesce(excluded.at, r.at),
       facts = coalesce(excluded.facts, r.facts), error = excluded.error
       where excluded.at is null or r.at is null or excluded.at >= r.at`,
    [
      lease.instanceId,
      lease.fence.toString(),
      facts === null ? null : new Date(facts.at),
      facts === null ? null : JSON.stringify(facts),
      'error' in replication ? JSON.stringify(replication.error.toJSON()) : null,
    ],
  );
}
