import { appendAudit } from '@/lib/auth/audit';
import { invalid, notFound } from '@/lib/auth/http-error';
import type { Caller } from '@/lib/auth/require-user';
import type { ServiceBody } from '@/lib/contract';
import { pool } from '@/lib/storage/pool';
import { readServices } from '@/lib/storage/read-services';

/** A person says which cluster a service works with; with null its traces say it again. */
export async function mapService(
  id: number,
  { cluster }: { cluster: string | null },
  who: { caller: Caller; ip: string | null },
): Promise<ServiceBody> {
  const db = pool();
  if (cluster !== null) {
    const known = await db.query('select from cluster where id = $1', [cluster]);
    if (!known.rowCount) throw invalid('cluster', 'there is no such cluster');
  }
  const { rowCount } = await db.query(
    `update service set cluster_id = $2::int, mapped_by = case when $2::int is not null then 'person' end where id = $1`,
    [id, cluster],
  );
  if (!rowCount) throw notFound('service');
  await appendAudit({
    ...{ actor: who.caller.actor, ip: who.ip, action: 'service_map' },
    ...{ object: `service ${id}`, details: { cluster } },
  });
  const to = Date.now();
  const services = await readServices(db, { from: to - 3_600_000, to });
  const found = services.find((one) => one.id === String(id));
  if (!found) throw notFound('service');
  return found;
}
