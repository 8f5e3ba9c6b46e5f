/** The marks on the charts that a collector saw. Appending one again changes nothing. */
import type { Pool } from 'pg';
import type { SeenEvent } from '@/collectors/run/seen-events';

export async function appendEvent(
  db: Pool,
  on: { instanceId: number; clusterId: number },
  event: SeenEvent,
  at: Date,
): Promise<void> {
  await db.query(
    `insert into event (at, kind, cluster_id, instance_id, text, details) 
     select $1, $2, $3, $4, $5, $6
     where exists (select from instance where id = $4)
       and not exists (select from event where instance_id = $4 and at = $1 and kind = $2 and text = $5)`,
    [at, event.kind, on.clusterId, on.instanceId, event.text, JSON.stringify(event.details)],
  );
}
