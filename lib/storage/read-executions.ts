import type { ExecutionsBody } from '@/lib/contract';
import type { Db } from './partitions';

/** The slowest executions that logs had in a window, slowest first, and from which duration on they have them all. */
export async function readExecutions(
  db: Db,
  query: {
    instanceIds: number[];
    from: number;
    to: number;
    statement?: string | undefined;
    limit: number;
  },
): Promise<ExecutionsBody> {
  const { rows } = await db.query(
    `select e.instance_id::text as instance, e.at, e.duration_ms, k.statement_id as statement, s.text,
            nullif(k.database_name, '') as database, nullif(k.user_name, '') as "user", e.application
     from slow_execution e join log_key k on k.id = e.key_id join statement s on s.id = k.statement_id
     where e.instance_id = any($1) and e.at > $2 and e.at <= $3 and ($4::text is null or k.statement_id = $4)
     order by e.duration_ms desc, e.at desc limit $5`,
    [
      ...[query.instanceIds, new Date(query.from), new Date(query.to)],
      ...[query.statement ?? null, query.limit],
    ],
  );
  const logs = await db.query(
    `select i.id::text as instance, p.through_at, h.error, h.missing
     from instance i left join log_position p on p.instance_id = i.id
     left join metric_health h on h.instance_id = i.id and h.metric = 'postgres.log'
     where i.id = any($1) order by i.name`,
    [query.instanceIds],
  );
  return {
    executions: rows.map((row) => ({ ...row, at: row.at.getTime() })),
    logs: logs.rows.map(({ instance, through_at, error, missing }) => {
      const need = (missing as { need: string; fix_sql: string | null }[] | null)?.[0];
      const reason = error?.message ?? need?.need ?? null;
      return {
        instance,
        read_to: through_at?.getTime() ?? null,
        reason,
        fix: reason === null ? null : (error?.fix ?? need?.fix_sql ?? null),
      };
    }),
  };
}
