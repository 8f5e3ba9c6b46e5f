import { describe, expect, it } from 'vitest';
import { holds, parseGrants, quotedAccount } from './grants';

describe('parseGrants', () => {
  it('reads what MySQL 9.7 lists', () => {
    const { rights, roles } = parseGrants([
      'GRANT PROCESS, REPLICATION CLIENT ON *.* TO `yagura`@`127.0.0.1`',
      'GRANT BACKUP_ADMIN,CLONE_ADMIN ON *.* TO `yagura`@`127.0.0.1` WITH GRANT OPTION',
      'GRANT SELECT ON `performance_schema`.* TO `yagura`@`127.0.0.1`',
      'GRANT SELECT ON `sh\\_p`.* TO `yagura`@`127.0.0.1`',
      'GRANT SELECT (`a`, `b`), INSERT (`b`) ON `shop`.`t` TO `yagura`@`127.0.0.1`',
      'GRANT EXECUTE ON FUNCTION `shop`.`f` TO `yagura`@`127.0.0.1`',
      'GRANT `r1`@`%`,`r2`@`%` TO `yagura`@`127.0.0.1`',
    ]);
    expect(rights.map(({ privilege, on, columns }) => `${privilege}(${columns}) ${on}`)).toEqual([
      'PROCESS() *.*',
      'REPLICATION CLIENT() *.*',
      'BACKUP_ADMIN() *.*',
      'CLONE_ADMIN() *.*',
      'GRANT OPTION() *.*',
      'SELECT() performance_schema.*',
      'SELECT() sh_p.*',
      'SELECT(`a`, `b`) shop.t',
      'INSERT(`b`) shop.t',
      'EXECUTE() FUNCTION shop.f',
    ]);
    expect(roles).toEqual(['`r1`@`%`', '`r2`@`%`']);
    expect(holds(rights, 'PROCESS')).toBe(true);
    expect(holds(rights, 'SUPER')).toBe(false);
    expect(holds(rights, 'SELECT on performance_schema.*')).toBe(true);
    expect(holds(rights, 'SELECT on performance_schema.threads')).toBe(true);
    expect(holds(rights, 'SELECT on shop.t')).toBe(false);
    expect(holds(rights, 'SELECT (B, a) on shop.t')).toBe(true);
    expect(holds(rights, 'SELECT (a, c) on shop.t')).toBe(false);
    expect(holds(rights, 'SELECT (a) on performance_schema.threads')).toBe(true);
  });

  it('reads what MariaDB 10.11 lists, and keeps nothing of the password', () => {
    const given = parseGrants([
      'GRANT `r1` TO `yagura`@`%` WITH ADMIN OPTION',
      "GRANT ALL PRIVILEGES ON *.* TO `yagura`@`%` IDENTIFIED BY PASSWORD '*667F407DE7C6AD07' WITH GRANT OPTION",
      'GRANT USAGE ON *.* TO `r1`',
      'SET DEFAULT ROLE `r1` FOR `yagura`@`%`',
    ]);
    expect(given.rights.map(({ privilege }) => privilege)).toEqual([
      'ALL PRIVILEGES',
      'GRANT OPTION',
    ]);
    expect(given.roles).toEqual(['`r1`']);
    expect(JSON.stringify(given)).not.toContain('667F');
    expect(holds(given.rights, 'SELECT on mysql.slow_log')).toBe(true);
  });
});

describe('quotedAccount', () => {
  it('quotes user and host apart', () => {
    expect(quotedAccount('yagura@10.0.0.5')).toBe("'yagura'@'10.0.0.5'");
    expect(quotedAccount("it's@me@%")).toBe("'it''s@me'@'%'");
  });
});
