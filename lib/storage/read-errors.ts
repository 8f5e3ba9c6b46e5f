import { type LogWindow, mostOf } from './log-coverage';
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
  window: { instanceIds: number[]; from: number; to: number },
  statementIds: string[] | null,
): Promise<LoggedErrors[]> {
  const { rows } = await db.query<LoggedErrors>(
    `select e.statement_id as id, e.database_name as database, e.user_name as "user",
            array_agg(distinct e.instance_id) as "instanceIds", sum(e.n)::float8 as count,
            jsonb_agg(jsonb_build_object('sqlstate', e.sqlstate, 'count', e.n) order by e.n desc, e.sqlstate) as errors
     from (
       select l.instance_id, l.statement_id, l.database_name, l.user_name, u.sqlstate, sum(u.n) as n
       from (select unnest(error_key_ids) as key_id, unnest(error_sqlstates) as sqlstate, unnest(error_counts) as n
             from log_reading where instance_id = any($1) and to_at > $2 and to_at <= $3 and error_counts <> '{}') u
       join log_key l on l.id = u.key_id where $4::text[] is null or l.statement_id = any($4)
       group by 1, 2, 3, 4, 5) e
     group by 1, 2, 3 order by sum(e.n) desc, 1, 2, 3 limit 2000`,
    [window.instanceIds, new Date(window.from), new Date(window.to), statementIds],
  );
  return rows;
}

/** Instances whose log was read nearly all the while: where no error was found there, there was none. */
export async function instancesWithLog(db: Db, window: LogWindow): Promise<Set<number>> {
  const { watched } = window;
  if (watched === null) return new Set();
  const { rows } = await db.query<{ id: number; from: Date; to: Date }>(
    `select instance_id as id, from_at as "from", to_at as "to" from log_reading
     where instance_id = any($1) and to_at > $2 and from_at < $3`,
    [window.instanceIds, new Date(window.from), new Date(window.to)],
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
