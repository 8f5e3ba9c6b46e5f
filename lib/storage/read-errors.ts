import { mostOf } from './log-coverage';
import { type LogTiers, type LogWindow, logParameters, logRows } from './log-rows';
import type { Db } from './partitions';

export type LoggedErrors = {
  id: string;
  /** Empty is not known. */
  database: string;
  user: string;
  instanceIds: number[];
  count: number;
  errors: { sqlstate: string; count: number }[];
};

/** Errors by statement as one user ran it in one database, and by SQLSTATE; most frequent first. */
export async function readErrors(
  db: Db,
  instanceIds: number[],
  tiers: LogTiers,
  statementIds: string[] | null,
): Promise<LoggedErrors[]> {
  const { rows } = await db.query<LoggedErrors>(
    `select e.statement_id as id, e.database_name as database, e.user_name as "user",
            array_agg(distinct e.instance_id) as "instanceIds", sum(e.n)::float8 as count,
            jsonb_agg(jsonb_build_object('sqlstate', e.sqlstate, 'count', e.n) order by e.n desc, e.sqlstate) as errors
     from (
       select l.instance_id, l.statement_id, l.database_name, l.user_name, u.sqlstate, sum(u.n) as n
       from (select unnest(error_key_ids) as key_id, unnest(error_sqlstates) as sqlstate, unnest(error_counts) as n
             from ${logRows(['error_key_ids', 'error_sqlstates', 'error_counts'])} r) u
       join log_key l on l.id = u.key_id where $5::text[] is null or l.statement_id = any($5)
       group by 1, 2, 3, 4, 5) e
     group by 1, 2, 3 order by sum(e.n) desc, 1, 2, 3 limit 2000`,
    [...logParameters(instanceIds, tiers), statementIds],
  );
  return rows;
}

/** Instances whose log was read nearly all the while: where no error was found there, there was none. */
export async function instancesWithLog(
  db: Db,
  window: LogWindow,
  tiers: LogTiers,
): Promise<Set<number>> {
  const { watched } = window;
  if (watched === null) return new Set();
  const { rows } = await db.query<{ id: number; from: Date; to: Date }>(
    `select instance_id as id, from_at as "from", to_at as "to" from ${logRows([])} r`,
    logParameters(window.instanceIds, tiers),
  );
  return new Set(
    window.instanceIds.filter((id) =>
      mostOf(
        watched,
        rows
          .filter((row) => row.id === id)
          .map(({ from, to }) => ({ from: from.getTime(), to: to.getTime() })),
      ),
    ),
  );
}
