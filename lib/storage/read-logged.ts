import type { Pool } from 'pg';
import type { Histogram } from '@/lib/log/durations';
import { type LogWindow, logTiers } from './log-rows';
import { instancesWithLog, type LoggedErrors, readErrors } from './read-errors';
import { type Percentiles, readPercentiles, rowName } from './read-percentiles';
import {
  readStatements,
  type StatementRow,
  type StatementsQuery,
  type StatementsWindow,
} from './read-statements';
import { statementCounterNames as names } from './statement-counters';
import { countedPercentile, readHistograms } from './statement-histograms';

/** What logs add to a statement's counters. Null is not known. */
export type Logged = {
  p95_ms: number | null;
  p99_ms: number | null;
  p999_ms: number | null;
  p95_under_ms: number | null;
  errors: number | null;
};

const noPercentiles: Percentiles = { p95Ms: null, p99Ms: null, p999Ms: null, p95UnderMs: null };

/** What the logs say of rows of a window. */
export async function readLogged(
  db: Pool,
  query: { instanceIds: number[]; from: number; to: number },
  found: StatementsWindow,
): Promise<(row: StatementRow) => Logged> {
  const window = logWindow(query, found);
  const tiers = await logTiers(db, window);
  const ids = found.statements.map(({ id }) => id);
  const [percentiles, counted, errors, withLog] = await Promise.all([
    readPercentiles(db, window, tiers, found.statements),
    readHistograms(db, query, ids, rowName),
    readErrors(db, query.instanceIds, tiers, ids),
    instancesWithLog(db, window, tiers),
  ]);
  const byName = new Map(errors.map((one) => [rowName(one), one.count]));
  return (row) => {
    const name = rowName(row);
    const own = countedPercentiles(counted.get(name), row.sums.calls ?? 0);
    const logged = percentiles.get(name) ?? null;
    // A value out of the log says more than a bound.
    const { p95Ms, p99Ms, p999Ms, p95UnderMs } =
      (own?.p95Ms == null && logged?.p95Ms != null ? logged : (own ?? logged)) ?? noPercentiles;
    const known = row.instanceIds.every((id) => withLog.has(id));
    return {
      ...{ p95_ms: p95Ms, p99_ms: p99Ms, p999_ms: p999Ms, p95_under_ms: p95UnderMs },
      // Where the server counts them itself, its log has nothing to add.
      errors: row.sums.errors ?? byName.get(name) ?? (known ? 0 : null),
    };
  };
}

/** From what the server counted in buckets of all executions, which is more than a log of the slow ones has. */
function countedPercentiles(histogram: Histogram | undefined, calls: number): Percentiles | null {
  if (histogram === undefined) return null;
  const [p95 = null, p99 = null, p999 = null] = [0.95, 0.99, 0.999].map((share) =>
    countedPercentile(histogram, calls, share),
  );
  if (p95 === null) return null;
  const known = (one: ReturnType<typeof countedPercentile>) => (one && 'ms' in one ? one.ms : null);
  return {
    ...{ p95Ms: known(p95), p99Ms: known(p99), p999Ms: known(p999) },
    p95UnderMs: 'under' in p95 ? p95.under : null,
  };
}

/** Errors of one statement by SQLSTATE; null when nobody knows of any and no log was read. */
export async function readStatementErrors(
  db: Pool,
  query: { id: string; instanceIds: number[]; from: number; to: number },
  found: StatementsWindow,
) {
  const window = logWindow(query, found);
  const tiers = await logTiers(db, window);
  const errors = await readErrors(db, query.instanceIds, tiers, [query.id]);
  const withLog = await instancesWithLog(db, window, tiers);
  if (errors.length === 0 && withLog.size === 0) return null;
  return errors.flatMap(({ database, user, errors: states }) =>
    states.map((one) => ({ ...one, database: database || null, user: user || null })),
  );
}

function logWindow(
  query: { instanceIds: number[]; from: number; to: number },
  { coveredFrom, coveredTo, partial }: StatementsWindow,
): LogWindow {
  const { instanceIds, from, to } = query;
  const watched =
    coveredFrom === null || coveredTo === null
      ? null
      : { from: Math.max(from, coveredFrom), to: Math.min(to, coveredTo) };
  return { instanceIds, from, to, watched, partial };
}

/** Ranked by errors: a statement that always fails never ended, so that only the log knows it. */
export async function rankByErrors(db: Pool, query: StatementsQuery): Promise<StatementsWindow> {
  const { database, user } = query;
  const tiers = await logTiers(db, { ...query, partial: [] });
  const failed = (await readErrors(db, query.instanceIds, tiers, null)).filter(
    (one) =>
      (database === undefined || one.database === database) &&
      (user === undefined || one.user === user),
  );
  const ids = [...new Set(failed.map(({ id }) => id))];
  const found = await readStatements(db, { ...query, ids, sort: 'calls', limit: 2000 });
  const ran = new Map(found.statements.map((row) => [rowName(row), row]));
  const texts = await readTexts(db, ids);
  const all = failed.flatMap((one) => {
    const text = texts.get(one.id);
    if (!text || !matches(text, query)) return [];
    return [ran.get(rowName(one)) ?? neverEnded(one, text)];
  });
  const statements = all.slice(0, query.limit);
  const whole = await readStatements(db, { ...query, sort: 'calls', limit: 1 });
  const sum = (value: (row: StatementRow) => number | null) =>
    statements.reduce((total, row) => total + (value(row) ?? 0), 0);
  return {
    ...whole,
    statements,
    other: {
      statements: Math.max(
        0,
        whole.other.statements +
          whole.statements.length -
          statements.filter((row) => ran.has(rowName(row))).length,
      ),
      calls: Math.max(0, whole.totals.calls - sum((row) => row.sums.calls)),
      totalMs: Math.max(0, whole.totals.totalMs - sum((row) => row.sums.total_ms)),
    },
  };
}

type Text = {
  id: string;
  text: string;
  kind: string;
  tables: string[];
  tags: Record<string, string>;
  truncated: boolean;
};

async function readTexts(db: Pool, ids: string[]): Promise<Map<string, Text>> {
  const { rows } = await db.query<Text>(
    'select id, text, kind, tables, tags, truncated from statement where id = any($1)',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

const matches = (
  { text, tables, tags, kind }: Text,
  { search, table, tag, kind: wanted }: StatementsQuery,
) =>
  (wanted === undefined || kind === wanted) &&
  (tag === undefined || Object.entries(tags).some(([name, value]) => `${name}:${value}` === tag)) &&
  (search === undefined || text.toLowerCase().includes(search.toLowerCase())) &&
  (table === undefined || tables.includes(table));

function neverEnded(one: LoggedErrors, text: Text): StatementRow {
  const { database, user, instanceIds } = one;
  return {
    ...text,
    ...{ database: database || null, user: user || null, instanceIds },
    sums: Object.fromEntries(
      names.map((name) => [name, name === 'calls' || name === 'total_ms' ? 0 : null]),
    ) as StatementRow['sums'],
    previous: null,
    spark: [],
  };
}
