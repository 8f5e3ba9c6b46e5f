import type { Pool } from 'pg';
import { groupBy } from './group-by';
import type { Db } from './partitions';
import { bucketOf, edges, readCoverage, sparkBuckets, sumKnown } from './read-coverage';
import { statementCounterNames as names, type StatementCounter } from './statement-counters';
import {
  eachStatement,
  type StatementTiers,
  someStatements,
  statementRows,
  statementTiers,
  tierParameters,
  tiersApart,
} from './statement-tiers';

/** Sums of one statement in a window: calls, ms, rows, blocks, bytes. Null was not measured. */
export type StatementSums = Record<StatementCounter, number | null>;

export type StatementRow = {
  id: string;
  text: string;
  kind: string;
  tables: string[];
  tags: Record<string, string>;
  truncated: boolean;
  database: string | null;
  user: string | null;
  instanceIds: number[];
  sums: StatementSums;
  /** Null when nothing ran in the window before, or that one was not watched for the most part. */
  previous: { calls: number; totalMs: number } | null;
  /** Calls per second in each thirtieth of the window, null where no reading ended. */
  spark: (number | null)[];
};

export type StatementsQuery = {
  instanceIds: number[];
  from: number;
  to: number;
  sort: StatementCounter | 'mean_ms';
  limit: number;
  database?: string;
  user?: string;
  search?: string;
  /** As the statement names it. */
  table?: string;
  kind?: string;
  /** As an application_name that was seen executing it. */
  application?: string;
  /** `name:value` of a comment. */
  tag?: string;
  /** Only this statement. */
  id?: string;
  /** Only these statements. */
  ids?: string[];
};

export type StatementsWindow = {
  /** What the readings cover, null when there is none. */
  coveredFrom: number | null;
  coveredTo: number | null;
  totals: { calls: number; totalMs: number };
  statements: StatementRow[];
  /** What was left out by `limit`. */
  other: { statements: number; calls: number; totalMs: number };
  /** Statements of other users whose text and identity our login may not see. Null when nothing was hidden. */
  hidden: { calls: number; totalMs: number } | null;
  evictions: number;
  partial: { instanceId: number; reason: string; from: number; to: number }[];
};

/** A window before of which less was watched than this share is compared with nothing: all would seem to have grown. */
const comparable = 0.9;

/**
 * What each statement did in the window (from, to]: sums of exact differences, ranked by what happened in it.
 * Ranks by as few counters as needed, and reads the rest for the winners only.
 */
export async function readStatements(db: Pool, query: StatementsQuery): Promise<StatementsWindow> {
  const length = query.to - query.from;
  const before = { ...query, from: query.from - length, to: query.from };
  const [tiers, tiersBefore] = await Promise.all([
    statementTiers(db, query),
    statementTiers(db, before),
  ]);
  const [ranked, coverage, coverageBefore] = await Promise.all([
    rank(db, query, tiers),
    readCoverage(db, query, tiers),
    readCoverage(db, before, tiersBefore),
  ]);
  const watchedBefore = [...coverageBefore.covered.values()].reduce((sum, s) => sum + s, 0) * 1000;
  const keyIds = ranked.flatMap((row) => row.key_ids);
  const [details, previous] = await Promise.all([
    readDetails(db, query, tiers, keyIds),
    readPrevious(db, tiersBefore, watchedBefore < length * comparable ? [] : keyIds),
  ]);
  const first = ranked[0];
  const totals = { calls: first?.all_calls ?? 0, totalMs: first?.all_total_ms ?? 0 };
  const statements = ranked.map((row): StatementRow => {
    const mine = row.key_ids.flatMap((id) => details.get(id) ?? []);
    const spark = new Array<number | null>(sparkBuckets).fill(null);
    for (const bucket of coverage.covered.keys()) spark[bucket - 1] = 0;
    for (const { buckets, bucket_calls } of mine)
      for (const [index, bucket] of buckets.entries())
        spark[bucket - 1] = (spark[bucket - 1] ?? 0) + (bucket_calls[index] ?? 0);
    return {
      id: row.id,
      text: row.text,
      kind: row.kind,
      tables: row.tables,
      tags: row.tags,
      truncated: row.truncated,
      database: row.database,
      user: row.user,
      instanceIds: row.instance_ids,
      sums: Object.fromEntries(
        names.map((name) => [name, sumKnown(mine.map((one) => one[name]))]),
      ) as StatementSums,
      previous: previousOf(row.key_ids.flatMap((id) => previous.get(id) ?? [])),
      spark: spark.map((calls, index) =>
        calls === null ? null : calls / (coverage.covered.get(index + 1) ?? 1),
      ),
    };
  });
  return {
    ...coverage.state,
    totals,
    statements,
    other: {
      statements: Number(first?.all_count ?? 0) - ranked.length,
      calls: Math.max(0, totals.calls - ranked.reduce((sum, row) => sum + row.calls, 0)),
      totalMs: Math.max(0, totals.totalMs - ranked.reduce((sum, row) => sum + row.total_ms, 0)),
    },
  };
}

