import type { Pool } from 'pg';
import { notFound } from '@/lib/auth/http-error';
import type { StatementBody, StatementDetailBody, StatementsBody } from '@/lib/contract';
import type { Db } from './partitions';
import { readStatementAdvice } from './read-advice';
import { type Logged, rankByErrors, readLogged, readStatementErrors } from './read-logged';
import { readMetricHealth } from './read-metric-health';
import { readPlans } from './read-plans';
import { readStatementSeries } from './read-statement-series';
import { readStatements, type StatementRow, type StatementsQuery } from './read-statements';

/** Ids of an instance, or of all instances of a cluster. @throws 404 when there is none */
export async function instancesIn(
  db: Db,
  scope: { instance?: string | undefined; cluster?: string | undefined },
): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>(
    'select id from instance where ($1::int is null or id = $1) and ($2::int is null or cluster_id = $2)',
    [scope.instance ?? null, scope.cluster ?? null],
  );
  if (rows.length === 0) throw notFound(scope.instance ? 'instance' : 'cluster');
  return rows.map((row) => row.id);
}

/** The ranking as the API gives it. */
export async function describeStatements(
  db: Pool,
  query: Omit<StatementsQuery, 'sort'> & { sort: StatementsQuery['sort'] | 'errors' },
): Promise<StatementsBody> {
  const { sort } = query;
  const found = await (sort === 'errors' && (await areLogged(db, query.instanceIds))
    ? rankByErrors(db, { ...query, sort: 'calls' })
    : readStatements(db, { ...query, sort }));
  const logged = await readLogged(db, query, found);
  const health = [
    ...(await readMetricHealth(db, query.instanceIds, 'postgres.statements')),
    ...(await readMetricHealth(db, query.instanceIds, 'mysql.statements')),
  ];
  const none = found.coveredFrom === null;
  const all = found.totals.totalMs + (found.hidden?.totalMs ?? 0);
  return {
    window: windowOf(query, found),
    totals: none
      ? { calls: null, total_ms: null }
      : { calls: found.totals.calls, total_ms: found.totals.totalMs },
    statements: found.statements.map((row) => statementOf(row, all, logged(row))),
    other: {
      statements: found.other.statements,
      calls: found.other.calls,
      total_ms: found.other.totalMs,
    },
    hidden: found.hidden && {
      calls: found.hidden.calls,
      total_ms: found.hidden.totalMs,
      fix_sql: await grantsFor(db, query.instanceIds),
    },
    evictions: found.evictions,
    partial: partialOf(found.partial),
    unavailable: health
      .filter((one) => one.error !== null)
      .map((one) => ({
        instance: String(one.instanceId),
        reason: one.error?.message ?? '',
        fix_sql: one.missing.map((missing) => missing.fix_sql).find((sql) => sql !== null) ?? null,
      })),
  };
}

/** Whether errors of any of the instances are known from its log alone: MySQL and MariaDB count them per statement. */
async function areLogged(db: Db, instanceIds: number[]): Promise<boolean> {
  const { rows } = await db.query<{ logged: boolean }>(
    `select exists (select from instance where id = any($1) and engine not in ('mysql', 'mariadb')) as logged`,
    [instanceIds],
  );
  return rows[0]?.logged ?? true;
}

/** What lets the logins that watch see everybody's statements; one line where several share a name. */
async function grantsFor(db: Db, instanceIds: number[]): Promise<string> {
  const { rows } = await db.query<{ sql: string }>(
    `select distinct format('GRANT pg_read_all_stats TO %I; -- the login that watches', "user") as sql
     from instance where id = any($1) order by 1`,
    [instanceIds],
  );
  return rows.map(({ sql }) => sql).join('\n');
}

