import type { LoggedPlan } from './logged-content';
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
  const ids = await countedIds(client, instanceId, plans);
  for (const [index, plan] of plans.entries())
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
       insert into plan (id, statement_id, instance_id, engine, captured_at, checked_at, generic, shape, duration_ms, root, findings)
       select gen_random_uuid(), $2, $1, 'postgres', $3, $3, false, $4, $5, $6, $7 where not exists (select from there)`,
      [
        ...[instanceId, ids[index], new Date(plan.at), plan.shape, plan.ms],
        ...[JSON.stringify(plan.root), JSON.stringify(plan.findings)],
      ],
    );
}

/** The statement that pg_stat_statements counts under the plan's query id; else that of its text. */
async function countedIds(client: Db, instanceId: number, plans: readonly LoggedPlan[]) {
  const { rows } = await client.query<{ place: number; id: string }>(
    `select distinct on (1) g.place::int, s.statement_id as id
     from unnest($2::text[], $3::text[]) with ordinality g (queryid, database, place)
     join statement_key s on s.instance_id = $1 and s.queryid = g.queryid and coalesce(s.database_name, '') = g.database
     order by 1, s.id desc`,
    [
      instanceId,
      plans.map(({ statement }) => statement.queryId),
      plans.map(({ statement }) => statement.database ?? ''),
    ],
  );
  const counted = new Map(rows.map(({ place, id }) => [place - 1, id]));
  return plans.map(({ statement }, index) => counted.get(index) ?? statement.id);
}
