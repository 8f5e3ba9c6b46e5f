/** What a person does: one verb per file, with its permission checked by the route, its transaction and its audit row. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpError } from '@/lib/auth/http-error';
import { pool } from '@/lib/storage/pool';

const patienceMs = 20_000;

/**
 * Has a collector do work that needs an opened secret.
 * @param sealed makes the sealed password from the job's id, to which it is bound
 * @throws 503 when no collector takes the work or answers in time
 */
export async function askCollector<T>(
  kind: 'test_connection' | 'explain' | 'signal_session',
  payload: Record<string, unknown>,
  sealed: ((jobId: string) => string) | null,
): Promise<T> {
  const db = pool();
  const id = randomUUID();
  await db.query(
    `insert into job (id, kind, payload, sealed, expires_at) values ($1, $2, $3, $4, now() + $5 * interval '1 ms')`,
    [id, kind, JSON.stringify(payload), sealed?.(id) ?? null, patienceMs],
  );
  await db.query('notify yagura_job');
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(100)) {
    const { rows } = await db.query<{ state: string; result: T }>(
      'select state, result from job where id = $1',
      [id],
    );
    if (rows[0]?.state === 'done') {
      await db.query('delete from job where id = $1', [id]);
      return rows[0].result;
    }
  }
  await db.query('delete from job where id = $1', [id]);
  throw new HttpError(503, 'no_collector', 'No collector answered in time. Is one running?');
}
