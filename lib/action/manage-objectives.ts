import { appendAudit } from '@/lib/auth/audit';
import { invalid, notFound } from '@/lib/auth/http-error';
import type { Caller } from '@/lib/auth/require-user';
import type { ServiceBody, ServicePatch } from '@/lib/contract';
import { pool } from '@/lib/storage/pool';
import { readServices } from '@/lib/storage/read-services';

type Who = { caller: Caller; ip: string | null };
const audit = (who: Who, action: string, object: string, details: Record<string, unknown> = {}) =>
  appendAudit({ actor: who.caller.actor, ip: who.ip, action, object, details });

/** A person says which cluster a service works with, and how long each part of its requests may take. */
export async function changeService(
  id: number,
  { cluster, budget }: ServicePatch,
  who: Who,
): Promise<ServiceBody> {
  const db = pool();
  await requireService(id);
  if (cluster) {
    const known = await db.query('select from cluster where id = $1', [cluster]);
    if (!known.rowCount) throw invalid('cluster', 'there is no such cluster');
  }
  if (cluster !== undefined)
    await db.query(
      `update service set cluster_id = $2::int, mapped_by = case when $2::int is not null then 'person' end where id = $1`,
      [id, cluster],
    );
  if (budget === null) await db.query('delete from service_budget where service_id = $1', [id]);
  if (budget)
    await db.query(
      `insert into service_budget (service_id, application_ms, database_ms, network_ms, other_ms) values ($1, $2, $3, $4, $5)
       on conflict (service_id) do update set application_ms = excluded.application_ms,
         database_ms = excluded.database_ms, network_ms = excluded.network_ms, other_ms = excluded.other_ms`,
      [id, budget.application_ms, budget.database_ms, budget.network_ms, budget.other_ms],
    );
  await audit(who, 'service_change', `service ${id}`, { cluster, budget });
  return readOne(id);
}

type Input = {
  kind: 'availability' | 'latency';
  target: number;
  threshold_ms?: number;
  window_days: number;
};
const mostObjectives = 20;

/** Adds an objective of a service. */
export async function addObjective(id: number, input: Input, who: Who): Promise<ServiceBody> {
  await requireService(id);
  const { rows } = await pool().query<{ id: number }>(
    `insert into service_objective (service_id, kind, target, threshold_ms, window_days, created_by)
     select $1, $2, $3, $4, $5, $6 where (select count(*) from service_objective where service_id = $1) < $7 returning id`,
    [
      ...[id, input.kind, input.target, input.threshold_ms ?? null, input.window_days],
      ...[who.caller.actor, mostObjectives],
    ],
  );
  if (!rows[0]) throw invalid('kind', `a service has ${mostObjectives} objectives at most`);
  await audit(who, 'objective_create', `objective ${rows[0].id}`, { service: id, ...input });
  return readOne(id);
}

export async function changeObjective(id: number, input: Input, who: Who): Promise<ServiceBody> {
  const { rows } = await pool().query<{ service_id: number }>(
    `update service_objective set kind = $2, target = $3, threshold_ms = $4, window_days = $5 where id = $1 returning service_id`,
    [id, input.kind, input.target, input.threshold_ms ?? null, input.window_days],
  );
  if (!rows[0]) throw notFound('objective');
  await audit(who, 'objective_change', `objective ${id}`, input);
  return readOne(rows[0].service_id);
}

export async function removeObjective(id: number, who: Who): Promise<void> {
  const { rowCount } = await pool().query('delete from service_objective where id = $1', [id]);
  if (!rowCount) throw notFound('objective');
  await audit(who, 'objective_delete', `objective ${id}`);
}

async function requireService(id: number): Promise<void> {
  const { rowCount } = await pool().query('select from service where id = $1', [id]);
  if (!rowCount) throw notFound('service');
}

async function readOne(id: number): Promise<ServiceBody> {
  const to = Date.now();
  const [found] = await readServices(pool(), { id, from: to - 3_600_000, to });
  if (!found) throw notFound('service');
  return found;
}
