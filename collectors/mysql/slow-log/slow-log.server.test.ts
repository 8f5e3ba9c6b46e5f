/** The slow log of real servers: what is read, when it is whole, and when it cannot be read. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerIdentity } from '@/collectors/run/engine';
import type { LogMemory } from '@/collectors/run/log-reading';
import { mysqlAccountScript } from '@/lib/inventory/mysql-account-script';
import { startMariadb, whyNoMariadb } from '@/scripts/servers/mariadb';
import { startMysql, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { openSession, type Session } from '../session/session';
import { createSlowLogReader } from './read-slow-log';

const kinds = [
  { flavour: 'mysql' as const, why: await whyNoMysql(), start: startMysql },
  { flavour: 'mariadb' as const, why: await whyNoMariadb(), start: startMariadb },
];

describe.each(kinds)('the slow log of $flavour', ({ flavour, why, start }) => {
  let server: RunningMysql;
  let session: Session;
  beforeAll(async () => {
    if (why) return;
    server = await start({
      config: { slow_query_log: 'ON', log_output: 'TABLE', long_query_time: '0.05' },
    });
    const account = { flavour, user: 'yagura', host: '127.0.0.1', requireTls: false };
    for (const sql of mysqlAccountScript(account).replace('<PASSWORD>', 'for tests').split(';\n'))
      await server.query(sql);
    await server.query('create database shop');
    session = await openSession(
      {
        ...{ host: '127.0.0.1', port: server.port, database: '', tls: 'off' },
        ...{ user: 'yagura', password: 'for tests' },
      },
      'yagura/test',
    );
  });
  afterAll(async () => {
    await session?.close();
    await server?.stop();
  });

  /** Readings as the store takes them, each long enough after the one before for its rows to be whole. */
  function reader() {
    const memory: LogMemory = { position: null, unsettled: null };
    const read = createSlowLogReader(session, memory, null).read;
    return async () => {
      for (let i = 0; i < 60; i++) {
        await sleep(500);
        const reading = await read({} as ServerIdentity, 0, 3_000);
        if (reading === null) continue;
        memory.position = reading.after;
        memory.unsettled = null;
        return reading;
      }
      throw new Error('no reading came');
    };
  }

  it.skipIf(why)('gives what took long since the reading before, without literals', async () => {
    const read = reader();
    expect((await read()).spans).toEqual([]);
    const connection = await server.connect({
      ...{ user: 'root', password: server.password, database: 'shop' },
    });
    for (let i = 0; i < 3; i++) await connection.query(`select sleep(0.1), 's3cret' as it`);
    await connection.query(`select 's3cret too'`);
    await connection.end();
    await sleep(2_500);
    const { spans, statements, executions, summary } = await read();
    expect(summary).toMatchObject({ entries: 3, threshold_ms: 50, caught_up: 1 });
    expect(spans).toMatchObject([{ thresholdMs: 50, errors: [] }]);
    expect(spans[0]?.durations.reduce((all, { count }) => all + count, 0)).toBe(3);
    expect(spans[0]?.durations[0]?.statement).toMatchObject({ database: 'shop', user: null });
    expect(statements.map(({ text }) => text)).toEqual(['select sleep(?), ? as it']);
    expect(executions).toHaveLength(3);
    expect(executions[0]).toMatchObject({ user: 'root', database: 'shop' });
    expect(executions[0]?.ms).toBeGreaterThanOrEqual(100);
    expect(JSON.stringify({ spans, statements, executions })).not.toContain('s3cret');
  });

  it.skipIf(why)(
    'is not whole when the table was emptied or settings leave something out',
    async () => {
      await server.query(`select sleep(0.1)`);
      await sleep(2_500);
      const read = reader();
      await read();
      expect((await read()).spans).toMatchObject([{ thresholdMs: 50 }]);
      await server.query('truncate table mysql.slow_log');
      expect((await read()).spans).toMatchObject([{ thresholdMs: null }]);
      expect((await read()).spans).toMatchObject([{ thresholdMs: 50 }]);
      await server.query('set global min_examined_row_limit = 10');
      expect((await read()).spans).toMatchObject([{ thresholdMs: null }]);
      await server.query('set global min_examined_row_limit = 0');
    },
  );

  it.skipIf(why)('that goes to a file is said, with what brings it into the table', async () => {
    await server.query(`set global log_output = 'FILE'`);
    await expect(reader()()).rejects.toMatchObject({
      code: 'log_unavailable',
      fix: expect.stringContaining(`log_output = 'TABLE,FILE'`),
    });
    await server.query(`set global log_output = 'TABLE'`);
  });
});
