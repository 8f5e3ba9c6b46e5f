/** The collector's own row: that it lives, and where. */
import { hostname } from 'node:os';
import type { Pool } from 'pg';

export async function beat(
  db: Pool,
  node: { id: string; version: string; startedAt: Date },
): Promise<void> {
  await db.query(
    `insert into collector (id, host, pid, version, started_at, last_seen) values ($1, $2, $3, $4, $5, now())
    on conflict (id) do update set last_seen = now()`,
    [node.id, hostname(), process.pid, node.version, node.startedAt],
  );
  await db.query(`delete from collector where last_seen < now() - interval '1 day'`);
}

/** A collector that leaves on purpose is not missed. */
export async function leave(db: Pool, id: string): Promise<void> {
  await db.query(`delete from collector where id = $1`, [id]);
}
