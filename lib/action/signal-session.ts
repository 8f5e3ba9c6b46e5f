import type { z } from 'zod';
import { appendAudit } from '@/lib/auth/audit';
import { notFound } from '@/lib/auth/http-error';
import type { Caller } from '@/lib/auth/require-user';
import type { SignalBody, signalInput } from '@/lib/contract';
import { pool } from '@/lib/storage/pool';
import { askCollector } from './ask-collector';

/**
 * Has a session's statement cancelled, or the session ended. What was asked is in the audit before it is done, the
 * outcome after.
 */
export async function signalSession(
  verb: 'cancel' | 'terminate',
  { instance, pid, started }: z.output<typeof signalInput>,
  who: { caller: Caller; ip: string | null },
): Promise<SignalBody> {
  const found = await pool().query('select from instance where id = $1', [instance]);
  if (found.rowCount === 0) throw notFound('instance');
  const { rows } = await pool().query<{ user: string | null; application: string | null }>(
    `select s ->> 'user' as "user", s ->> 'application' as application
     from activity a, jsonb_array_elements(a.sessions) s
     where a.instance_id = $1 and (s ->> 'pid')::bigint = $2 and s ->> 'started' = $3`,
    [instance, pid, started],
  );
  const audit = (details: Record<string, unknown>) =>
    appendAudit({
      actor: who.caller.actor,
      ip: who.ip,
      action: `session.${verb}`,
      object: `instance ${instance}`,
      details: { pid, started, ...rows[0], ...details },
    });
  await audit({ outcome: 'asked' });
  const payload = { instance_id: Number(instance), verb, pid, started };
  const answer = await askCollector<SignalBody>('signal_session', payload, null);
  await audit(
    answer.status === 'ok' ? { outcome: 'done' } : { outcome: answer.status, code: answer.code },
  );
  return answer;
}
