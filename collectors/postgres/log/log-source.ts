/** How a server logs, and by which right its log can be read. */
import type { ServerIdentity } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import type { LogFormat, LogSettings } from '@/lib/log/log-entry';
import { quoted } from '../needs';
import type { Session } from '../session/session';

export type LogAccess = 'function' | 'direct';

export type LogSource = {
  access: LogAccess;
  format: LogFormat;
  /** The name of the file that is written now, in `log_directory`. */
  current: string;
  settings: LogSettings;
  /** Messages are in English; in another language only the SQLSTATEs of csvlog and jsonlog are understood. */
  english: boolean;
  /** Every statement that takes at least this long is logged with its text; null when that cannot be relied on. */
  statementMs: number | null;
  /** The same of auto_explain. */
  planMs: number | null;
};

/**
 * A function that reads nothing but the files of `log_directory`. The grant of pg_read_binary_file itself would open the
 * whole data directory: raw tables of every database, and the hashes of passwords.
 */
export function logFunctionSql(user: string): string {
  const role = quoted(user);
  return [
    '-- In the watched database, as a superuser. The login can then read the server log, and with it what others write',
    '-- into their statements. Nothing else in the data directory is opened.',
    'CREATE SCHEMA IF NOT EXISTS yagura;',
    'CREATE OR REPLACE FUNCTION yagura.read_log(file text, from_byte bigint, bytes integer) RETURNS bytea',
    '  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$',
    "  SELECT pg_read_binary_file(current_setting('log_directory') || '/' || f.name, from_byte, least(bytes, 1048576), true)",
    '  FROM pg_ls_logdir() f WHERE f.name = file $$;',
    'REVOKE ALL ON FUNCTION yagura.read_log FROM PUBLIC;',
    `GRANT USAGE ON SCHEMA yagura TO ${role};`,
    `GRANT EXECUTE ON FUNCTION yagura.read_log TO ${role};`,
    // Before 16 it is not among the rights of pg_monitor.
    `GRANT EXECUTE ON FUNCTION pg_current_logfile(text) TO ${role};`,
  ].join('\n');
}

/** Settings by which statements that took long are logged, with their SQLSTATEs, in a form that can be read. */
export function loggingSql(majorVersion: number): string {
  return [
    'ALTER SYSTEM SET logging_collector = on; -- then restart the server',
    `ALTER SYSTEM SET log_destination = '${majorVersion >= 15 ? 'jsonlog' : 'csvlog'}';`,
    'ALTER SYSTEM SET log_min_duration_statement = 250; -- ms',
    'SELECT pg_reload_conf();',
  ].join('\n');
}

/**
 * By which right; null is none. A function of that name counts only when a superuser made it to run with their rights:
 * another's would run with ours.
 */
export const accessSql = `case
    when not has_function_privilege('pg_current_logfile(text)', 'execute') then 'none'
    when exists (select from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles o on o.oid = p.proowner
      where n.nspname = 'yagura' and p.proname = 'read_log' and p.prosecdef and o.rolsuper
        and pg_get_function_identity_arguments(p.oid) = 'file text, from_byte bigint, bytes integer'
        and has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute')) then 'function'
    when has_function_privilege('pg_read_binary_file(text, bigint, bigint, boolean)', 'execute') then 'direct' end`;

/** Settings of roles and databases that would make the server's own threshold wrong for some. */
const overridden = (names: string) => `exists (select from pg_db_role_setting, unnest(setconfig) one
    where one ~ '^(${names})=')`;

const wanted = [
  'logging_collector',
  'log_destination',
  'log_line_prefix',
  'log_timezone',
  'server_encoding',
  'lc_messages',
  'log_statement',
  'log_min_duration_statement',
  'auto_explain.log_min_duration',
  'auto_explain.sample_rate',
  'auto_explain.log_format',
  'auto_explain.log_nested_statements',
] as const;

/** `250ms`, `2min`, `-1`, as SHOW writes a duration in ms. */
export function settingMs(shown: string): number {
  const [, amount, unit] = /^(-?\d+(?:\.\d+)?)(us|ms|s|min|h|d)?$/.exec(shown) ?? [];
  const units = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };
  return amount === undefined ? -1 : Number(amount) * units[(unit ?? 'ms') as keyof typeof units];
}

