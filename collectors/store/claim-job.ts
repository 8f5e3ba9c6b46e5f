/** Work that the web process asks for because it needs an opened secret. */
import type { Pool } from 'pg';

export type ClaimedJob = { id: string; kind: string; payload: unknown; sealed: string | null };

/** The oldest waiting job that has not expired; null when there is none. */
export async function claimJob(db: Pool, collectorId: string): Promise<ClaimedJob | null> {
  const { rows } = await db.query<ClaimedJob>(
    `update job set state = 'running', claimed_by = $1
    where id = (select id from job where state = 'waiting' and expires_at > now()
                order by created_at limit 1 for update skip locked)
    returning id, kind, payload, sealed`,
    [collectorId],
  );
  return rows[0] ?? null;
}

/** The sealed password is forgotten with the answer. */
export async function finishJob(db: Pool, id: string, result: unknown): Promise<void> {
  await db.query(`update job set state = 'done', result = $2, sealed = null where id = $1`, [
    id,
    JSON.stringify(result),
  ]);
}

/** Jobs nobody will read any more, and what a collector that died left behind. */
export async function sweepJobs(db: Pool): Promise<void> {
  await db.query(
    `update job set state = 'waiting', claimed_by = null
    where state = 'running' and expires_at > now() and claimed_by not in
      (select id from collector where last_seen > now() - interval '15 seconds')`,
  );
  await db.query(`delete from job where expires_at < now() - interval '10 minutes'`);
}
