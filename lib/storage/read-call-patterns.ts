/** How often statements were called, interval by interval, for finding loops in applications. */
import type { CallPattern } from '@/lib/advice/n-plus-one';
import type { Db } from './partitions';
import { someStatements } from './statement-tiers';

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
  const window = [
    query.instanceId,
    new Date(Math.max(query.from, query.to - longestMs)),
    new Date(query.to),
  ];
  const { rows: top } = await db.query<Called>(
    `with top as (
       select key_id from (select unnest(key_ids) as key_id, unnest(calls) as calls from ${readings} r) e
       group by 1 having sum(calls) >= $4 order by sum(calls) desc limit $5)
     select k.id as key, k.statement_id as id, k.user_name as "user", k.database_name as database
     from top join statement_key k on k.id = key_id join statement s on s.id = k.statement_id
     where s.kind = 'select'`,
    [...window, leastCalls, mostStatements],
  );
  const { rows } = await db.query<{ at: Date; keys: number[]; calls: number[]; rows: number[] }>(
    `select e.to_at as at, array_agg(e.key_id) as keys, array_agg(e.calls) as calls, array_agg(e.rows) as rows
     from ${someStatements(['calls', 'rows'], () => readings, '$4::int[]', 'w.to_at,')} e group by 1 order by 1`,
    [...window, top.map(({ key }) => key)],
  );
  const { rows: all } = await db.query<{ at: Date }>(
    `select to_at as at from ${readings} r order by 1`,
    window,
  );
  const step = new Map(all.map(({ at }, index) => [at.getTime(), index]));
  const none = () => all.map(() => 0);
  const patterns = new Map(
    top.map(({ key, ...called }) => [key, { ...called, calls: none(), rows: none() }]),
  );
  for (const row of rows) {
    const index = step.get(row.at.getTime());
    if (index === undefined) continue; // Merged to a minute between the two queries.
    for (const [place, key] of row.keys.entries()) {
      const pattern = patterns.get(key);
      if (!pattern) continue;
      pattern.calls[index] = row.calls[place] ?? 0;
      pattern.rows[index] = row.rows[place] ?? 0;
    }
  }
  return [...patterns.values()];
}

type Called = { key: number; id: string; user: string | null; database: string | null };

const readings = `(
  select * from statement_reading where instance_id = $1 and to_at > $2 and to_at <= $3 and partial is null)`;
