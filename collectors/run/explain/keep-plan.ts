import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { inLane } from '@/collectors/run/beside';
import { explainLogin } from '@/collectors/run/login-of';
import type { WatchedInstance } from '@/collectors/store/watched-instances';
import type { Inventory } from '@/lib/inventory/inventory';
import { planFindings } from '@/lib/plan/plan-findings';
import { planShape } from '@/lib/plan/plan-shape';
import type { AskedStatement, ExplainOptions } from './explainer';
import { inTurn } from './in-turn';
import { type Refusal, refused } from './refusal';

export type KeptPlan = { status: 'ok'; plan_id: string; cached: boolean };

/** For another collector's plan to be done; less than what an asking process waits. */
const patienceMs = 8000;

/**
 * Asks for the plan of a statement of the store and keeps it, one at a time per instance. A plan of the last 24 h
 * stands while the tables, their statistics and the settings are the same, unless a fresh one is asked for. A plan of the
 * shape of the one before takes its place: only a change of shape makes another.
 */
export async function keepPlan(
  options: ExplainOptions,
  instance: WatchedInstance,
  statementId: string,
  fresh: boolean,
): Promise<KeptPlan | Refusal> {
  const { db, rootKey, applicationName } = options;
  const explain = options.explainers[instance.engine];
  if (!explain) return refused('no_plans', `Plans of ${instance.engine} cannot be asked for.`);
  const statement = await readStatement(db, instance.id, statementId);
  if (!statement)
    return refused('unknown_statement', 'The statement was not seen on this instance.');
  const answer = await inTurn(db, instance.id, patienceMs, async () => {
    const before = await newestPlan(db, instance.id, statementId);
    const known = !fresh && before?.recent ? before.schema_version : null;
    const login = explainLogin(instance, statement.database ?? instance.database, rootKey);
    const planned = await inLane(instance.id, () =>
      explain(login, statement, applicationName, known),
    );
    return { before, planned };
  });
  if (!answer)
    return refused('busy', 'Another plan is being made on this instance. Try again shortly.');
  const { before, planned } = answer;
  if (planned.status === 'unchanged' && before)
    return { status: 'ok', plan_id: before.id, cached: true };
  if (planned.status === 'unchanged') throw new Error('unchanged, but from what?');
  if (planned.status !== 'ok') return planned;
  const { root, schemaVersion, tableRows, generic } = planned;
  const database = statement.database ?? instance.database;
  const inventory = await inventoryOf(db, instance.id, database);
  const findings = planFindings(root, statement.text, tableRows, { inventory });
  const shape = createHash('sha256').update(planShape(root)).digest('hex').slice(0, 16);
  const same = before?.shape === shape ? before.id : null;
  const { rows } = await db.query<{ id: string }>(
    `insert into plan (id, statement_id, instance_id, engine, generic, shape, schema_version, root, findings)
     values (coalesce($1::uuid, gen_random_uuid()), $2, $3, $8, $9, $4, $5, $6, $7)
     on conflict (id) do update set schema_version = excluded.schema_version, root = excluded.root,
       findings = excluded.findings, checked_at = now()
     returning id`,
    [
      ...[same, statementId, instance.id, shape, schemaVersion],
      ...[JSON.stringify(root), JSON.stringify(findings), instance.engine, generic],
    ],
  );
  return { status: 'ok', plan_id: rows[0]?.id as string, cached: false };
}

/** For findings that name indexes; without one they say less. */
async function inventoryOf(db: Pool, instanceId: number, database: string) {
  const { rows } = await db.query<{ body: Inventory | null }>(
    'select body from inventory where instance_id = $1 and database = $2',
    [instanceId, database],
  );
  return rows[0]?.body ?? null;
}

type Newest = { id: string; shape: string; schema_version: string | null; recent: boolean };

async function newestPlan(db: Pool, instanceId: number, statementId: string) {
  const { rows } = await db.query<Newest>(
    `select id, shape, schema_version, checked_at > now() - interval '24 hours' as recent
     from plan where statement_id = $1 and instance_id = $2
       and (generic or schema_version is not null) order by captured_at desc limit 1`,
    [statementId, instanceId],
  );
  return rows[0] ?? null;
}

/** The database in which the statement ran most recently on this instance. */
async function readStatement(db: Pool, instanceId: number, statementId: string) {
  const { rows } = await db.query<AskedStatement>(
    `select s.text, s.truncated, k.queryid, k.database_name as database from statement s
     join statement_key k on k.statement_id = s.id
     where s.id = $1 and k.instance_id = $2 order by k.id desc limit 1`,
    [statementId, instanceId],
  );
  return rows[0] ?? null;
}
