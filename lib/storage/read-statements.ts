import { type Db, hourMs } from './partitions';
import { statementCounterNames as names, type StatementCounter } from './statement-counters';

/** Sums of one statement in a window: calls, ms, rows, blocks, bytes. Null was not measured. */
export type StatementSums = Record<StatementCounter, number | null>;

export type StatementRow = {
  id: string;
  text: string;
  kind: string;
  tables: string[];
  truncated: boolean;
  database: string | null;
  user: string | null;
  instanceIds: number[];
  sums: StatementSums;
  /** Null when nothing ran in the window before. */
  previous: { calls: number; totalMs: number } | null;
  /** Calls per bucket over the window, null where no reading was taken. */
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
  /** Only this statement. */
  id?: string;
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

const sumColumns = names.map((name) => `sum(u.${name}) as ${name}`).join(', ');
const unnested = `unnest(r.key_ids, ${names.map((name) => `r.${name}`).join(', ')}) u (key_id, ${names.join(', ')})`;
const sparkBuckets = 30;

/** Readings whose end lies in ($1, $2]; whole hours from the hourly sums where those exist. */
const readings = `
  readings as (
    select * from statement_reading where instance_id = any($3) and to_at > $1 and to_at <= $2
      and not exists (select from compacted c where c.tier = 'statement_hour'
        and c.at = date_bin('1 hour', to_at - interval '1 microsecond', 'epoch') and c.at >= $1 and c.at + interval '1 hour' <= $2)
    union all
    select * from statement_hour where instance_id = any($3) and to_at > $1 and to_at <= $2
      and to_at - interval '1 hour' >= $1)`;

/**
 * What each statement did in the window (from, to]: sums of exact differences, ranked by what happened in it.
 * A reading belongs to the window in which it ended.
 */
export async function readStatements(db: Db, query: StatementsQuery): Promise<StatementsWindow> {
  const window = [new Date(query.from), new Date(query.to), query.instanceIds];
  const order =
    query.sort === 'mean_ms' ? 'sum(u.total_ms) / nullif(sum(u.calls), 0)' : `sum(u.${query.sort})`;
  const filters = [
    query.database ?? null,
    query.user ?? null,
    query.search ? `%${query.search.replace(/[\\%_]/g, '\\$&')}%` : null,
    query.id ?? null,
  ];
  const { rows } = await db.query<
    StatementSums & {
      id: string;
      text: string;
      kind: string;
      tables: string[];
      truncated: boolean;
      database: string | null;
      user: string | null;
      instance_ids: number[];
      all_calls: number;
      all_total_ms: number;
      all_count: string;
    }
  >(
    `with ${readings},
     -- Per key first, so that few rows are left when names come in.
     summed as (select u.key_id, ${sumColumns} from readings r, ${unnested} group by 1),
     ranked as (
       select k.statement_id as id, k.database_name as database, k.user_name as "user",
              array_agg(distinct k.instance_id) as instance_ids, ${sumColumns},
              row_number() over (order by ${order} desc nulls last, k.statement_id) as place,
              sum(sum(u.calls)) over () as all_calls, sum(sum(u.total_ms)) over () as all_total_ms, count(*) over () as all_count
       from summed u join statement_key k on k.id = u.key_id join statement s on s.id = k.statement_id
       where ($4::text is null or k.database_name = $4) and ($5::text is null or k.user_name = $5)
         and ($6::text is null or s.text ilike $6) and ($7::text is null or s.id = $7)
       group by 1, 2, 3)
     select t.*, s.text, s.kind, s.tables, s.truncated from ranked t join statement s using (id)
     where place <= $8 order by place`,
    [...window, ...filters, query.limit],
  );
  const state = await readCoverage(db, window);
  const first = rows[0];
  const totals = { calls: first?.all_calls ?? 0, totalMs: first?.all_total_ms ?? 0 };
  const shown = { calls: sumOf(rows, 'calls'), totalMs: sumOf(rows, 'total_ms') };
  const ids = rows.map((row) => row.id);
  const previous = await readPrevious(db, query, ids);
  const sparks = await readSparks(db, query, ids);
  return {
    ...state,
    totals,
    statements: rows.map((row) => {
      const key = rowKey(row);
      return {
        id: row.id,
        text: row.text,
        kind: row.kind,
        tables: row.tables,
        truncated: row.truncated,
        database: row.database,
        user: row.user,
        instanceIds: row.instance_ids,
        sums: Object.fromEntries(names.map((name) => [name, row[name]])) as StatementSums,
        previous: previous.get(key) ?? null,
        spark: sparks.get(key) ?? [],
      };
    }),
    other: {
      statements: Number(first?.all_count ?? 0) - rows.length,
      calls: totals.calls - shown.calls,
      totalMs: Math.max(0, totals.totalMs - shown.totalMs),
    },
  };
}

async function readCoverage(db: Db, window: unknown[]) {
  const { rows } = await db.query<{
    covered_from: Date | null;
    covered_to: Date | null;
    hidden_calls: number | null;
    hidden_total_ms: number | null;
    evictions: number | null;
  }>(
    `with ${readings}
     select min(from_at) as covered_from, max(to_at) as covered_to, sum(hidden_calls) as hidden_calls,
            sum(hidden_total_ms) as hidden_total_ms, sum(evictions) as evictions from readings`,
    window,
  );
  const partial = await db.query<{ instance_id: number; reason: string; from: Date; to: Date }>(
    `select instance_id, partial as reason, from_at as "from", to_at as "to" from statement_reading
     where instance_id = any($3) and to_at > $1 and to_at <= $2 and partial is not null order by to_at limit 200`,
    window,
  );
  const row = rows[0];
  return {
    coveredFrom: row?.covered_from?.getTime() ?? null,
    coveredTo: row?.covered_to?.getTime() ?? null,
    hidden:
      row?.hidden_calls == null
        ? null
        : { calls: row.hidden_calls, totalMs: row.hidden_total_ms ?? 0 },
    evictions: row?.evictions ?? 0,
    partial: partial.rows.map((one) => ({
      instanceId: one.instance_id,
      reason: one.reason,
      from: one.from.getTime(),
      to: one.to.getTime(),
    })),
  };
}

/** The window of the same length just before, for the winners only. */
async function readPrevious(db: Db, query: StatementsQuery, ids: string[]) {
  const { rows } = await db.query<Winner & { calls: number; total_ms: number }>(
    `with ${readings}
     select k.statement_id as id, k.database_name as database, k.user_name as "user",
            sum(u.calls) as calls, sum(u.total_ms) as total_ms
     from readings r, unnest(r.key_ids, r.calls, r.total_ms) u (key_id, calls, total_ms)
       join statement_key k on k.id = u.key_id
     where k.statement_id = any($4) group by 1, 2, 3`,
    [new Date(query.from - (query.to - query.from)), new Date(query.from), query.instanceIds, ids],
  );
  return new Map(
    rows.map((row) => [rowKey(row), { calls: row.calls, totalMs: row.total_ms }] as const),
  );
}

async function readSparks(db: Db, query: StatementsQuery, ids: string[]) {
  const { rows } = await db.query<Winner & { bucket: number; calls: number }>(
    `with ${readings},
     bucketed as (select r.*, least(${sparkBuckets}, width_bucket(extract(epoch from r.to_at),
       extract(epoch from $1::timestamptz), extract(epoch from $2::timestamptz), ${sparkBuckets})) as bucket from readings r)
     select k.statement_id as id, k.database_name as database, k.user_name as "user", r.bucket, sum(u.calls) as calls
     from bucketed r, unnest(r.key_ids, r.calls) u (key_id, calls) join statement_key k on k.id = u.key_id
     where k.statement_id = any($4) group by 1, 2, 3, 4
     union all
     select null, null, null, bucket, 0 from bucketed group by bucket`,
    [new Date(query.from), new Date(query.to), query.instanceIds, ids],
  );
  // A bucket with a reading in which the statement did not run is a true zero; one without any reading is unknown.
  const polled: (number | null)[] = new Array(sparkBuckets).fill(null);
  for (const row of rows) if (row.id === null) polled[row.bucket - 1] = 0;
  const sparks = new Map<string, (number | null)[]>();
  for (const row of rows) {
    if (row.id === null) continue;
    const spark = sparks.get(rowKey(row)) ?? [...polled];
    sparks.set(rowKey(row), spark);
    spark[row.bucket - 1] = row.calls;
  }
  return sparks;
}

export type StatementPoint = {
  at: number;
  calls: number;
  totalMs: number;
  rows: number;
  blocksRead: number | null;
  tempBlocksWritten: number | null;
};

/** One statement over time, summed in equal steps; a step in which nothing was polled is missing from the list. */
export async function readStatementSeries(
  db: Db,
  query: { id: string; instanceIds: number[]; from: number; to: number; points: number },
): Promise<{ stepMs: number; points: StatementPoint[] }> {
  const span = (query.to - query.from) / Math.max(1, query.points);
  const smallest = query.to - query.from > 12 * hourMs ? hourMs : 10_000;
  const stepMs = Math.max(1, Math.ceil(span / smallest)) * smallest;
  const { rows } = await db.query<{
    bucket: string;
    calls: number | null;
    total_ms: number | null;
    rows: number | null;
    blocks_read: number | null;
    temp_blocks_written: number | null;
  }>(
    `with ${readings},
     mine as (select id from statement_key where statement_id = $4 and instance_id = any($3))
     select floor((extract(epoch from r.to_at) * 1000 - 1) / $5) as bucket, sum(u.calls) as calls, sum(u.total_ms) as total_ms,
            sum(u.rows) as rows, sum(u.blocks_read) as blocks_read, sum(u.temp_blocks_written) as temp_blocks_written
     from readings r left join lateral (
       select u.* from ${unnested} where u.key_id in (select id from mine)) u on true
     group by 1 order by 1`,
    [new Date(query.from), new Date(query.to), query.instanceIds, query.id, stepMs],
  );
  return {
    stepMs,
    points: rows.map((row) => ({
      at: Number(row.bucket) * stepMs,
      calls: row.calls ?? 0,
      totalMs: row.total_ms ?? 0,
      rows: row.rows ?? 0,
      blocksRead: row.calls === null ? 0 : row.blocks_read,
      tempBlocksWritten: row.calls === null ? 0 : row.temp_blocks_written,
    })),
  };
}

type Winner = { id: string; database: string | null; user: string | null };
const rowKey = (row: Winner) => JSON.stringify([row.id, row.database, row.user]);
const sumOf = (rows: StatementSums[], name: StatementCounter) =>
  rows.reduce((sum, row) => sum + (row[name] ?? 0), 0);
