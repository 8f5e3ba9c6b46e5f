/** The one table that may be written: statements an administrator reads and runs, once, on the primary. Pure. */

/** `name` as an SQL identifier of PostgreSQL. */
const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

/**
 * For PostgreSQL, in the watched database. Half of the page is left free, so that new versions of the row stay on it and
 * no index is touched (HOT).
 */
export function postgresHeartbeatScript(user: string): string {
  const role = identifier(user);
  return [
    '-- On the primary, in the watched database; once for all its replicas.',
    'CREATE SCHEMA IF NOT EXISTS yagura;',
    'CREATE TABLE yagura.heartbeat (server text PRIMARY KEY, beat bigint NOT NULL, at timestamptz NOT NULL)',
    '  WITH (fillfactor = 50);',
    `GRANT USAGE ON SCHEMA yagura TO ${role};`,
    `GRANT SELECT, INSERT, UPDATE ON yagura.heartbeat TO ${role};`,
  ].join('\n');
}

/** For MySQL and MariaDB. @param account as GRANT writes it: `'yagura'@'10.0.0.5'` */
export function mysqlHeartbeatScript(account: string): string {
  return [
    '-- On the primary; once for all its replicas.',
    'CREATE DATABASE IF NOT EXISTS yagura;',
    'CREATE TABLE yagura.heartbeat (server VARCHAR(64) CHARACTER SET ascii PRIMARY KEY, beat BIGINT NOT NULL,',
    '  at DATETIME(3) NOT NULL) ENGINE = InnoDB; -- at is in UTC',
    `GRANT SELECT, INSERT, UPDATE ON yagura.heartbeat TO ${account};`,
  ].join('\n');
}
