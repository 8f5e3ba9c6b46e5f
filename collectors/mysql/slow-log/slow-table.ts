/** mysql.slow_log: what the server logs there, by which rules, and the rows between two moments. */
import { Failure } from '@/collectors/run/failure';
import type { Session } from '../session/session';

export type SlowTable = {
  /** Up to here rows are there whole: the server's clock a moment ago, UTC, as text and in epoch ms. */
  until: string;
  untilMs: number;
  /** The oldest row; null when there is none. Another one than before means that the table was emptied or replaced. */
  oldest: string | null;
  /** Every execution longer than this is logged, as far as settings say; null when some are left out. */
  thresholdMs: number | null;
  /** Statements executed inside stored programs so far: MariaDB counts them and may not log them. */
  nested: number | null;
};

export type SlowRow = {
  loggedAt: string;
  atMs: number;
  user: string | null;
  ms: number;
  rowsExamined: number | null;
  schema: string | null;
  /** With its literals: never stored. */
  statement: string;
};

/** A row is written a moment after its time. */
const settleSeconds = 2;
export const longestText = 16_384;

const changeLog = (flavour: Session['flavour'], output: string) =>
  `SET ${flavour === 'mysql' ? 'PERSIST' : 'GLOBAL'} log_output = '${output}';`;

/** @throws Failure when the log is not in the table */
export async function readSlowTable(session: Session, timeoutMs: number): Promise<SlowTable> {
  const more =
    session.flavour === 'mariadb'
      ? '@@global.log_slow_rate_limit, @@global.log_slow_filter'
      : `1, ''`;
  const { rows } = await session.query(
    `select now(6) - interval ${settleSeconds} second, unix_timestamp(now(6) - interval ${settleSeconds} second) * 1000,
      @@global.log_output, @@global.long_query_time, @@global.min_examined_row_limit,
      (select count_star from performance_schema.events_statements_summary_global_by_event_name
       where event_name = 'statement/sp/stmt'),
      (select min(start_time) from mysql.slow_log), ${more}`,
    { doing: 'look at mysql.slow_log', timeoutMs },
  );
  const [until, untilMs, output, longer, least, nested, oldest = null, rate, filter] =
    rows[0] ?? [];
  const outputs = (output ?? '').split(',');
  if (!outputs.includes('TABLE'))
    throw new Failure(
      'log_unavailable',
      `the slow log goes to ${output === 'NONE' ? 'no place' : 'a file'} (log_output = ${output}). Only the FILE privilege reads files through a connection; it opens every file of the server, so it is not asked for`,
      changeLog(session.flavour, outputs.includes('FILE') ? 'TABLE,FILE' : 'TABLE'),
    );
  // MariaDB's filter lets pass what has one of its marks; each statement that misses the query cache has that one.
  const filtered = (filter ?? '') !== '' && !(filter ?? '').split(',').includes('query_cache_miss');
  const whole = least === '0' && Number(rate) === 1 && !filtered;
  return {
    until: until ?? '',
    untilMs: Number(untilMs),
    oldest,
    thresholdMs: whole && longer != null ? Number(longer) * 1000 : null,
    nested: nested == null ? null : Number(nested),
  };
}

/** What commands of the protocol are called in the table; they are no statements. */
const command =
  /^(?:# )?(?:administrator command: )?(?:Quit|Ping|Init DB|Statistics|Prepare|Close stmt|Reset stmt|Reset connection|Change user|Set option|Field List|Long Data|Binlog Dump.{0,20}|Register (?:Slave|Replica))$/i;

/**
 * Rows logged in (from, to], oldest first. The table has no index: each reading passes over all of it.
 * @returns `more` when there were more rows than `most`: the rest is of the last row's time or later
 */
export async function readSlowRows(
  session: Session,
  range: { from: string; to: string; most: number },
  timeoutMs: number,
): Promise<{ rows: SlowRow[]; more: boolean }> {
  const { rows } = await session.query(
    `select start_time, unix_timestamp(start_time) * 1000, user_host, query_time, rows_examined, db,
      left(convert(sql_text using utf8mb4), ${longestText})
     from mysql.slow_log where start_time > ? and start_time <= ? order by start_time limit ${range.most}`,
    {
      ...{ doing: 'read mysql.slow_log', timeoutMs, params: [range.from, range.to] },
      maxBytes: 64 * 1024 * 1024,
    },
  );
  const found = rows.flatMap(([loggedAt, atMs, userHost, time, examined, db, text]): SlowRow[] => {
    const ms = milliseconds(time ?? '');
    if (ms === null || text == null || command.test(text)) return [];
    return [
      {
        ...{ loggedAt: loggedAt ?? '', atMs: Number(atMs), ms, statement: text },
        user: /^([^[]{1,300})\[/.exec(userHost ?? '')?.[1]?.trim() ?? null,
        rowsExamined: examined == null ? null : Number(examined),
        schema: db || null,
      },
    ];
  });
  return { rows: found, more: rows.length >= range.most };
}

/** `00:00:01.500915` */
export function milliseconds(time: string): number | null {
  const parts = /^(\d{1,3}):(\d\d):(\d\d(?:\.\d{1,6})?)$/.exec(time);
  if (parts === null) return null;
  return Number(parts[1]) * 3_600_000 + Number(parts[2]) * 60_000 + Number(parts[3]) * 1000;
}
