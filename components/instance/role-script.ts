/** The script an administrator runs so that Yagura can watch with the least rights. Pure; nothing here is ever executed by us. */

export type RoleScriptInput = {
  /** Name of the watching login. */
  user: string;
  /** Name of the database Yagura connects to. */
  database: string;
  /** First PostgreSQL major version the script must suit: 16 says INHERIT in the grant itself. */
  version: 13 | 16;
  /** `usual` grants pg_monitor; `strict` leaves out pg_stat_scan_tables, which may hold a lock for long. */
  rights: 'usual' | 'strict';
  /** Name of the separate login for EXPLAIN, or null when the watching login also explains or EXPLAIN is off. */
  explainUser: string | null;
};

/** An SQL identifier, quoted when it must be; doubled quotes make any name safe. */
export function quoteIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_]{0,62}$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

const PASSWORD = "'<PASSWORD>'";

function watchingRole({ user, version, rights }: RoleScriptInput): string[] {
  const role = quoteIdentifier(user || 'yagura');
  const granted =
    rights === 'usual' ? ['pg_monitor'] : ['pg_read_all_stats', 'pg_read_all_settings'];
  const inherit = version >= 16 ? ' WITH INHERIT TRUE' : '';
  return [
    `CREATE ROLE ${role} LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE`,
    `  CONNECTION LIMIT 3 PASSWORD ${PASSWORD};`,
    ...granted.map((name) => `GRANT ${name} TO ${role}${inherit};`),
    `ALTER ROLE ${role} SET statement_timeout = '10s';`,
    `ALTER ROLE ${role} SET lock_timeout = '100ms';`,
    `ALTER ROLE ${role} SET idle_in_transaction_session_timeout = '10s';`,
    `ALTER ROLE ${role} SET default_transaction_read_only = on;`,
  ];
}

function explainRole(name: string): string[] {
  const role = quoteIdentifier(name);
  return [
    `CREATE ROLE ${role} LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE`,
    `  CONNECTION LIMIT 1 PASSWORD ${PASSWORD};`,
    `ALTER ROLE ${role} SET statement_timeout = '2s';`,
    `ALTER ROLE ${role} SET lock_timeout = '100ms';`,
    `ALTER ROLE ${role} SET default_transaction_read_only = on;`,
    '-- once per schema whose statements may be explained',
    `GRANT USAGE ON SCHEMA public TO ${role};`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role};`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO ${role};`,
  ];
}

/**
 * SQL text with `<PASSWORD>` where a password belongs; no secret is ever part of it.
 * Source: PostgreSQL manual, "Predefined Roles" and CREATE ROLE (13 to 18).
 */
export function roleScript(input: RoleScriptInput): string {
  const lines = [
    '-- as an administrator, once',
    ...watchingRole(input),
    '',
    // A line break in a name would end the comment.
    `-- in database ${quoteIdentifier(input.database || 'postgres').replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ')}`,
    'CREATE EXTENSION IF NOT EXISTS pg_stat_statements;',
  ];
  if (input.explainUser)
    lines.push('', '-- the login that explains', ...explainRole(input.explainUser));
  return `${lines.join('\n')}\n`;
}