type Ranked = {
  id: string;
  text: string;
  kind: string;
  tables: string[];
  tags: Record<string, string>;
  truncated: boolean;
  database: string | null;
  user: string | null;
  key_ids: number[];
  instance_ids: number[];
  calls: number;
  total_ms: number;
  all_calls: number;
  all_total_ms: number;
  all_count: string;
};

async function rank(db: Db, query: StatementsQuery, tiers: StatementTiers): Promise<Ranked[]> {
  const amount = query.sort === 'mean_ms' ? 'total_ms' : query.sort;
  const columns = [...new Set(['calls', 'total_ms', amount])];
  const order =
    query.sort === 'mean_ms' ? 'sum(u.total_ms) / nullif(sum(u.calls), 0)' : `sum(u.${amount})`;
  const sums = columns.map((name) => `sum(${name}) as ${name}`).join(', ');
  const ids = query.ids ?? (query.id === undefined ? null : [query.id]);
  const each =
    ids === null
      ? eachStatement(columns, statementRows(['key_ids', ...columns]))
      : someStatements(columns, statementRows, keysOf('$8'));
  const { rows } = await db.query<Ranked>(
    // Per key first, so that few rows are left when names come in.
    `with per_key as (select key_id, ${sums} from ${each} e group by 1),
     ranked as (
       select k.statement_id as id, k.database_name as database, k.user_name as "user", array_agg(k.id) as key_ids,
              array_agg(distinct k.instance_id) as instance_ids, sum(u.calls) as calls, sum(u.total_ms) as total_ms,
              row_number() over (order by ${order} desc nulls last, k.statement_id, k.database_name, k.user_name) as place,
              sum(sum(u.calls)) over () as all_calls, sum(sum(u.total_ms)) over () as all_total_ms, count(*) over () as all_count
       from per_key u join statement_key k on k.id = u.key_id
       where ($5::text is null or k.database_name = $5) and ($6::text is null or k.user_name = $6)
         and ($7::text is null or exists (select from statement s where s.id = k.statement_id and s.text ilike $7))
         and ($8::text[] is null or k.statement_id = any($8))
         and ($9::text[] is null or exists (select from statement s where s.id = k.statement_id and s.tables && $9))
         and ($11::text is null or exists (select from statement s where s.id = k.statement_id and s.kind = $11))
         and ($12::jsonb is null or exists (select from statement s where s.id = k.statement_id and s.tags @> $12))
         and ($13::text is null or k.statement_id in (${executedBy}))
       group by 1, 2, 3)
     select t.*, s.text, s.kind, s.tables, s.tags, s.truncated from ranked t join statement s using (id)
     where place <= $10 order by place`,
    [
      ...tierParameters(tiers),
      query.database ?? null,
      query.user ?? null,
      query.search ? `%${query.search.replace(/[\\%_]/g, '\\$&')}%` : null,
      ids,
      query.table === undefined ? null : namesOf(query.table),
      query.limit,
      query.kind ?? null,
      tagOf(query.tag),
      query.application ?? null,
    ],
  );
  return rows;
}