/** One statement over a window: what it did, its series, its plans. @throws 404 when it is not known */
export async function describeStatement(
  db: Pool,
  query: { id: string; instanceIds: number[]; from: number; to: number; points: number },
): Promise<StatementDetailBody> {
  const { rows } = await db.query(
    `select s.id, s.text, s.kind, s.tables, s.tags, s.truncated, s.first_seen from statement s
     where s.id = $1 and (exists (select from statement_key k where k.statement_id = s.id and k.instance_id = any($2))
       or exists (select from log_key k where k.statement_id = s.id and k.instance_id = any($2)))`,
    [query.id, query.instanceIds],
  );
  const statement = rows[0];
  if (!statement) throw notFound('statement');
  const window = { ...query, sort: 'total_ms' as const, limit: 100 };
  const found = await readStatements(db, window);
  const logged = await readLogged(db, query, found);
  const series = await readStatementSeries(db, query);
  const plans = await readPlans(db, query.id, query.instanceIds);
  const instances = await db.query(
    `select distinct i.id, i.name, i.explain_enabled from instance i
     join statement_key k on k.instance_id = i.id and k.statement_id = $1 where i.id = any($2) order by i.name`,
    [query.id, query.instanceIds],
  );
  return {
    window: windowOf(query, found),
    statement: { ...statement, first_seen: statement.first_seen.getTime() },
    rows: found.statements.map((row) => statementOf(row, found.totals.totalMs, logged(row))),
    series: {
      step_ms: series.stepMs,
      // Per second that was watched: a step that began before the window, or had an outage, is not diluted.
      points: series.points.map((point) => ({
        at: point.at,
        calls_per_s: point.calls / point.seconds,
        mean_ms: point.calls > 0 ? point.totalMs / point.calls : null,
        total_ms_per_s: point.totalMs / point.seconds,
        rows_per_s: point.rows / point.seconds,
        blocks_read_per_s: point.blocksRead === null ? null : point.blocksRead / point.seconds,
      })),
    },
    errors: await readStatementErrors(db, query, found),
    plans: plans.map(({ root, findings: _, ...plan }) => ({ ...plan, total_cost: root.cost })),
    advice: plans[0]?.findings ?? [],
    advice_items: await readStatementAdvice(db, query),
    partial: partialOf(found.partial),
    instances: instances.rows.map((row) => ({ ...row, id: String(row.id) })),
  };
}

function windowOf(
  query: { from: number; to: number },
  found: { coveredFrom: number | null; coveredTo: number | null },
) {
  return {
    from: query.from,
    to: query.to,
    covered_from: found.coveredFrom,
    covered_to: found.coveredTo,
  };
}

const partialOf = (list: { instanceId: number; reason: string; from: number; to: number }[]) =>
  list.map(({ instanceId, ...rest }) => ({ instance: String(instanceId), ...rest }));

function statementOf(row: StatementRow, allMs: number, logged: Logged): StatementBody {
  const { sums } = row;
  const calls = sums.calls ?? 0;
  const totalMs = sums.total_ms ?? 0;
  const mean = calls > 0 ? totalMs / calls : null;
  const variance =
    mean === null || sums.sum_sq_ms === null ? null : sums.sum_sq_ms / calls - mean ** 2;
  const { previous } = row;
  const { calls: _, total_ms: __, sum_sq_ms: ___, errors: ____, rows, ...amounts } = sums;
  return {
    ...amounts,
    id: row.id,
    text: row.text,
    kind: row.kind,
    tables: row.tables,
    tags: row.tags,
    truncated: row.truncated,
    database: row.database,
    user: row.user,
    instances: row.instanceIds.map(String),
    calls,
    total_ms: totalMs,
    mean_ms: mean,
    stddev_ms: variance === null ? null : Math.sqrt(Math.max(0, variance)),
    ...logged,
    rows: rows ?? 0,
    rows_examined_per_row: sums.rows_examined === null || !rows ? null : sums.rows_examined / rows,
    share: allMs > 0 ? totalMs / allMs : null,
    previous: previous && {
      calls: previous.calls,
      total_ms: previous.totalMs,
      mean_ms: previous.calls > 0 ? previous.totalMs / previous.calls : null,
    },
    spark: row.spark,
  };
}
