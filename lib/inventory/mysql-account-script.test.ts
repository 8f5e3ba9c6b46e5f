import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mysqlAccountScript } from './mysql-account-script';

const base = { flavour: 'mysql' as const, user: 'yagura', host: '10.0.0.5', requireTls: true };

describe('mysqlAccountScript', () => {
  it.each(['mysql', 'mariadb'] as const)('is what the README shows for %s', (flavour) => {
    expect(readFileSync('README.md', 'utf8')).toContain(mysqlAccountScript({ ...base, flavour }));
  });

  it('gives reading of what is going on, and nothing of the data', () => {
    expect(mysqlAccountScript(base)).toBe(
      [
        "CREATE USER 'yagura'@'10.0.0.5' IDENTIFIED WITH caching_sha2_password BY '<PASSWORD>'",
        '  REQUIRE SSL WITH MAX_USER_CONNECTIONS 3;',
        "GRANT PROCESS, REPLICATION CLIENT ON *.* TO 'yagura'@'10.0.0.5';",
        "GRANT SELECT ON performance_schema.* TO 'yagura'@'10.0.0.5';",
        "GRANT SELECT ON mysql.slow_log TO 'yagura'@'10.0.0.5';",
        "GRANT SELECT ON mysql.innodb_index_stats TO 'yagura'@'10.0.0.5';",
        "GRANT REFERENCES ON *.* TO 'yagura'@'10.0.0.5';",
        'GRANT SELECT (User, Host, account_locked, password_expired, password_last_changed, password_lifetime)',
        "  ON mysql.user TO 'yagura'@'10.0.0.5';",
      ].join('\n'),
    );
  });

  it('uses the privileges that MariaDB has instead', () => {
    const sql = mysqlAccountScript({ ...base, flavour: 'mariadb', requireTls: false });
    expect(sql).toContain('GRANT PROCESS, BINLOG MONITOR, SLAVE MONITOR ON *.*');
    expect(sql).not.toMatch(/caching_sha2|REQUIRE SSL/);
  });

  it('quotes any name, and a line break ends nothing', () => {
    const sql = mysqlAccountScript({ ...base, user: "a'; drop user b; --\nDROP USER c", host: '' });
    expect(sql).toContain("'a''; drop user b; -- DROP USER c'@'<COLLECTOR_HOST>'");
    expect(sql.split('\n').filter((line) => !/^(CREATE USER|GRANT| ) /.test(line))).toEqual([]);
  });

  it('makes the separate login for plans with one connection and the schemas that are named', () => {
    const sql = mysqlAccountScript({ ...base, explainUser: 'yagura_explain' });
    expect(sql).toContain('WITH MAX_USER_CONNECTIONS 1;');
    expect(sql).toContain("GRANT SELECT ON `<SCHEMA>`.* TO 'yagura_explain'@'10.0.0.5';");
  });
});
