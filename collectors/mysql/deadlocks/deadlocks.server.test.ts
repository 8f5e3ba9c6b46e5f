/** A real deadlock becomes an event with its tables and statements, without literals, at the time it happened. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMariadb, whyNoMariadb } from '@/scripts/servers/mariadb';
import { startMysql, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { openSession, type Session } from '../session/session';
import { readDeadlock } from './watch-deadlocks';

const kinds = [
  { flavour: 'mysql', why: await whyNoMysql(), start: startMysql },
  { flavour: 'mariadb', why: await whyNoMariadb(), start: startMariadb },
];

describe.each(kinds)('$flavour', ({ why, start }) => {
  let server: RunningMysql;
  let session: Session;
  beforeAll(async () => {
    if (why) return;
    server = await start();
    await server.query(`create user watcher@'%' identified by 'words for tests'`);
    await server.query(`grant process on *.* to watcher@'%'`);
    await server.query('create database shop');
    await server.query('create table shop.item (id int primary key, name varchar(40))');
    await server.query(`insert into shop.item values (1, 'one'), (2, 'two')`);
    session = await openSession(
      {
        ...{ host: '127.0.0.1', port: server.port, database: '', tls: 'off' },
        ...{ user: 'watcher', password: 'words for tests' },
      },
      'yagura/deadlocks',
    );
  });
  afterAll(async () => {
    await session?.close();
    await server?.stop();
  });

  test.skipIf(why)('none is no event; one is an event once', async () => {
    expect(await readDeadlock(session, null)).toEqual({ count: '0', found: null });
    const [one, two] = [await server.connect(), await server.connect()];
    for (const each of [one, two]) await each.query('begin');
    await one.query(`update shop.item set name = 'secret 1' where id = 1`);
    await two.query(`update shop.item set name = 'it''s secret' where id = 2`);
    const first = one
      .query(`update shop.item set name = 'secret\n*** 3' where id = 2`)
      .catch(() => null);
    await sleep(300);
    const second = two
      .query(`update shop.item set name = "secret 4" where id = 1`)
      .catch(() => null);
    expect((await Promise.all([first, second])).filter((it) => it === null)).toHaveLength(1);
    for (const each of [one, two]) await each.end();

    const { count, found } = await readDeadlock(session, '0');
    expect(count).toBe('1');
    expect(Math.abs(Date.now() - Number(found?.at))).toBeLessThan(30_000);
    expect(found?.event).toMatchObject({
      kind: 'deadlock',
      text: 'Deadlock on shop.item (PRIMARY)',
      details: { table: 'shop.item (PRIMARY)' },
    });
    expect([1, 2]).toContain(found?.event.details.victim);
    expect(JSON.stringify(found)).toMatch(/update shop\s?\.\s?item set name = \?/i);
    expect(JSON.stringify(found)).not.toContain('secret');
    expect(await readDeadlock(session, count)).toEqual({ count, found: null });
  });
});
