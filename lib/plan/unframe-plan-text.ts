/** A line of the plan's own text with its place in what was pasted. */
export type PlanLine = { text: string; line: number };

const loggedPlan = /duration: [\d.]+ ms\s+plan:\s*$/;
/** `log_line_prefix` begins with a time or a process as a rule; anything up to LOG: is one. */
const logEntry = /^\S.*\b(LOG|ERROR|STATEMENT|DETAIL|HINT|WARNING|FATAL|CONTEXT|NOTICE):\s/;

const longestLine = 20_000;

/** Takes away what psql, pgAdmin or the server's log put around a plan. The first plan of several is kept. */
export function unframePlanText(given: string): PlanLine[] {
  let lines = given
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    // No expression below may take long over a line, whatever it holds.
    .map((text, index) => ({ text: text.slice(0, longestLine).trimEnd(), line: index + 1 }));
  const from = lines.findIndex(({ text }) => loggedPlan.test(text));
  if (from >= 0) lines = ofLog(lines.slice(from + 1));
  const header = lines.findIndex(({ text }) => /^[\s|"]*QUERY PLAN[\s|"]*$/.test(text));
  if (header >= 0) {
    lines = lines.slice(header + 1);
    if (/^[\s|+-]*---[\s|+-]*$/.test(lines[0]?.text ?? '')) lines = lines.slice(1);
    const bordered = /^\s*\|/.test(lines[0]?.text ?? '');
    lines = lines.map(({ text, line }) => {
      const inner = bordered ? withoutEnd(text.replace(/^\s*\|\s?/, ''), '|') : text;
      return { text: withoutEnd(inner, '+'), line };
    });
  }
  const end = lines.findIndex(
    ({ text }, index) => index > 0 && /^\s*\(\d+ (rows?|行|Zeilen?|lignes?)\)\s*$/.test(text),
  );
  if (end >= 0) lines = lines.slice(0, end);
  const quoted = lines.filter(({ text }) => text.trim() !== '');
  if (quoted.length > 0 && quoted.every(({ text }) => /^\s*".*"\s*$/s.test(text)))
    lines = lines.map(({ text, line }) => ({
      text: text.replace(/^\s*"(.*)"\s*$/s, '$1').replaceAll('""', '"'),
      line,
    }));
  return lines.map(({ text, line }) => ({
    text: text.replaceAll('\t', '        ').trimEnd(),
    line,
  }));
}

const withoutEnd = (text: string, end: string) =>
  text.trimEnd().endsWith(end) ? text.trimEnd().slice(0, -1).trimEnd() : text;

/** The entry's further lines: the server begins each with a tab. The statement is left out. */
function ofLog(lines: PlanLine[]): PlanLine[] {
  const next = lines.findIndex(({ text }) => logEntry.test(text));
  const own = (next >= 0 ? lines.slice(0, next) : lines).map(({ text, line }) => ({
    text: text.replace(/^\t/, ''),
    line,
  }));
  const query = own.findIndex(({ text }) => /^\s*Query Text:/.test(text));
  if (query < 0) return own;
  const first = own.findIndex(({ text }, index) => index > query && isNodeLine(text));
  return first < 0 ? own : own.slice(first);
}

/** `Seq Scan on t  (cost=…)`, with or without figures of an execution. */
export const isNodeLine = (text: string): boolean =>
  /\S\s+\((cost=|actual |never executed\))/.test(text);
