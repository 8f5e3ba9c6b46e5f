import type { LogEntry } from './log-entry';

/** What an entry tells. Texts of statements hold literals and are never stored. */
export type LogFact =
  /** A statement that ended. `phase` is what took the time; only `execute` is an execution. */
  | {
      kind: 'duration';
      ms: number;
      phase: 'execute' | 'parse' | 'bind' | 'unnamed';
      statement: string | null;
    }
  | {
      kind: 'plan';
      ms: number;
      format: 'json' | 'text';
      statement: string | null;
      /** Of JSON the parsed answer, of TEXT its lines from the root on. */
      plan: unknown;
    }
  | { kind: 'error'; sqlstate: string; severity: string; statement: string | null }
  | { kind: 'lock_wait'; ms: number; mode: string; statement: string | null }
  | { kind: 'temporary_file'; bytes: number; statement: string | null }
  | { kind: 'checkpoint'; started: boolean }
  | { kind: 'autovacuum'; did: 'vacuum' | 'analyze'; table: string }
  | { kind: 'other' };

const errorWords = new Set(['ERROR', 'FATAL', 'PANIC']);
/** A broken connection has an SQLSTATE of its own and fails no statement. */
const quietWords = /^(?:LOG|INFO|NOTICE|WARNING|DEBUG\d?)$/;
const other: LogFact = { kind: 'other' };

/**
 * Messages are recognised in English, as `lc_messages` C or en_* writes them. An error is known by its SQLSTATE too, which
 * csvlog and jsonlog have in every language. Never throws.
 */
export function recognise(entry: LogEntry): LogFact {
  const { message, sqlstate, severity } = entry;
  const failed = sqlstate !== null && !/^0[012]/.test(sqlstate);
  if (
    errorWords.has(severity) ||
    (failed && entry.statement !== null && !quietWords.test(severity))
  )
    return {
      kind: 'error',
      sqlstate: failed ? sqlstate : 'XXXXX',
      severity,
      statement: entry.statement,
    };
  if (message.startsWith('duration: ')) return durationOf(entry) ?? other;
  const wait = /^process \d+ still waiting for (\w+) on .{1,300} after (\d+(?:\.\d+)?) ms/s.exec(
    message,
  );
  if (wait !== null)
    return {
      kind: 'lock_wait',
      mode: wait[1] ?? '',
      ms: Number(wait[2]),
      statement: entry.statement,
    };
  const file = /^temporary file: path .{1,1000}, size (\d{1,18})$/s.exec(message);
  if (file !== null)
    return { kind: 'temporary_file', bytes: Number(file[1]), statement: entry.statement };
  const checkpoint = /^(?:checkpoint|restartpoint) (starting|complete):/.exec(message);
  if (checkpoint !== null) return { kind: 'checkpoint', started: checkpoint[1] === 'starting' };
  const vacuum =
    /^automatic (?:aggressive )?(vacuum|analyze)[^"]{0,60} of table "([^"]{1,200})"/.exec(message);
  if (vacuum !== null)
    return {
      kind: 'autovacuum',
      did: vacuum[1] === 'vacuum' ? 'vacuum' : 'analyze',
      table: vacuum[2] ?? '',
    };
  return other;
}

function durationOf(entry: LogEntry): LogFact | null {
  const { message } = entry;
  const found =
    /^duration: (\d{1,12}\.\d{1,6}) ms(?: {2}(plan:\n|statement: |fastpath function call: |(?:parse|bind|execute) ))?/.exec(
      message,
    );
  if (found === null) return null;
  const ms = Number(found[1]);
  const rest = message.slice(found[0].length);
  const what = found[2]?.trim();
  if (what === undefined) return { kind: 'duration', ms, phase: 'unnamed', statement: null };
  if (what === 'plan:') return planOf(ms, rest);
  if (what === 'statement:')
    return { kind: 'duration', ms, phase: 'execute', statement: preparedText(entry) ?? rest };
  // `execute name/portal: text`, `execute fetch from name: text`
  const colon = rest.indexOf(': ');
  const phase = what === 'parse' || what === 'bind' ? what : 'execute';
  return { kind: 'duration', ms, phase, statement: colon === -1 ? null : rest.slice(colon + 2) };
}

/** `EXECUTE name(…)` names its statement in the detail, as pg_stat_statements counts it. */
function preparedText(entry: LogEntry): string | null {
  return /^prepare: (.+)$/s.exec(entry.detail ?? '')?.[1] ?? null;
}

function planOf(ms: number, rest: string): LogFact {
  if (rest.startsWith('{')) {
    try {
      const plan = JSON.parse(rest) as Record<string, unknown>;
      const text = plan['Query Text'];
      return {
        kind: 'plan',
        ms,
        format: 'json',
        statement: typeof text === 'string' ? text : null,
        plan,
      };
    } catch {
      return other;
    }
  }
  const root =
    /^[A-Z][^\n]{0,500} {2}\(cost=\d+\.\d+\.\.\d+\.\d+ rows=\d+ width=\d+\)/m.exec(rest)?.index ??
    -1;
  if (!rest.startsWith('Query Text: ') || root === -1) return other;
  const head = rest.slice('Query Text: '.length, root).trimEnd();
  const parameters = head.lastIndexOf('\nQuery Parameters: ');
  return {
    kind: 'plan',
    ms,
    format: 'text',
    statement: parameters === -1 ? head : head.slice(0, parameters),
    plan: rest.slice(root),
  };
}