/** Whether a server with this `lc_messages` writes the words that are understood here. */
export function inEnglish(locale: string): boolean {
  return /^(|C|POSIX|en|English)([._@-].*)?$/i.test(locale);
}

/** By which right a log is read; looked up once for a connection. */
export type KnownAccess = { access: LogAccess | null };

/** @throws Failure with what is missing and the statements that give it */
export async function probeLog(
  session: Session,
  server: ServerIdentity,
  known: KnownAccess,
  timeoutMs: number,
): Promise<LogSource> {
  const doing = { doing: 'look for the server log', timeoutMs };
  // Not from pg_settings: that makes all of its rows each time.
  const { rows } = await session.query(
    `select ${overridden('log_min_duration_statement|log_statement')}, ${overridden('auto_explain[.][a-z_]+')},
      ${wanted.map((name) => `current_setting('${name}', true)`).join(', ')}`,
    doing,
  );
  const [timedApart, explainedApart, ...values] = rows[0] ?? [];
  const setting = (name: (typeof wanted)[number]) => values[wanted.indexOf(name)] ?? null;
  if (setting('logging_collector') === 'off')
    throw new Failure(
      'log_unavailable',
      'the server does not write its log to files (logging_collector = off)',
      loggingSql(server.majorVersion),
    );
  const rights = known.access
    ? null
    : (await session.query(`select current_user, ${accessSql}`, doing)).rows[0];
  const access = known.access ?? rights?.[1];
  const user = rights?.[0];
  if (access !== 'function' && access !== 'direct')
    throw new Failure(
      'permission_denied',
      'this login may not read the server log',
      logFunctionSql(user ?? ''),
    );
  known.access = access;
  const files = await session.query(
    `select ${server.majorVersion >= 15 ? `pg_current_logfile('jsonlog')` : 'null'},
      pg_current_logfile('csvlog'), pg_current_logfile('stderr')`,
    doing,
  );
  const [json, csv, stderr] = files.rows[0] ?? [];
  const path = json ?? csv ?? stderr ?? null;
  if (path === null)
    throw new Failure(
      'log_unavailable',
      `the server writes no log file now (log_destination = ${setting('log_destination')})`,
      loggingSql(server.majorVersion),
    );
  const format: LogFormat = json ? 'jsonlog' : csv ? 'csvlog' : 'stderr';
  const english = inEnglish(setting('lc_messages') ?? '');
  if (!english && format === 'stderr')
    throw new Failure(
      'log_unavailable',
      `the log is written in the language of ${setting('lc_messages')}, and without SQLSTATEs`,
      `ALTER SYSTEM SET lc_messages = 'C'; SELECT pg_reload_conf(); -- or log_destination = '${
        server.majorVersion >= 15 ? 'jsonlog' : 'csvlog'
      }' for errors alone`,
    );
  const threshold = (name: (typeof wanted)[number], reliable: boolean) => {
    const ms = settingMs(setting(name) ?? '-1');
    return ms >= 0 && reliable ? ms : null;
  };
  return {
    access,
    format,
    current: path.slice(path.lastIndexOf('/') + 1),
    settings: {
      prefix: setting('log_line_prefix') ?? '',
      timezone: setting('log_timezone') ?? 'UTC',
      encoding: setting('server_encoding') ?? 'UTF8',
    },
    english,
    // What log_statement has written already is not written again with its duration.
    statementMs: threshold(
      'log_min_duration_statement',
      timedApart !== 't' && english && /^(none|ddl)$/.test(setting('log_statement') ?? ''),
    ),
    planMs: threshold(
      'auto_explain.log_min_duration',
      // Statements inside functions are counted apart, or not at all.
      explainedApart !== 't' &&
        english &&
        Number(setting('auto_explain.sample_rate') ?? '1') === 1 &&
        /^(text|json)$/.test(setting('auto_explain.log_format') ?? '') &&
        setting('auto_explain.log_nested_statements') === 'off',
    ),
  };
}
