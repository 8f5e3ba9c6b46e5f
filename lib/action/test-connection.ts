import type { z } from 'zod';
import { appendAudit } from '@/lib/auth/audit';
import { invalid } from '@/lib/auth/http-error';
import type { Caller } from '@/lib/auth/require-user';
import type { InstanceTestBody, instanceTest } from '@/lib/contract';
import { readPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { pool } from '@/lib/storage/pool';
import { askCollector } from './ask-collector';

/** A stored password is used only toward the host, port, user and TLS mode it was given for. */
export async function testConnection(
  input: z.output<typeof instanceTest>,
  who: { caller: Caller; ip: string | null },
): Promise<InstanceTestBody> {
  const target = {
    engine: input.engine,
    host: input.host,
    port: input.port,
    database: input.database,
    user: input.user,
    tls: input.tls,
  };
  const { password } = input;
  const stored = password === undefined ? await storedFor(input) : null;
  if (password === undefined && stored === null) throw invalid('password', 'is empty');
  const explain = await explainLoginOf(input);
  const key = await readPublicKey(pool());
  const result = await askCollector<InstanceTestBody>(
    'test_connection',
    { ...target, ...(stored !== null && { instance_id: stored }), ...explain?.payload },
    password === undefined && explain?.password === undefined
      ? null
      : (jobId) =>
          seal(key, JSON.stringify({ password, explain_password: explain?.password }), {
            table: 'job',
            row: jobId,
            column: 'sealed',
          }),
  );
  await appendAudit({
    actor: who.caller.actor,
    ip: who.ip,
    action: 'instance_test',
    object: `${input.host}:${input.port}`,
    details: { ok: result.ok, ...(explain && { explain_ok: result.explain?.ok ?? false }) },
  });
  return result;
}

async function storedFor(input: z.output<typeof instanceTest>): Promise<number | null> {
  if (!input.instance) return null;
  const { rows } = await pool().query<{ id: number }>(
    `select id from instance where id = $1 and host = $2 and port = $3 and "user" = $4 and tls = $5 and password is not null`,
    [Number(input.instance), input.host, input.port, input.user, input.tls],
  );
  return rows[0]?.id ?? null;
}

/** Null when no separate login is to explain. Its stored password follows the same rule. */
async function explainLoginOf(input: z.output<typeof instanceTest>) {
  const { explain_user: user, explain_password: password } = input;
  if (input.explain_enabled === false || !user) return null;
  if (password !== undefined) return { password, payload: { explain_user: user } };
  const { rows } = await pool().query<{ id: number }>(
    `select id from instance where id = $1 and host = $2 and port = $3 and explain_user = $4 and tls = $5
       and explain_password is not null`,
    [Number(input.instance ?? 0), input.host, input.port, user, input.tls],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw invalid('explain_password', 'is empty');
  return { password, payload: { explain_user: user, explain_instance_id: id } };
}
