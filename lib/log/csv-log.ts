import { cut, type LogEntry, longestField, longestMessage } from './log-entry';

/** The columns of csvlog that are kept: 23 in 12, with backend type, leader and query id at the end since 14. */
const columns = {
  time: 0,
  user: 1,
  database: 2,
  pid: 3,
  session: 5,
  severity: 11,
  sqlstate: 12,
  message: 13,
  detail: 14,
  statement: 19,
  application: 22,
  queryId: 25,
} as const;

/** One record of csvlog; null when it is none. */
export function readCsvRecord(
  record: string,
  clock: (text: string) => number | null,
): LogEntry | null {
  const fields = splitCsv(record);
  if (fields.length < 23 || fields.length > 40) return null;
  const text = (name: keyof typeof columns, most = longestField) =>
    cut(fields[columns[name]], most);
  const severity = text('severity', 30);
  const at = clock(text('time', 60) ?? '');
  if (severity === null || at === null) return null;
  const queryId = text('queryId', 21);
  return {
    at,
    pid: Number.parseInt(text('pid', 20) ?? '', 10) || null,
    session: text('session', 64),
    user: text('user', 63),
    database: text('database', 63),
    application: text('application', 63),
    severity,
    sqlstate: text('sqlstate', 5),
    message: text('message', longestMessage) ?? '',
    detail: text('detail'),
    statement: text('statement'),
    queryId: queryId === '0' ? null : queryId,
  };
}

/** The fields of one record; quotes in a quoted field are doubled. */
export function splitCsv(record: string): string[] {
  const fields: string[] = [];
  let at = 0;
  while (at <= record.length && fields.length <= 40) {
    if (record[at] === '"') {
      let value = '';
      let from = at + 1;
      for (;;) {
        const quote = record.indexOf('"', from);
        if (quote === -1) {
          fields.push(value + record.slice(from));
          return fields;
        }
        value += record.slice(from, quote);
        at = quote + 1;
        if (record[at] !== '"') break;
        value += '"';
        from = at + 1;
      }
      fields.push(value);
      if (record[at] !== ',') return fields;
      at += 1;
    } else {
      const comma = record.indexOf(',', at);
      if (comma === -1) {
        fields.push(record.slice(at));
        return fields;
      }
      fields.push(record.slice(at, comma));
      at = comma + 1;
    }
  }
  return fields;
}