/** The keys of statements, as an expression. */
const keysOf = (ids: string) =>
  `array(select id from statement_key where statement_id = any(${ids}::text[]) and instance_id = any($1))`;

/** Statements that sessions of application $13 were sampled executing, as far as they are known by now. */
const executedBy = `
  select coalesce(own.statement_id, l.statement_id) from load_key l
  left join statement_key own on own.instance_id = l.instance_id and own.toplevel
    and l.statement_name = own.userid || '/' || own.dbid || '/' || own.queryid || '/t'
  where l.instance_id = any($1) and l.application = $13 and coalesce(own.statement_id, l.statement_id) is not null`;

function tagOf(tag: string | undefined): string | null {
  if (tag === undefined) return null;
  const [name = '', ...value] = tag.split(':');
  return JSON.stringify({ [name]: value.join(':') });
}

type Details = StatementSums & { key_id: number; buckets: number[]; bucket_calls: number[] };

/** Every counter of the winners, and their calls in each part of the window. */
async function readDetails(
  db: Db,
  query: StatementsQuery,
  tiers: StatementTiers,
  keyIds: number[],
): Promise<Map<number, Details[]>> {
  if (keyIds.length === 0) return new Map();
  const sums = names.map((name) => `sum(${name}) as ${name}`).join(', ');
  const parts = await Promise.all(
    tiersApart(tiers).map((part) =>
      db.query<Details>(
        // The part of the window is found for the winners' rows alone.
        `with per_bucket as (
           select key_id, ${bucketOf('e.to_at')} as bucket, ${sums}
           from ${ofKeys(names, keyIds, '$7::int[]', 'w.to_at,')} e group by 1, 2)
         select key_id, ${sums}, array_agg(bucket) as buckets, array_agg(calls) as bucket_calls from per_bucket group by 1`,
        [...tierParameters(part), ...edges(query), keyIds],
      ),
    ),
  );
  return groupBy(
    parts.flatMap(({ rows }) => rows),
    (row) => row.key_id,
  );
}

/** Above this, unpacking all is quicker than looking for each. */
const mostLookedFor = 150;

function ofKeys(columns: readonly string[], keyIds: readonly number[], keys: string, more = '') {
  return keyIds.length <= mostLookedFor
    ? someStatements(columns, statementRows, keys, more)
    : `(select * from ${eachStatement(columns, statementRows(['key_ids', ...columns]), more)} a where key_id = any(${keys}))`;
}

type Before = { key_id: number; calls: number; total_ms: number };

/** The window of the same length just before, for the winners only. */
async function readPrevious(
  db: Db,
  tiers: StatementTiers,
  keyIds: number[],
): Promise<Map<number, Before>> {
  if (keyIds.length === 0) return new Map();
  const columns = ['calls', 'total_ms'];
  const { rows } = await db.query<Before>(
    `select key_id, sum(calls) as calls, sum(total_ms) as total_ms
     from ${ofKeys(columns, keyIds, '$5::int[]')} e group by 1`,
    [...tierParameters(tiers), keyIds],
  );
  return new Map(rows.map((row) => [row.key_id, row]));
}

function previousOf(rows: Before[]): StatementRow['previous'] {
  if (rows.length === 0) return null;
  return {
    calls: rows.reduce((sum, row) => sum + row.calls, 0),
    totalMs: rows.reduce((sum, row) => sum + row.total_ms, 0),
  };
}

/** How a statement may call a table: with its schema, or without where the search path finds it. */
const namesOf = (table: string) => {
  const dot = table.indexOf('.');
  return dot < 0 ? [table] : [table, table.slice(dot + 1)];
};
