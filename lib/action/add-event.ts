import type { z } from 'zod';
import { appendAudit } from '@/lib/auth/audit';
import { invalid } from '@/lib/auth/http-error';
import type { Caller } from '@/lib/auth/require-user';
import type { EventBody, eventInput } from '@/lib/contract';
import { pool } from '@/lib/storage/pool';
import { readEvents } from '@/lib/storage/read-events';

/** Puts a mark on the charts. An instance's mark belongs to its cluster too. */
export async function addEvent(
  input: z.output<typeof eventInput>,
  who: { caller: Caller; ip: string | null },
): Promise<EventBody> {
  const at = new Date(input.at ?? Date.now());
  const place = await findPlace(input.cluster, input.instance);
  const { rows } = await pool().query<{ id: string }>(
    'insert into event (at, kind, cluster_id, instance_id, text) values ($1, $2, $3, $4, $5) returning id',
    [at, input.kind, place.clusterId, place.instanceId, input.text],
  );
  const id = String(rows[0]?.id);
  await appendAudit({
    actor: who.caller.actor,
    ip: who.ip,
    action: 'event_add',
    object: `event ${id}`,
  });
  const [made] = await readEvents(pool(), { from: at.getTime(), to: at.getTime(), id });
  if (!made) throw new Error(`event ${id} was written and is not there`);
  return made;
}

async function findPlace(cluster: string | undefined, instance: string | undefined) {
  const { rows } = await pool().query<{ id: number; cluster_id: number }>(
    'select id, cluster_id from instance where id = $1',
    [Number(instance ?? 0)],
  );
  if (instance && !rows[0]) throw invalid('instance', 'is not there');
  const clusterId = cluster ? Number(cluster) : (rows[0]?.cluster_id ?? null);
  const known = await pool().query('select from cluster where id = $1', [clusterId]);
  if (cluster && !known.rowCount) throw invalid('cluster', 'is not there');
  if (rows[0] && rows[0].cluster_id !== clusterId)
    throw invalid('instance', 'is not in that cluster');
  return { clusterId, instanceId: rows[0]?.id ?? null };
}
