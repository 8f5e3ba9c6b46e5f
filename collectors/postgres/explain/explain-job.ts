import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { JobHandler } from '@/collectors/run/serve-jobs';
import { readWatchedInstance } from '@/collectors/store/watched-instances';
import { planFindings } from '@/lib/plan/plan-findings';
import { planShape } from '@/lib/plan/plan-shape';
import { explainLogin } from '../session/login-of';
import { explainStatement } from './explain-statement';
import { inTurn } from './in-turn';
import type { Refusal } from './refusal';

type Payload = { instance_id: number; statement_id: string; fresh?: boolean };

const perMinute = 10;
/** For another collector's plan to be done; less than what the asking process waits. */
const patienceMs = 8000;

/**
 * Explains a statement of the store on an instance and keeps the plan. One at a time per instance, whatever the number
 * of collectors, and ten a minute from each; a plan of the last 24 h is given again while the tables, their statistics and the settings are the same,
 * unless a fresh one is asked for.
 */
export function explainJob(options: {
  db: Pool;
  rootKey: string;
  applicationName: string;
}): JobHandler {
  const recent = new Map<number, number[]>();
  return async ({ payload }) => {
    const { instance_id, statement_id, fresh } = payload as Payload;
    const instance = await readWatchedInstance(options.db, instance_id);
    if (!instance) return refused('gone', 'The instance is no longer watched.');
    if (!instance.explainEnabled)
      return refused(
        'switched_off',
        'EXPLAIN is switched off for this instance.',
        'Switch it on in the settings of the instance.',
      );
    const now = Date.now();
    const times = (recent.get(instance_id) ?? []).filter((at) => at > now - 60_000);
    if (times.length >= perMinute)
      return refused(
        'rate',
        'Ten plans a minute are the limit for an instance. Try again in a minute.',
      );
    recent.set(instance_id, [...times, now]);
    const statement = await readStatement(options.db, instance_id, statement_id);
    if (!statement)
      return refused('unknown_statement', 'The statement was not seen on this instance.');
    const login = explainLogin(instance, statement.database ?? instance.database, options.rootKey);
    const before = fresh ? null : await newestPlan(options.db, instance_id, statement_id);
    const answer = await inTurn(options.db, instance_id, patienceMs, () =>
      explainStatement(login, statement, options.applicationName, before?.schema_version),
    );
    if (!answer)
      return refused('busy', 'Another plan is being made on this instance. Try again shortly.');
    if (answer.status === 'unchanged') return { status: 'ok', plan_id: before?.id, cached: true };
    if (answer.status !== 'ok') return answer;
    const { root, schemaVersion } = answer;
    const findings = planFindings(root, statement.text, answer.tableRows);
    const shape = createHash('sha256').update(planShape(root)).digest('hex').slice(0, 16);
    const { rows } = await options.db.query<{ id: string }>(
      `insert into plan (id, statement_id, instance_id, engine, generic, shape, schema_version, root, findings)
       values (gen_random_uuid(), $1, $2, 'postgres', true, $3, $4, $5, $6) returning id`,
      [
        ...[statement_id, instance_id, shape, schemaVersion],
        ...[JSON.stringify(root), JSON.stringify(findings)],
      ],
    );
    return { status: 'ok', plan_id: rows[0]?.id, cached: false };
  };
}

async function newestPlan(db: Pool, instanceId: number, statementId: string) {
  const { rows } = await db.query<{ id: string; schema_version: string | null }>(
    `select id, schema_version from plan where statement_id = $1 and instance_id = $2 and generic
       and captured_at > now() - interval '24 hours' order by captured_at desc limit 1`,
    [statementId, instanceId],
  );
  return rows[0] ?? null;
}

const refused = (code: string, reason: string, fix: string | null = null): Refusal => ({
  status: 'refused',
  code,
  reason,
  fix,
});

/** The database in which the statement ran most recently on this instance. */
async function readStatement(db: Pool, instanceId: number, statementId: string) {
  const { rows } = await db.query<{ text: string; truncated: boolean; database: string | null }>(
    `select s.text, s.truncated, k.database_name as database from statement s
     join statement_key k on k.statement_id = s.id
     where s.id = $1 and k.instance_id = $2 order by k.id desc limit 1`,
    [statementId, instanceId],
  );
  return rows[0] ?? null;
}
