/** What members of clusters said last of their replication. */
import type { InstanceBody } from '@/lib/contract';
import { compareServers } from '@/lib/inventory/compare-servers';
import type { InstanceSettings } from '@/lib/inventory/settings';
import type { Drift } from '@/lib/replication/candidates';
import type { ReplicationFacts } from '@/lib/replication/facts';
import type { Member } from '@/lib/replication/find-upstream';
import type { Db } from './partitions';

/** The same instances, in their order, with their newest facts. */
export async function readMembers(db: Db, instances: readonly InstanceBody[]): Promise<Member[]> {
  const { rows } = await db.query<{
    instance_id: number;
    facts: ReplicationFacts | null;
    error: { code: string; message: string } | null;
  }>('select instance_id, facts, error from replication_facts where instance_id = any($1)', [
    instances.map((one) => Number(one.id)),
  ]);
  const read = new Map(rows.map((row) => [String(row.instance_id), row]));
  return instances.map(({ id, name, host, port, state, role }) => ({
    ...{ instance: id, name, host, port, state, role },
    facts: read.get(id)?.facts ?? null,
    readError: read.get(id)?.error ?? null,
  }));
}

/** How each member differs from the primary; empty for those whose settings nobody read. */
export async function readDrift(
  db: Db,
  instances: readonly InstanceBody[],
  primary: string | null,
): Promise<Map<string, Drift>> {
  if (primary === null || instances.length < 2) return new Map();
  const { rows } = await db.query<{ instance_id: number; body: InstanceSettings | null }>(
    'select instance_id, body from instance_settings where instance_id = any($1) and body is not null',
    [instances.map((one) => Number(one.id))],
  );
  const own = rows.find((row) => String(row.instance_id) === primary)?.body;
  if (!own) return new Map();
  return new Map(
    rows.flatMap(({ instance_id, body }) =>
      body && String(instance_id) !== primary
        ? [[String(instance_id), compareServers(body, own)] as const]
        : [],
    ),
  );
}
