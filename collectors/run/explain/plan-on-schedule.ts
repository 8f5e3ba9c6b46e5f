/** Plans of what costs most, taken without anybody asking, so that there is one from before a change. */
import type { Pool } from 'pg';
import { type BeginBeside, repeat } from '@/collectors/run/beside';
import { readWatchedInstance } from '@/collectors/store/watched-instances';
import type { LeaseFence } from '@/lib/storage/append-readings';
import type { ExplainOptions } from './explainer';
import { keepPlan } from './keep-plan';

/** One plan at most in this time, and each statement once a day. */
const everyMs = 30_000;
const firstMs = 40_000;
/** Of the last hour, by time spent. */
const mostStatements = 20;

/**
 * Takes plans of the dearest statements of an instance, one after another. What was refused is asked again after
 * a day: neither its text nor, as a rule, our rights change sooner.
 */
export function planOnSchedule(
  options: ExplainOptions & {
    log(message: string): void;
    firstMs?: number;
    everyMs?: number;
  },
): BeginBeside {
  return ({ id, engine }, lease) =>
    repeat({
      firstMs: options.firstMs ?? firstMs,
      everyMs: options.everyMs ?? everyMs,
      onError: (error) =>
        options.log(`plans of instance ${id}: ${(error as Error).stack ?? String(error)}`),
      work: async () => {
        const instance = options.explainers[engine]
          ? await readWatchedInstance(options.db, id)
          : null;
        if (!instance?.explainEnabled) return;
        const statementId = await nextStatement(options.db, id);
        if (statementId === null) return;
        const answer = await keepPlan(options, instance, statementId, false);
        const busy = answer.status !== 'ok' && answer.code === 'busy'; // Not a word about the statement: asked again soon.
        if (!busy) await note(options.db, lease, statementId, answer);
      },
    });
}

/** The dearest statement of the last hour that was not asked for within a day; null when all were. */
async function nextStatement(db: Pool, instanceId: number): Promise<string | null> {
  const { rows } = await db.query<{ id: string }>(
    `with spent as (
       select k.statement_id as id, sum(ms) as ms
       from (select unnest(key_ids) as key_id, unnest(total_ms) as ms from statement_reading
             where instance_id = $1 and to_at > now() - interval '1 hour') e
       join statement_key k on k.id = e.key_id
       join statement s on s.id = k.statement_id
       where s.kind in ('select', 'insert', 'update', 'delete', 'merge') and not s.truncated and k.toplevel
       group by 1 order by 2 desc limit $2)
     select id from spent
     where not exists (select from planned p
       where p.instance_id = $1 and p.statement_id = spent.id and p.at > now() - interval '1 day')
     order by ms desc limit 1`,
    [instanceId, mostStatements],
  );
  return rows[0]?.id ?? null;
}

async function note(
  db: Pool,
  lease: LeaseFence,
  statementId: string,
  answer: Awaited<ReturnType<typeof keepPlan>>,
): Promise<void> {
  const why =
    answer.status === 'ok' ? [null, null, null] : [answer.code, answer.reason, answer.fix];
  await db.query(
    `insert into planned (instance_id, statement_id, at, status, code, reason, fix)
     select $1, $2, now(), $4, $5, $6, $7 where exists (select from lease where instance_id = $1 and fence = $3)
     on conflict (instance_id, statement_id) do update
       set at = excluded.at, status = excluded.status, code = excluded.code, reason = excluded.reason, fix = excluded.fix`,
    [lease.instanceId, statementId, lease.fence.toString(), answer.status, ...why],
  );
}
