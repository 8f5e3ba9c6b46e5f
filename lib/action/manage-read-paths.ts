import type { z } from 'zod';
import { appendAudit } from '@/lib/auth/audit';
import { HttpError, notFound } from '@/lib/auth/http-error';
import type { Caller } from '@/lib/auth/require-user';
import type { ReadPathBody, readPathInput, readPathPatch } from '@/lib/contract';
import { pool } from '@/lib/storage/pool';
import { readReadPaths } from '@/lib/storage/read-read-paths';
import { replicationSnapshot } from '@/lib/storage/replication-snapshot';

type Who = { caller: Caller; ip: string | null };
const audit = (who: Who, action: string, id: number, details: Record<string, unknown> = {}) =>
  appendAudit({
    ...{ actor: who.caller.actor, ip: who.ip, action, object: `read_path ${id}`, details },
  });

/** The register of a cluster. @throws 404 when there is no such cluster */
export async function listReadPaths(cluster: number): Promise<{ reads: ReadPathBody[] }> {
  return { reads: await readReadPaths(pool(), await knownOf(cluster)) };
}

export async function addReadPath(
  cluster: number,
  input: z.output<typeof readPathInput>,
  who: Who,
): Promise<ReadPathBody> {
  await knownOf(cluster);
  const { rows } = await pool().query<{ id: number }>(
    `insert into read_path (cluster_id, service, name, consistency, max_lag_ms, updated_by)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning id`,
    [cluster, input.service, input.name, input.consistency, input.max_lag_ms, who.caller.actor],
  );
  const id = rows[0]?.id;
  if (id === undefined)
    throw new HttpError(409, 'name_taken', 'name: this service has one of that name', {
      fields: { name: 'this service has one of that name' },
    });
  await audit(who, 'read_path_add', id, input);
  return readOne(cluster, id);
}

export async function changeReadPath(
  id: number,
  input: z.output<typeof readPathPatch>,
  who: Who,
): Promise<ReadPathBody> {
  const { rows } = await pool().query<{ cluster_id: number }>(
    `update read_path set consistency = $2, max_lag_ms = $3, updated_at = now(), updated_by = $4
     where id = $1 returning cluster_id`,
    [id, input.consistency, input.max_lag_ms, who.caller.actor],
  );
  if (!rows[0]) throw notFound('read');
  await audit(who, 'read_path_change', id, input);
  return readOne(rows[0].cluster_id, id);
}

export async function removeReadPath(id: number, who: Who): Promise<void> {
  const { rows } = await pool().query<{ service: string; name: string }>(
    'delete from read_path where id = $1 returning service, name',
    [id],
  );
  if (!rows[0]) throw notFound('read');
  await audit(who, 'read_path_remove', id, rows[0]);
}

async function knownOf(cluster: number) {
  const known = await replicationSnapshot.ofCluster(String(cluster));
  if (!known) throw notFound('cluster');
  return known;
}

async function readOne(cluster: number, id: number): Promise<ReadPathBody> {
  const [found] = await readReadPaths(pool(), await knownOf(cluster), id);
  if (!found) throw notFound('read');
  return found;
}
