/**
 * The text of MySQL's and MariaDB's slow query log: MySQL 8 and 9 with and without log_slow_extra, MariaDB with every
 * log_slow_verbosity, Percona Server's fields. Pure; never throws, its work grows with the length of the text alone.
 */
import { cut, longestField } from './log-entry';

export type SlowEntry = {
  /** When it was logged, epoch ms; null when no entry so far had a time. */
  at: number | null;
  user: string | null;
  host: string | null;
  threadId: string | null;
  /** The schema that was chosen, as far as the log says; undefined when a part that was not read said it. */
  schema: string | null | undefined;
  ms: number;
  lockMs: number | null;
  rowsSent: number | null;
  rowsExamined: number | null;
  rowsAffected: number | null;
  errno: number | null;
  /** Every further field, by the name it is logged under: Full_scan, Tmp_disk_tables, InnoDB_pages_distinct. */
  fields: Record<string, string>;
  /** Lines of a plan (MariaDB, log_slow_verbosity explain), without the mark. */
  explain: string[];
  /** The statement with its literals: never stored. Null for a command of the protocol (`administrator command: Quit`). */
  statement: string | null;
  command: string | null;
};

export type SlowLogPiece = {
  entries: SlowEntry[];
  /** Characters that are done with; what follows is to be read again with more of the file. */
  used: number;
  /** Lines that belong to nothing. */
  unreadable: number;
};

/**
 * Carried from piece to piece of a file: an entry without a time has that of the one before, and MySQL writes `use shop;`
 * only where the schema is another one than that of the entry before, whosever that was (File_query_log::write_slow).
 */
export type SlowLogState = {
  at: number | null;
  /** Null when the entries before had none; undefined when reading began inside the file. */
  schema: string | null | undefined;
};
export const newSlowLogState = (): SlowLogState => ({ at: null, schema: undefined });

const mostFields = 100;
/** What a server writes first into a new file; FLUSH LOGS and each start do. */
const banner =
  /^(?:\S.{0,400}, Version: .{0,200}\. started with:|Tcp port: .{0,400}|Time {1,40}Id Command {1,20}Argument|Time\t{1,4} {0,10}Id Command\tArgument)$/;
const header = /^# (?:Time: |User@Host: )/;

/**
 * Reads the whole entries of a piece of a slow log. A statement ends where the next entry begins; text inside one that looks
 * like an entry cannot be told from one, which makes up executions at worst, never literals that are kept.
 * @param last nothing follows any more: what is left is an entry too
 */
export function readSlowLog(text: string, state: SlowLogState, last: boolean): SlowLogPiece {
  const piece: SlowLogPiece = { entries: [], used: 0, unreadable: 0 };
  let open: { from: number; head: string[]; body: string[] } | null = null;
  let from = 0;
  const close = () => {
    if (open === null) return;
    const entry = entryOf(open.head, open.body, state);
    if (entry === null) piece.unreadable += 1;
    else piece.entries.push(entry);
    open = null;
  };
  while (from < text.length) {
    const end = text.indexOf('\n', from);
    if (end === -1 && !last) break;
    const line = text.slice(from, end === -1 ? undefined : end).replace(/\r$/, '');
    const next = end === -1 ? text.length : end + 1;
    if (open !== null && open.body.length > 0 && (header.test(line) || banner.test(line))) close();
    if (banner.test(line)) {
      close();
      state.schema = null;
    } else if (line.startsWith('#') && (open === null || open.body.length === 0) && isHead(line)) {
      open ??= { from, head: [], body: [] };
      open.head.push(line);
    } else if (open !== null) open.body.push(line);
    else if (line.trim() !== '') piece.unreadable += 1;
    from = next;
    if (open === null) piece.used = from;
    else piece.used = (open as { from: number }).from;
  }
  if (last) {
    close();
    piece.used = text.length;
  }
  return piece;
}

