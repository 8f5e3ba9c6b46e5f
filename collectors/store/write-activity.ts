import type { Pool } from 'pg';
import type { Poll } from '@/collectors/run/poll';
import type { LeaseFence } from '@/lib/storage/append-readings';

/** The newest sessions of an instance, in place of those before; what could not be read leaves them, with the reason. */
export async function writeActivity(
  db: Pool,
  lease: LeaseFence,
  { sessions }: Pick<Poll, 'sessions'>,
): Promise<void> {
  if (sessions === null) return;
  await db.query(
    `insert into activity as a (instance_id, at, sessions, error)
     select $1, $3, $4, $5 where exists (select from lease where instance_id = $1 and fence = $2)
     on conflict (instance_id) do update set at = coalesce(excluded.at, a.at),
       sessions = coalesce(excluded.sessions, a.sessions), error = excluded.error
       where excluded.at is null or a.at is null or excluded.at >= a.at`,
    [
      lease.instanceId,
      lease.fence.toString(),
      'rows' in sessions ? new Date(sessions.at) : null,
      'rows' in sessions ? JSON.stringify(sessions.rows) : null,
      'error' in sessions ? JSON.stringify(sessions.error.toJSON()) : null,
    ],
  );
}
