/** Executions that were logged as slow, summed per statement without literals. */
import type { LogReading } from '@/collectors/run/log-reading';
import { bucketOf } from '@/lib/log/durations';
import type { DescribedStatement } from '@/lib/statement/described-statement';
import { describeMysqlStatement } from '@/lib/statement/mysql/describe-mysql-statement';
import type { LogSpan } from '@/lib/storage/logged-content';
import { longestText } from './slow-table';

/** Times are of the server's clock. */
export type LoggedSlow = {
  atMs: number;
  ms: number;
  user: string | null;
  schema: string | null;
  /** With its literals: never stored. */
  statement: string;
};

const mostExecutions = 20;

export function sumSlow(
  rows: readonly LoggedSlow[],
  span: { fromAt: number; toAt: number; thresholdMs: number | null; skewMs: number },
): Pick<LogReading, 'spans' | 'statements' | 'executions'> {
  const { fromAt, toAt, thresholdMs, skewMs } = span;
  const described = new Map<string, DescribedStatement>();
  const durations = new Map<string, LogSpan['durations'][number]>();
  const executions = rows.map((row) => {
    const truncated = row.statement.length >= longestText;
    const text = row.statement.slice(0, longestText);
    const statement = describeMysqlStatement(text, { truncated });
    described.set(statement.id, statement);
    // As digests are counted: without the user.
    const counted = { id: statement.id, queryId: null, database: row.schema, user: null };
    const bucket = bucketOf(row.ms);
    const name = JSON.stringify([counted.id, counted.database, bucket]);
    const cell = durations.get(name) ?? { statement: counted, bucket, count: 0 };
    durations.set(name, { ...cell, count: cell.count + 1 });
    return {
      ...{ ...counted, user: row.user, at: row.atMs - skewMs, ms: row.ms, application: null },
    };
  });
  const slowest = executions.toSorted((a, b) => b.ms - a.ms).slice(0, mostExecutions);
  return {
    spans: [{ fromAt, toAt, thresholdMs, durations: [...durations.values()], errors: [] }],
    statements: [...described.values()],
    executions: slowest,
  };
}