const isHead = (line: string) =>
  line === '#' ||
  /^# {1,4}(?:[A-Z][\w@]{0,60}: |explain: |administrator command: |No InnoDB statistics)/.test(
    line,
  ) ||
  line === '# Stored routine:';

function entryOf(head: string[], body: string[], state: SlowLogState): SlowEntry | null {
  const fields = new Map<string, string>();
  const explain: string[] = [];
  let user: string | null = null;
  let host: string | null = null;
  let command: string | null = null;
  for (const line of head) {
    if (line.startsWith('# Time: ')) {
      state.at = timeOf(line.slice(8));
      continue;
    }
    if (line.startsWith('# explain: ')) {
      explain.push(line.slice(11));
      continue;
    }
    const who =
      /^# User@Host: ([^[\n]{0,300})\[([^\]\n]{0,300})\] @ {1,2}(\S{0,300}) {0,2}\[([^\]\n]{0,300})\](?: {1,3}Id: {1,10}(\d{1,20}))?/.exec(
        line,
      );
    if (who !== null) {
      user = who[1]?.trim() || who[2] || null;
      host = who[3] || who[4] || null;
      if (who[5]) fields.set('Thread_id', who[5]);
      continue;
    }
    command ??= /^# administrator command: (.{1,100}?);?$/.exec(line)?.[1] ?? null;
    for (const [, name = '', value = ''] of line.matchAll(
      /(?<=^# | )([A-Z][A-Za-z_]{1,60}):[ \t]{1,4}(?![A-Z][A-Za-z_]{1,60}: )(\S{0,400}(?![^\s]))/g,
    ))
      if (fields.size < mostFields) fields.set(name, value);
  }
  const query = number(fields.get('Query_time'));
  if (query === null) return null;
  const threadId = fields.get('Thread_id') ?? null;
  const lines = [...body];
  const named = fields.get('Schema') ?? fields.get('Db');
  // `use shop;` comes first when the schema changed, then SET timestamp with what else the statement depends on.
  const use = /^use `?([^;`]{1,128})`?;$/i.exec(lines[0] ?? '');
  if (use !== null && lines.length > 1) {
    state.schema = use[1] ?? null;
    lines.shift();
  }
  const at =
    /^SET (?:\w{1,30}=[^,;]{1,60},){0,5}timestamp=(\d{1,12})(?:\.\d{1,6})?(?:,\w{1,30}=[^,;]{1,60}){0,5};$/i.exec(
      lines[0] ?? '',
    );
  if (at !== null) lines.shift();
  command ??= /^# administrator command: (.{1,100}?);?$/.exec(lines[0] ?? '')?.[1] ?? null;
  const { Query_time: _, Thread_id: __, ...rest } = Object.fromEntries(fields);
  const started = at === null ? null : Number(at[1]) * 1000;
  return {
    at: state.at ?? started,
    ...{ user, host, threadId, ms: query * 1000, command },
    // Servers that name the schema of each entry leave it empty where there is none.
    schema: named === undefined ? state.schema : named || null,
    lockMs: scaled(number(fields.get('Lock_time')), 1000),
    rowsSent: number(fields.get('Rows_sent')),
    rowsExamined: number(fields.get('Rows_examined')),
    rowsAffected: number(fields.get('Rows_affected')),
    errno: number(fields.get('Errno') ?? fields.get('Last_errno')),
    fields: rest,
    explain,
    statement: command === null ? cut(lines.join('\n').replace(/;\s*$/, ''), longestField) : null,
  };
}

const number = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,18}(?:\.\d{1,9})?$/.test(text) ? Number(text) : null;
const scaled = (value: number | null, by: number) => (value === null ? null : value * by);

/**
 * `2026-11-23T21:20:41.407458Z`, or with an offset (log_timestamps SYSTEM). Null for MariaDB's `261123 21:21:47`, of which
 * nobody says the zone: there `SET timestamp` is when the entry was written.
 */
function timeOf(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
