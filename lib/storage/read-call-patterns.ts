/** How often statements were called, interval by interval, for finding loops in applications. */
import type { CallPattern } from '@/lib/advice/n-plus-one';
import type { Db } from './partitions';

/** By calls: what is called less often is no loop worth ending. */
const mostStatements = 300;
const leastCalls = 20;
/** Longer windows add nothing but time. */
const longestMs = 3_600_000;

/** SELECTs of one instance in the last hour of the window, the same intervals for all. `lookup` is to be filled in. */
export async function readCallPatterns(
  db: Db,
  query: { instanceId: number; from: number; to: number },
): Promise<Omit<CallPattern, 'lookup'>[]> {
  const { rows } = await db.query<{
    id: string;
    user: string | null;
    database: string | null;
    at: Date[];
    calls: number[];
    rows: number[];
    all: Date[];
  }>(
    `with reading as materialized (
       select to_at, key_ids, calls, rows from statement_reading
       where instance_id = $1 and to_at > $2 and to_at <= $3 and partial is null),
     each as (select to_at, unnest(key_ids) as key_id, unnest(calls) as calls, unnest(rows) as rows from reading),
     top as (select key_id from each group by 1 having sum(calls) >= $4 order by sum(calls) desc limit $5)
     select k.statement_id as id, k.user_name as "user", k.database_name as database,
       array_agg(e.to_at order by e.to_at) as at, array_agg(e.calls order by e.to_at) as calls, array_agg(e.rows order by e.to_at) as rows,
       (select array_agg(to_at order by to_at) from reading) as "all"
     from each e join top using (key_id) join statement_key k on k.id = e.key_id join statement s on s.id = k.statement_id
     where s.kind = 'select' and e.calls > 0 group by k.id, 1, 2, 3`,
    [
      ...[query.instanceId, new Date(Math.max(query.from, query.to - longestMs))],
      ...[new Date(query.to), leastCalls, mostStatements],
    ],
  );
  return rows.map((row) => {
    const place = new Map(row.at.map((at, index) => [at.getTime(), index]));
    const spread = (values: number[]) =>
      row.all.map((at) => {
        const index = place.get(at.getTime());
        return index === undefined ? 0 : (values[index] ?? 0);
      });
    const { id, user, database } = row;
    return { id, user, database, calls: spread(row.calls), rows: spread(row.rows) };
  });
}
