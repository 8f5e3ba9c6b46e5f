/** The statements that took the most time in a window, with what advice about them needs. */
import type { Pool } from 'pg';
import type { FindingBody, PlanNode } from '@/lib/contract';
import {
  eachStatement,
  someStatements,
  statementRows,
  statementTiers,
  tierParameters,
} from './statement-tiers';

export type TopStatement = {
  id: string;
  database: string;
  text: string;
  kind: string;
  tables: string[];
  instance_ids: number[];
  calls: number;
  total_ms: number;
  rows: number;
  /** Spilled, of 8 KB. */
  temp_blocks_written: number;
  /** The newest stored plan, on any of the instances. */
  plan: PlanNode | null;
  /** What that plan says of a column that is cast in the way of its index. */
  cast: FindingBody | null;
};

/** Advice is about what takes time: the rest of thousands of statements is not looked at. */
const most = 200;

/** @param id only this statement */
export async function readTopStatements(
  db: Pool,
  query: { instanceIds: number[]; from: number; to: number; id?: string },
): Promise<TopStatement[]> {
  const tiers = await statementTiers(db, query);
  const columns = ['calls', 'total_ms', 'rows', 'temp_blocks_written'];
  const sums = columns.map((name) => `sum(${name}) as ${name}`).join(', ');
  const names = ['key_ids', ...columns];
  const each =
    query.id === undefined
      ? eachStatement(columns, statementRows(names))
      : someStatements(
          columns,
          statementRows,
          'array(select id from statement_key where statement_id = $5)',
        );
  const { rows } = await db.query<TopStatement>(
    `with per_key as (
       select key_id, ${sums} from ${each} e group by 1),
     top as (
       select k.statement_id as id, k.database_name as database, array_agg(distinct k.instance_id) as instance_ids,
         sum(u.calls)::float8 as calls, sum(u.total_ms)::float8 as total_ms, coalesce(sum(u.rows), 0)::float8 as rows,
         coalesce(sum(u.temp_blocks_written), 0)::float8 as temp_blocks_written
       from per_key u join statement_key k on k.id = u.key_id
       where k.database_name is not null and ($5::text is null or k.statement_id = $5)
       group by 1, 2 having sum(u.calls) > 0 order by total_ms desc nulls last, 1, 2 limit $6)
     select t.*, s.text, s.kind, s.tables, p.root as plan,
       jsonb_path_query_first(p.findings::jsonb, '$[*] ? (@.kind == "index_hidden_by_cast")') as "cast" from top t join statement s using (id)
     left join lateral (
       select root, findings from plan p where p.statement_id = t.id and p.instance_id = any(t.instance_ids)
       order by captured_at desc limit 1) p on true
     where not s.truncated order by t.total_ms desc`,
    [...tierParameters(tiers), query.id ?? null, most],
  );
  return rows;
}
