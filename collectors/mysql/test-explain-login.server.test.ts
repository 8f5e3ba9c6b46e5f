/** What "Test connection" says of the separate login for plans; the fixes it names are run, and do fix it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMariadb, whyNoMariadb } from '@/scripts/servers/mariadb';
import { startMysql, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { testMysqlExplainLogin } from './test-explain-login';

const password = 'words for tests';
const kinds = [
  { flavour: 'mysql' as const, why: await whyNoMysql(), start: startMysql },
  { flavour: 'mariadb' as const, why: await whyNoMariadb(), start: startMariadb },
];

describe.each(kinds)('$flavour', ({ flavour, why, start }) => {
  let server: RunningMysql;
  const login = (user: string, secret = password) => ({
    ...{ host: '127.0.0.1', port: server.port, database: 'performance_schema' },
    ...{ user, password: secret, tls: 'off' as const },
  });
  const look = (user: string, secret?: string) =>
    testMysqlExplainLogin(flavour, login(user, secret), login('watcher'), 'yagura/test');

  beforeAll(async () => {
    if (why) return;
    server = await start();
    for (const user of ['watcher', 'good', 'wide'])
      await server.query(`create user ${user}@'%' identified by '${password}'`);
    await server.query(`grant references on *.* to watcher@'%'`);
    await server.query('create database shop');
    await server.query('create database `back``office`');
    await server.query('create table shop.item (id int)');
    await server.query('create table `back``office`.wage (id int)');
    await server.query('create view `back``office`.pay as select * from `back``office`.wage');
    await server.query(`grant select on shop.* to good@'%'`);
    await server.query(`grant select, insert on *.* to wide@'%'`);
  });
  afterAll(() => server?.stop());

  test.skipIf(why)(
    'what it may not read is counted, and the statement makes it readable',
    async () => {
      const before = await look('good');
      expect(before).toMatchObject({ ok: true, excess: [], tables: 3, readable: 1, error: null });
      await server.query((before.fix_sql ?? '').replace(/;$/, ''));
      expect(await look('good')).toEqual({
        ...{ user: 'good', ok: true, excess: [], tables: 3, readable: 3 },
        ...{ fix_sql: null, error: null },
      });
    },
  );

  test.skipIf(why)(
    'more than reading tables of applications is named, with what takes it away',
    async () => {
      const found = await look('wide');
      expect(found.excess.map(({ right }) => right).sort()).toEqual([
        'INSERT ON *.*',
        'SELECT ON *.*',
      ]);
      for (const { fix_sql } of found.excess) await server.query(fix_sql.replace(/;$/, ''));
      expect((await look('wide')).excess).toEqual([]);
    },
  );

  test.skipIf(why)('one that cannot connect says why', async () => {
    expect(await look('good', 'wrong')).toMatchObject({
      ...{ ok: false, tables: 0, readable: 0 },
      error: { code: 'auth_failed' },
    });
  });
});
