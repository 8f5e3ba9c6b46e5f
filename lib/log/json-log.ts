import { cut, type LogEntry, longestField, longestMessage } from './log-entry';

/** One line of jsonlog (PostgreSQL 15 and later); null when it is none. */
export function readJsonLine(
  line: string,
  clock: (text: string) => number | null,
): LogEntry | null {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return null;
  const field = raw as Record<string, unknown>;
  const text = (name: string, most = longestField) =>
    typeof field[name] === 'string' ? cut(field[name], most) : null;
  if (typeof field.error_severity !== 'string') return null;
  return {
    at: clock(text('timestamp') ?? ''),
    pid: typeof field.pid === 'number' ? field.pid : null,
    session: text('session_id', 64),
    user: text('user', 63),
    database: text('dbname', 63),
    application: text('application_name', 63),
    severity: field.error_severity.slice(0, 30),
    sqlstate: text('state_code', 5),
    message: text('message', longestMessage) ?? '',
    detail: text('detail'),
    statement: text('statement'),
    queryId: queryIdOf(line),
  };
}

/** The last key of the line, as it is written: 64 bits do not fit into a number. */
function queryIdOf(line: string): string | null {
  const id = /,"query_id":(-?\d{1,20})\}\s*$/.exec(line.slice(-60))?.[1] ?? null;
  return id === '0' ? null : id;
}
