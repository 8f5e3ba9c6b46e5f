import type { LoggedPlan } from './append-log';
import type { Db } from './partitions';

/**
 * Keeps plans of executions that a server logged: one per shape and day, of the slowest execution. A slower one of the
 * same day takes the place of the one before, under its id.
 */
export async function keepLoggedPlans(
  client: Db,
  instanceId: number,
  plans: readonly LoggedPlan[],
): Promise<void> {
  for (const plan of plans)
    await client.query(
      `with slower as (
         update plan set captured_at = $3, checked_at = $3, duration_ms = $5, root = $6, findings = $7
         where id = (select id from plan where instance_id = $1 and statement_id = $2 and shape = $4 and not generic
                       and duration_ms is not null and captured_at >= date_trunc('day', $3::timestamptz at time zone 'UTC') at time zone 'UTC'
                     order by captured_at desc limit 1)
           and duration_ms < $5),
       there as (
         select from plan where instance_id = $1 and statement_id = $2 and shape = $4 and not generic
           and duration_ms is not null and captured_at >= date_trunc('day', $3::timestamptz at time zone 'UTC') at time zone 'UTC')
       insert into plan (id, statement_id, instance_id, engine, captured_at, generic, shape, duration_ms, root, findings)
       select gen_random_uuid(), $2, $1, 'postgres', $3, false, $4, $5, $6, $7 where not exists (select from there)`,
      [
        ...[instanceId, plan.statementId, new Date(plan.at), plan.shape, plan.ms],
        ...[JSON.stringify(plan.root), JSON.stringify(plan.findings)],
      ],
    );
}
