/** mysql.slow_log: the rows between two moments. */
import type { Session } from '../session/session';

export type SlowRow = {
  loggedAt: string;
  atMs: number;
  user: string | null;
  ms: number;
  schema: string | null;
  /** With its literals: never stored. */
  statement: string;
};

export const longestText = 16_384;

/** The oldest row; null when there is none. Another one than before means that the table was emptied or replaced. @throws Failure */
export async function oldestRow(session: Session, timeoutMs: number): Promise<string | null> {
  const { rows } = await session.query('select min(start_time) from mysql.slow_log', {
    ...{ doing: 'look at mysql.slow_log', timeoutMs },
  });
  return rows[0]?.[0] ?? null;
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
    `select start_time, unix_timestamp(start_time) * 1000, user_host, query_time, db,
      left(convert(sql_text using utf8mb4), ${longestText})
     from mysql.slow_log where start_time > ? and start_time <= ? order by start_time limit ${range.most}`,
    {
      ...{ doing: 'read mysql.slow_log', timeoutMs, params: [range.from, range.to] },
      maxBytes: 64 * 1024 * 1024,
    },
  );
  const found = rows.flatMap(([loggedAt, atMs, userHost, time, db, text]): SlowRow[] => {
    const ms = milliseconds(time ?? '');
    if (ms === null || text == null || command.test(text)) return [];
    return [
      {
        ...{ loggedAt: loggedAt ?? '', atMs: Number(atMs), ms, statement: text },
        user: /^([^[]{1,300})\[/.exec(userHost ?? '')?.[1]?.trim() ?? null,
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
