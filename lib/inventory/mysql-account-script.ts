/** The account that watches a MySQL or MariaDB, as statements an administrator reads and runs. Pure. */

export type MysqlAccountInput = {
  flavour: 'mysql' | 'mariadb';
  user: string;
  /** Where the collector connects from, as the server sees it; empty is left to fill in. */
  host: string;
  requireTls: boolean;
  /** Name of the separate login for EXPLAIN; null or absent without one. */
  explainUser?: string | null;
};

/** `'name'` as an SQL string. */
const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/**
 * Rights to what is going on, to the state of replication and to what tables and indexes exist (REFERENCES shows definitions
 * in information_schema and reads no row), and none to the data of applications. MariaDB 10.5 and later
 * have two privileges where MySQL has REPLICATION CLIENT. What is in
 * <ANGLE_BRACKETS> is left to fill in; no secret is ever part of it.
 */
export function mysqlAccountScript(input: MysqlAccountInput): string {
  const oneLine = (text: string) => text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ').trim();
  const user = oneLine(input.user) || 'yagura';
  const host = oneLine(input.host) || '<COLLECTOR_HOST>';
  const account = `${quoted(user)}@${quoted(host)}`;
  const method =
    input.flavour === 'mysql'
      ? `IDENTIFIED WITH caching_sha2_password BY '<PASSWORD>'`
      : `IDENTIFIED BY '<PASSWORD>'`;
  const monitoring =
    input.flavour === 'mysql'
      ? 'PROCESS, REPLICATION CLIENT'
      : 'PROCESS, BINLOG MONITOR, SLAVE MONITOR';
  const tls = input.requireTls ? 'REQUIRE SSL ' : '';
  const lines = [
    `CREATE USER ${account} ${method}\n  ${tls}WITH MAX_USER_CONNECTIONS 3;`,
    `GRANT ${monitoring} ON *.* TO ${account};`,
    `GRANT SELECT ON performance_schema.* TO ${account};`,
    `GRANT SELECT ON mysql.slow_log TO ${account};`,
    `GRANT SELECT ON mysql.innodb_index_stats TO ${account};`,
    `GRANT REFERENCES ON *.* TO ${account};`,
  ];
  if (input.flavour === 'mysql')
    lines.push(
      `GRANT SELECT (User, Host, account_locked, password_expired, password_last_changed, password_lifetime)\n  ON mysql.user TO ${account};`,
    );
  if (input.explainUser) {
    const explain = `${quoted(oneLine(input.explainUser))}@${quoted(host)}`;
    lines.push(
      `CREATE USER ${explain} ${method}\n  ${tls}WITH MAX_USER_CONNECTIONS 1;`,
      `GRANT SELECT ON \`<SCHEMA>\`.* TO ${explain};`,
    );
  }
  return lines.join('\n');
}
