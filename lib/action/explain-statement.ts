import { createHash } from 'node:crypto';
import { appendAudit } from '@/lib/auth/audit';
import { notFound } from '@/lib/auth/http-error';
import type { Caller } from '@/lib/auth/require-user';
import type { ExplainBody } from '@/lib/contract';
import { pool } from '@/lib/storage/pool';
import { readPlan } from '@/lib/storage/read-plans';
import { askCollector } from './ask-collector';

type Answer =
  | { status: 'ok'; plan_id: string; cached: boolean }
  | {
      status: 'refused' | 'unavailable' | 'error';
      code: string;
      reason: string;
      fix?: string | null;
    };

/**
 * Asks for the plan of a statement that the store knows; the text never comes from the caller.
 * @param fresh plans again although nothing changed since a plan of the last 24 h
 */
export async function explainStatement(
  statementId: string,
  instanceId: number,
  fresh: boolean,
  who: { caller: Caller; ip: string | null },
): Promise<ExplainBody> {
  const { rows } = await pool().query<{ text: string }>(
    `select s.text from statement s join statement_key k on k.statement_id = s.id
     join instance i on i.id = k.instance_id where s.id = $1 and i.id = $2 limit 1`,
    [statementId, instanceId],
  );
  const statement = rows[0];
  if (!statement) throw notFound('statement on that instance');
  const answer = await askCollector<Answer>(
    'explain',
    { instance_id: instanceId, statement_id: statementId, fresh },
    null,
  );
  await appendAudit({
    actor: who.caller.actor,
    ip: who.ip,
    action: 'explain',
    object: `instance ${instanceId}`,
    details: {
      statement: statementId,
      text_sha256: createHash('sha256').update(statement.text).digest('hex'),
      status: answer.status,
      fresh,
    },
  });
  if (answer.status !== 'ok') return { ...answer, fix: answer.fix ?? null };
  const plan = await readPlan(pool(), answer.plan_id);
  if (!plan) throw notFound('plan');
  return { status: 'ok', plan, generic: plan.generic, cached: answer.cached };
}
