/** The slow log from where it was read last, out of its table: durations per statement, the slowest executions. */
import type { LogMemory, LogReader, LogReading } from '@/collectors/run/log-reading';
import { bucketOf } from '@/lib/log/durations';
import type { DescribedStatement } from '@/lib/statement/described-statement';
import { describeMysqlStatement } from '@/lib/statement/mysql/describe-mysql-statement';
import type { LogPosition, LogSpan } from '@/lib/storage/logged-content';
import type { Session } from '../session/session';
import {
  longestText,
  readSlowRows,
  readSlowTable,
  type SlowRow,
  type SlowTable,
} from './slow-table';

const mostRows = 2_000;
const mostExecutions = 20;
/** Further behind than this, reading begins anew: what is shown should be of now. */
const mostBehindMs = 3_600_000;
/** Passing over the table may take this share of the time. */
const share = 0.005;

export function createSlowLogReader(session: Session, memory: LogMemory): LogReader {
  let last: SlowTable | null = null;
  let notBefore = 0;
  return {
    async read(_server, skewMs, timeoutMs) {
      if (memory.unsettled !== null || performance.now() < notBefore) return null;
      const started = performance.now();
      const table = await readSlowTable(session, timeoutMs);
      const before = memory.position;
      const behind = before !== null && table.untilMs - skewMs - before.throughAt > mostBehindMs;
      const from = before?.format === 'slow_log' && !behind ? before.head : null;
      const read =
        from === null
          ? { rows: [], more: false }
          : await readSlowRows(session, { from, to: table.until, most: mostRows }, timeoutMs);
      notBefore = performance.now() + (performance.now() - started) / share;
      const { rows, end, endMs } = upTo(read, table);
      const throughAt = Math.max(before?.throughAt ?? 0, endMs - skewMs);
      const whole =
        last !== null &&
        last.thresholdMs === table.thresholdMs &&
        // Rows that went with the table were perhaps not read.
        (last.oldest === null || last.oldest === table.oldest) &&
        (session.flavour === 'mysql' || last.nested === table.nested);
      const thresholdMs = whole ? table.thresholdMs : null;
      const position: LogPosition = {
        ...{ format: 'slow_log', file: 'mysql.slow_log', offset: 0, skipping: 'no' },
        ...{ head: end, throughAt },
      };
      const reading: LogReading = {
        ...(from === null || before === null || throughAt <= before.throughAt
          ? { spans: [], statements: [], executions: [] }
          : sum(rows, { fromAt: before.throughAt, toAt: throughAt, thresholdMs, skewMs })),
        ...{ plans: [], wildcards: [], before, after: position },
        summary: {
          ...{ entries: rows.length, threshold_ms: thresholdMs, caught_up: read.more ? 0 : 1 },
          behind_ms: Math.max(0, table.untilMs - endMs),
        },
      };
      last = table;
      memory.unsettled = reading;
      return reading;
    },
  };
}

/** Of a reading that stopped at its limit, rows of the last moment are read again with the rest of it. */
function upTo(
  { rows, more }: { rows: SlowRow[]; more: boolean },
  table: SlowTable,
): { rows: SlowRow[]; end: string; endMs: number } {
  const lastTime = rows.at(-1)?.loggedAt;
  const sure = rows.filter(({ loggedAt }) => loggedAt !== lastTime);
  const end = sure.at(-1);
  if (!more || end === undefined) return { rows, end: table.until, endMs: table.untilMs };
  return { rows: sure, end: end.loggedAt, endMs: end.atMs };
}

function sum(
  rows: readonly SlowRow[],
  span: { fromAt: number; toAt: number; thresholdMs: number | null; skewMs: number },
): Pick<LogReading, 'spans' | 'statements' | 'executions'> {
  const { fromAt, toAt, thresholdMs, skewMs } = span;
  const described = new Map<string, DescribedStatement>();
  const durations = new Map<string, LogSpan['durations'][number]>();
  const executions = rows.map((row) => {
    const truncated = row.statement.length >= longestText;
    const statement = describeMysqlStatement(row.statement, { truncated });
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
