import type { Pool } from 'pg';
import type { TagGroupsBody } from '@/lib/contract';
import { eachStatement, statementRows, statementTiers, tierParameters } from './statement-tiers';

type Group = { value: string | null; statements: number; calls: number; total_ms: number };

/** What ran in (from, to], summed by the value of a tag of its comments. */
export async function readTagGroups(
  db: Pool,
  query: { instanceIds: number[]; from: number; to: number; name: string; limit: number },
): Promise<TagGroupsBody> {
  const tiers = await statementTiers(db, query);
  const columns = ['calls', 'total_ms'];
  const [{ rows }, read] = await Promise.all([
    db.query<Group>(
      `with per_key as (
         select key_id, sum(calls) as calls, sum(total_ms) as total_ms
         from ${eachStatement(columns, statementRows(['key_ids', ...columns]))} e group by 1)
       select s.tags ->> $5 as value, count(distinct s.id)::int as statements, sum(u.calls)::float8 as calls,
              sum(u.total_ms)::float8 as total_ms
       from per_key u join statement_key k on k.id = u.key_id join statement s on s.id = k.statement_id
       group by 1 order by 4 desc, 1`,
      [...tierParameters(tiers), query.name],
    ),
    db.query(`select from ${statementRows([])} r limit 1`, tierParameters(tiers)),
  ]);
  const total = sum(rows).total_ms;
  const tagged = rows.flatMap((row) => (row.value === null ? [] : [{ ...row, value: row.value }]));
  return {
    name: query.name,
    groups: tagged
      .slice(0, query.limit)
      .map((row) => ({ ...row, share: total > 0 ? row.total_ms / total : null })),
    other: sum(tagged.slice(query.limit)),
    untagged: sum(rows.filter(({ value }) => value === null)),
    total_ms: read.rowCount ? total : null,
  };
}

/** A statement has one value of a tag, so groups share none. */
const sum = (rows: readonly Omit<Group, 'value'>[]) => ({
  statements: rows.reduce((all, row) => all + row.statements, 0),
  calls: rows.reduce((all, row) => all + row.calls, 0),
  total_ms: rows.reduce((all, row) => all + row.total_ms, 0),
});
