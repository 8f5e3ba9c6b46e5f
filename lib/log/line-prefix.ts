import type { LogEntry } from './log-entry';

/** What a prefix says of its entry; `at` as it was written, with its escape. */
export type PrefixFacts = Pick<
  LogEntry,
  'pid' | 'session' | 'user' | 'database' | 'application' | 'sqlstate' | 'queryId'
> & { time: string | null; epoch: number | null };

export type PrefixMatcher = (
  line: string,
) => { facts: PrefixFacts; word: string; text: string } | null;

/** Names are cut at 63 bytes by the server; bounds keep a hostile one from making the matching slow. */
const name = '.{0,64}?';
const escapes: Record<string, [group: string | null, pattern: string]> = {
  a: ['application', name],
  u: ['user', name],
  d: ['database', name],
  r: [null, '\\S{0,80}?'],
  h: [null, '\\S{0,80}?'],
  L: [null, '\\S{0,80}?'],
  b: [null, '.{0,80}?'],
  p: ['pid', '\\d+'],
  P: [null, '\\d*'],
  t: ['time', '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d \\S{1,20}?'],
  m: ['time', '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} \\S{1,20}?'],
  n: ['epoch', '\\d+\\.\\d{3}'],
  i: [null, '.{0,80}?'],
  e: ['sqlstate', '[0-9A-Z]{5}'],
  c: ['session', '[0-9a-f]+\\.[0-9a-f]+'],
  l: [null, '\\d+'],
  s: [null, '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d \\S{1,20}?'],
  v: [null, '(?:-?\\d+/-?\\d+)?'],
  x: [null, '\\d*'],
  Q: ['queryId', '-?\\d+'],
};

/** Words that begin an entry, and those that continue one. */
export const severities = /^(?:DEBUG[1-5]?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC)$/;
const words =
  'DEBUG[1-5]?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|DETAIL|HINT|QUERY|CONTEXT|LOCATION|BACKTRACE|STATEMENT';

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * `log_line_prefix` as a matcher of the first line of each message. An escape that is not known, or one that occurs
 * twice, matches and is not kept; padding (`%-10p`) may surround every escape that has it.
 */
export function compilePrefix(prefix: string): PrefixMatcher {
  const seen = new Set<string>();
  let source = '';
  let open = 0;
  for (const part of prefix.matchAll(/%(-?\d+)?(.)|[^%]+|%$/gs)) {
    const [whole, padding, letter] = part;
    if (letter === undefined) source += literal(whole);
    else if (letter === '%') source += '%';
    else if (letter === 'q') {
      source += '(?:';
      open += 1;
    } else {
      const known = escapes[letter];
      // A server leaves an escape that it does not know away.
      if (known === undefined) continue;
      const [group, pattern] = known;
      const keep = group !== null && !seen.has(group);
      if (keep) seen.add(group);
      const space = padding === undefined ? '' : ' {0,100}?';
      source += `${space}${keep ? `(?<${group}>${pattern})` : `(?:${pattern})`}${space}`;
    }
  }
  source += ')?'.repeat(open);
  const matcher = new RegExp(`^${source}(?<word>${words}):  (?<text>[^]*)$`);
  return (line) => {
    const head = line.slice(0, 2000);
    const groups = matcher.exec(head)?.groups;
    if (groups === undefined) return null;
    const said = (key: string) => {
      const value = groups[key]?.trim();
      return value === undefined || value === '' || value === '[unknown]' ? null : value;
    };
    return {
      word: groups.word ?? '',
      text: (groups.text ?? '') + line.slice(2000),
      facts: {
        time: said('time'),
        epoch: groups.epoch === undefined ? null : Math.round(Number(groups.epoch) * 1000),
        pid: groups.pid === undefined ? null : Number(groups.pid),
        session: said('session'),
        user: said('user'),
        database: said('database'),
        application: said('application'),
        sqlstate: said('sqlstate'),
        queryId: groups.queryId === '0' ? null : said('queryId'),
      },
    };
  };
}
