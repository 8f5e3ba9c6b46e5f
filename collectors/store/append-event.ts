/** The marks on the charts that a collector saw. */
import type { Pool } from 'pg';
import type { SeenEvent } from '@/collectors/run/seen-events';

export async function appendEvent(
  db: Pool,
  on: { instanceId: number; clusterId: number },
  event: SeenEvent,
  at: Date,
): Promise<void> {
  await db.query(
    `insert into event (at, kind, cluster_id, instance_id, text, details) values ($1, $2, $3, $4, $5, $6)`,
    [at, event.kind, on.clusterId, on.instanceId, event.text, JSON.stringify(event.details)],
  );
}
