import { describe, expect, it } from 'vitest';
import { quoteIdentifier, roleScript } from './role-script';

const base = {
  user: 'yagura',
  database: 'shop',
  version: 16,
  rights: 'usual',
  explainUser: null,
} as const;

describe('roleScript', () => {
  it('grants only pg_monitor and keeps the role small', () => {
    const sql = roleScript(base);
    expect(sql).toContain('GRANT pg_monitor TO yagura WITH INHERIT TRUE;');
    expect(sql).toContain('NOSUPERUSER NOCREATEDB NOCREATEROLE\n  CONNECTION LIMIT 3');
    expect(sql).not.toMatch(/pg_read_all_data|pg_signal_backend|SUPERUSER;/);
  });

  it('leaves INHERIT out of the grant where the server does not know it', () => {
    expect(roleScript({ ...base, version: 13 })).toContain('GRANT pg_monitor TO yagura;');
  });

  it('leaves pg_stat_scan_tables out when strict', () => {
    const sql = roleScript({ ...base, rights: 'strict' });
    expect(sql).not.toContain('pg_monitor');
    expect(sql).toContain('GRANT pg_read_all_settings TO yagura WITH INHERIT TRUE;');
  });

  it('gives the explaining login one connection and no watching right', () => {
    const sql = roleScript({ ...base, explainUser: 'yagura_explain' });
    const own = sql.slice(sql.indexOf('the login that explains'));
    expect(own).toContain('CONNECTION LIMIT 1');
    expect(own).not.toContain('pg_monitor');
  });

  it('quotes names that could leave the statement', () => {
    expect(quoteIdentifier('a"; DROP ROLE x; --')).toBe('"a""; DROP ROLE x; --"');
    expect(quoteIdentifier('watcher_1')).toBe('watcher_1');
    expect(roleScript({ ...base, database: 'a\nDROP ROLE x;' })).not.toMatch(/^DROP/m);
  });
});
