import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMariadb, whyNoMariadb } from '@/scripts/servers/mariadb';
import { startMysql, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { openSession, type Session } from './session';

const kinds = [
  { name: 'mysql', why: await whyNoMysql(), start: startMysql, least: 800 },
  { name: 'mariadb', why: await whyNoMariadb(), start: startMariadb, least: 1006 },
] as const;
const options = { doing: 'try', timeoutMs: 3_000 };

describe.each(kinds)('a session with $name', ({ name, why, start, least }) => {
  let server: RunningMysql;
  let session: Session;
  const open = (more: object = {}) =>
    openSession(
      {
        host: '127.0.0.1',
        port: server.port,
        database: '',
        user: 'root',
        password: server.password,
        tls: 'off',
        ...more,
      },
      'yagura/test',
    );
  beforeAll(async () => {
    if (why) return;
    server = await start({
      config: { slow_query_log: 'ON', log_output: 'TABLE', long_query_time: '0.1' },
    });
    await server.query('create database shop');
    await server.query(
      'create table shop.item (id bigint unsigned primary key, price decimal(20,4))',
    );
    await server.query('insert into shop.item values (18446744073709551615, 0.1), (2, null)');
    session = await open();
  });
  afterAll(async () => {
    await session?.close();
    await server?.stop();
  });

  it.skipIf(why)('says who answers', () => {
    expect(session).toMatchObject({ flavour: name, alive: true });
    expect(session.version).toBeGreaterThanOrEqual(least);
    expect(session.connectionId).toBeGreaterThan(0);
  });

  it.skipIf(why)('gives every value as text, digits and times whole', async () => {
    const { columns, rows } = await session.query(
      `select id, price, cast('2026-01-02 03:04:05.678' as datetime(3)) as at, null as none, 1.5e0 as f,
         '櫓' as word, x'00ff' as bits
       from shop.item where id in (?) order by id desc`,
      { ...options, params: [['18446744073709551615', '2']] },
    );
    expect(columns).toEqual(['id', 'price', 'at', 'none', 'f', 'word', 'bits']);
    expect(rows[0]?.slice(0, 6)).toEqual([
      ...['18446744073709551615', '0.1000', '2026-01-02 03:04:05.678', null, '1.5', '櫓'],
    ]);
    expect(rows[1]?.[1]).toBeNull();
    expect(typeof rows[0]?.[6]).toBe('string');
  });

  it.skipIf(why)('writes nothing and runs one statement at a time', async () => {
    await expect(session.query('delete from shop.item', options)).rejects.toThrow(/READ ONLY/i);
    await expect(session.query('select 1; select 2', options)).rejects.toThrow(/syntax/i);
    expect((await session.query('select count(*) from shop.item', options)).rows).toEqual([['2']]);
  });

  it.skipIf(why)('a quote in a value stays in the value', async () => {
    const hostile = `a' or 1=1 -- \\' "`;
    const { rows } = await session.query('select ? as it', { ...options, params: [hostile] });
    expect(rows).toEqual([[hostile]]);
  });

  it.skipIf(why)('ends what takes too long on the server itself, and goes on', async () => {
    const before = Date.now();
    await expect(
      session.query(
        'select count(*) from information_schema.columns a, information_schema.columns b, information_schema.columns c where rand() > 2',
        { doing: 'count much', timeoutMs: 300 },
      ),
    ).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('count much') });
    expect(Date.now() - before).toBeLessThan(3_000);
    expect((await session.query('select 1', options)).rows).toEqual([['1']]);
  });

  it.skipIf(why || name === 'mariadb')('cancels what the server does not time', async () => {
    const before = Date.now();
    const other = await open();
    // max_execution_time is for SELECT only.
    await expect(
      other.query('do sleep(20)', { doing: 'sleep', timeoutMs: 300 }),
    ).rejects.toMatchObject({ code: 'timeout' });
    expect(Date.now() - before).toBeLessThan(4_000);
    await other.close();
  });

  it.skipIf(why)('does not wait behind locks', async () => {
    await server.query('lock tables shop.item write');
    const before = Date.now();
    await expect(session.query('select * from shop.item', options)).rejects.toMatchObject({
      code: expect.stringMatching(/lock_timeout|timeout/),
    });
    expect(Date.now() - before).toBeLessThan(3_500);
    await server.query('unlock tables');
  });

  it.skipIf(why)('refuses an answer that is too large', async () => {
    const other = await open();
    await expect(
      other.query(`select repeat('x', 3000000)`, { ...options, maxBytes: 100_000 }),
    ).rejects.toMatchObject({ code: 'too_much_data', fatal: true });
    expect(other.alive).toBe(false);
    await other.close();
  });

  it.skipIf(why)('no query of ours is in the slow log', async () => {
    await session.query('select sleep(0.2)', options);
    await server.query('select sleep(0.2)');
    const found = await server.query(
      `select cast(sql_text as char) as it from mysql.slow_log where sql_text like '%sleep(0.2)%'`,
    );
    expect(found).toEqual([{ it: 'select sleep(0.2)' }]);
  });

  it.skipIf(why)('tells wrong passwords, unknown schemas and lost connections apart', async () => {
    await expect(open({ password: 'wrong' })).rejects.toMatchObject({ code: 'auth_failed' });
    await expect(open({ database: 'nowhere' })).rejects.toMatchObject({ code: 'unknown_database' });
    const other = await open();
    await server.query(`kill ${other.connectionId}`);
    await expect(other.query('select 1', options)).rejects.toMatchObject({
      code: 'connection_lost',
      fatal: true,
    });
    expect(other.alive).toBe(false);
  });

  it.skipIf(why)('TLS is used, or its absence and its stranger are said', async () => {
    if (name === 'mysql') {
      const other = await open({ tls: 'require' });
      const { rows } = await other.query(`show session status like 'Ssl_cipher'`, options);
      expect(rows[0]?.[1]).toMatch(/TLS/);
      await other.close();
      await expect(open({ tls: 'verify-full', host: 'localhost' })).rejects.toMatchObject({
        code: 'tls_untrusted',
      });
    } else {
      await expect(open({ tls: 'require' })).rejects.toMatchObject({ code: 'tls_unavailable' });
    }
    await expect(open({ tls: 'verify-full' })).rejects.toMatchObject({ code: 'tls_untrusted' });
  });
});
