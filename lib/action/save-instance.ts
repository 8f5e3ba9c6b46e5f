import type { PoolClient } from 'pg';
import { appendAudit } from '@/lib/auth/audit';
import { HttpError, notFound } from '@/lib/auth/http-error';
import type { Caller } from '@/lib/auth/require-user';
import type { InstanceBody, InstanceInput, InstancePatch } from '@/lib/contract';
import { readPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { pool } from '@/lib/storage/pool';
import { readInstances } from '@/lib/storage/read-instances';

type Who = { caller: Caller; ip: string | null };

/** @throws 409 when the name is taken */
export async function createInstance(input: InstanceInput, who: Who): Promise<InstanceBody> {
  const id = await write(async (db) => {
    const clusterId = await clusterNamed(db, input.cluster ?? input.name);
    const { rows } = await db.query<{ id: number }>(
      `insert into instance (name, cluster_id, engine, host, port, database, "user", tls, explain_enabled, explain_user, labels, node_exporter_url, cloudwatch, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, now()) returning id`,
      [
        input.name,
        clusterId,
        input.engine,
        input.host,
        input.port,
        input.database,
        input.user,
        input.tls,
        input.explain_enabled,
        input.explain_user ?? null,
        JSON.stringify(input.labels),
        input.node_exporter_url ?? null,
        input.cloudwatch ?? null,
      ],
    );
    const made = rows[0]?.id ?? 0;
    await storeSecrets(db, made, input);
    return made;
  });
  await audited(who, 'instance_create', id, { name: input.name, host: input.host });
  return one(id);
}

/** Changing host, port, user or TLS discards the stored passwords: they only ever go to where they were given for. */
export async function changeInstance(
  id: number,
  patch: InstancePatch,
  who: Who,
): Promise<InstanceBody> {
  await write(async (db) => {
    const { rows } = await db.query<Record<string, unknown>>(
      'select * from instance where id = $1 for update',
      [id],
    );
    const old = rows[0];
    if (!old) throw notFound('instance');
    const moved = (['host', 'port', 'tls', 'engine'] as const).some(
      (field) => patch[field] !== undefined && patch[field] !== old[field],
    );
    const otherUser = patch.user !== undefined && patch.user !== old.user;
    const otherExplain =
      patch.explain_user !== undefined && (patch.explain_user ?? null) !== old.explain_user;
    const clusterId = patch.cluster ? await clusterNamed(db, patch.cluster) : old.cluster_id;
    const pick = (field: keyof InstancePatch) => patch[field] ?? old[field];
    await db.query(
      `update instance set name = $2, cluster_id = $3, engine = $4, host = $5, port = $6, database = $7, "user" = $8, tls = $9,
         explain_enabled = $10, explain_user = $11, labels = $12, node_exporter_url = $15, cloudwatch = $16, updated_at = now(),
         password = case when $13 then null else password end,
         explain_password = case when $14 then null else explain_password end
       where id = $1`,
      [
        id,
        pick('name'),
        clusterId,
        pick('engine'),
        pick('host'),
        pick('port'),
        pick('database'),
        pick('user'),
        pick('tls'),
        pick('explain_enabled'),
        patch.explain_user === undefined ? old.explain_user : patch.explain_user,
        JSON.stringify(pick('labels')),
        moved || otherUser,
        moved || otherExplain,
        patch.node_exporter_url === undefined ? old.node_exporter_url : patch.node_exporter_url,
        patch.cloudwatch === undefined ? old.cloudwatch : patch.cloudwatch,
      ],
    );
    await storeSecrets(db, id, patch);
    await dropEmptyClusters(db);
  });
  await audited(who, 'instance_change', id, { fields: Object.keys(patch) });
  return one(id);
}

export async function deleteInstance(id: number, who: Who): Promise<void> {
  await write(async (db) => {
    const { rowCount } = await db.query('delete from instance where id = $1', [id]);
    if (!rowCount) throw notFound('instance');
    await dropEmptyClusters(db);
  });
  await audited(who, 'instance_delete', id, {});
}

/** Takes the demo fleet away for good; its servers stop within seconds. */
export async function removeDemo(who: Who): Promise<void> {
  await write(async (db) => {
    await db.query('delete from instance where demo');
    await db.query(
      `insert into setting (key, value) values ('demo.removed', 'true') on conflict (key) do update set value = 'true'`,
    );
    await dropEmptyClusters(db);
  });
  await audited(who, 'demo_remove', 0, {});
}

async function write<T>(work: (db: PoolClient) => Promise<T>): Promise<T> {
  const db = await pool().connect();
  try {
    await db.query('begin');
    const result = await work(db);
    await db.query('notify yagura_instance');
    await db.query('commit');
    return result;
  } catch (error) {
    await db.query('rollback').catch(() => {});
    if ((error as { code?: string; constraint?: string }).constraint === 'instance_name_key')
      throw new HttpError(409, 'name_taken', 'name: is the name of another instance', {
        fields: { name: 'is the name of another instance' },
      });
    throw error;
  } finally {
    db.release();
  }
}

async function clusterNamed(db: PoolClient, name: string): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    'insert into cluster (name) values ($1) on conflict (name) do update set name = excluded.name returning id',
    [name],
  );
  return rows[0]?.id ?? 0;
}

async function dropEmptyClusters(db: PoolClient): Promise<void> {
  await db.query(
    'delete from cluster c where not exists (select from instance i where i.cluster_id = c.id)',
  );
}

async function storeSecrets(
  db: PoolClient,
  id: number,
  given: { password?: string | undefined; explain_password?: string | undefined },
): Promise<void> {
  for (const column of ['password', 'explain_password'] as const) {
    const secret = given[column];
    if (secret === undefined) continue;
    const key = await readPublicKey(db);
    const sealed = seal(key, secret, { table: 'instance', row: String(id), column });
    await db.query(`update instance set ${column} = $2 where id = $1`, [id, sealed]);
  }
}

async function audited(who: Who, action: string, id: number, details: Record<string, unknown>) {
  await appendAudit({
    actor: who.caller.actor,
    ip: who.ip,
    action,
    object: `instance ${id}`,
    details,
  });
}

async function one(id: number): Promise<InstanceBody> {
  const [found] = await readInstances(pool(), { id });
  if (!found) throw notFound('instance');
  return found;
}
