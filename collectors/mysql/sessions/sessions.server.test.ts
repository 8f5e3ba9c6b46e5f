/** Sessions, who holds up whom, load and ending sessions, on servers with what a real one has on by default. */
import { setTimeout as sleep } from 'node:timers/promises';
import mysql2 from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { metricById } from '@/collectors/catalog';
import type { EngineSession } from '@/collectors/run/engine';
import { blockingTree } from '@/lib/activity/blocking-tree';
import type { LiveSession } from '@/lib/activity/live-session';
import { loadByWait, sumLoad } from '@/lib/activity/sum-load';
import { typedRows } from '@/lib/metric/row';
import { startMariadb, whyNoMariadb } from '@/scripts/servers/mariadb';
import { startMysql, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { mariadb, mysql } from '../engine';
import { killSession } from './kill-session';
import { sessionStart } from './session-name';

const password = 'words for tests';
const kinds = [
  { flavour: 'mysql', why: await whyNoMysql(), start: startMysql, engine: mysql },
  { flavour: 'mariadb', why: await whyNoMariadb(), start: startMariadb, engine: mariadb },
];

describe.each(kinds)('$flavour', ({ flavour, why, start, engine }) => {
  let server: RunningMysql;
  let watcher: EngineSession;
  const clients: mysql2.Connection[] = [];
  const login = (user: string) => ({
    ...{ host: '127.0.0.1', port: server.port, database: 'performance_schema' },
    ...{ user, password, tls: 'off' as const },
  });
  const client = async (program_name: string) => {
    const made = await mysql2.createConnection({
      ...{ host: '127.0.0.1', port: server.port, user: 'app', password, database: 'shop' },
      connectAttributes: { program_name },
    });
    made.on('error', () => {});
    clients.push(made);
    return made;
  };
  const read = async () => watcher.readSessions(await watcher.identify(), 3_000);
  const until = async (
    found: (sessions: LiveSession[]) => boolean | undefined,
  ): Promise<LiveSession[]> => {
    for (let n = 0; n < 30; n++) {
      const sessions = await read();
      if (found(sessions)) return sessions;
      // InnoDB makes its list of transactions anew only when nobody asked for it for 0.1 s.
      await sleep(150);
    }
    throw new Error(`not seen among ${JSON.stringify(await read())}`);
  };
  const waiting = (count: number) => (sessions: LiveSession[]) =>
    sessions.filter((one) => one.blocked_by.length > 0).length >= count;
  const metric = (id: string) => {
    const found = metricById(id);
    if (found === null) throw new Error(`no definition ${id}`);
    return found;
  };
  const sample = async () =>
    watcher.sampleLoad(metric('mysql.load'), await watcher.identify(), 3_000);

  beforeAll(async () => {
    if (why) return;
    server = await start();
    for (const user of ['watcher', 'ender', 'app', 'blind'])
      await server.query(`create user ${user}@'%' identified by '${password}'`);
    for (const user of ['watcher', 'ender']) {
      await server.query(`grant process on *.* to ${user}@'%'`);
      await server.query(`grant select on performance_schema.* to ${user}@'%'`);
    }
    await server.query(`grant select on performance_schema.* to blind@'%'`);
    const admin = flavour === 'mysql' ? 'CONNECTION_ADMIN' : 'CONNECTION ADMIN';
    await server.query(`grant ${admin} on *.* to ender@'%'`);
    await server.query('create database shop');
    await server.query(`grant all on shop.* to app@'%'`);
    await server.query('create table shop.stock (id int primary key, left_over int)');
    await server.query('insert into shop.stock values (1, 10), (2, 20)');
    watcher = await engine.watch([]).connect(login('watcher'), 'yagura/test');
  });
  afterEach(async () => {
    for (const one of clients.splice(0)) one.destroy();
  });
  afterAll(async () => {
    await watcher?.close();
    await server?.stop();
  });

  test.skipIf(why)(
    'a queue for a row is seen with its head, which is idle in a transaction, and no literal is in it',
    async () => {
      const [head, second, third] = [
        await client('head'),
        await client('second'),
        await client('third'),
      ];
      await head.query('begin');
      await head.query('update stock set left_over = 7772001 where id = 1 /* CANARY-7f3a */');
      const waits = [second, third].map((one, index) =>
        one.query(`update stock set left_over = 777200${index + 2} where id = 1`).catch(() => null),
      );
      const sessions = await until(waiting(2));
      const [tree] = blockingTree(sessions);
      expect(tree).toMatchObject({ pid: head.threadId, waiting: 2 });
      expect(sessions.find(({ pid }) => pid === head.threadId)).toMatchObject({
        ...{ kind: 'client', user: 'app', database: 'shop', application: 'head' },
        ...{ state: 'idle in transaction', wait: null, blocked_by: [], rows_changed: 1 },
        // MariaDB keeps the last statement of a session only where events_statements_current is on.
        statement:
          flavour === 'mysql'
            ? { text: 'update stock set left_over = ? where id = ?', kind: 'update' }
            : null,
      });
      expect(sessions.find(({ pid }) => pid === second.threadId)).toMatchObject({
        ...{ state: 'active', wait: { class: 'Lock', event: 'row' }, application: 'second' },
        statement: { text: 'update stock set left_over = ? where id = ?', tables: ['stock'] },
      });
      expect(JSON.stringify(sessions)).not.toMatch(/777200|CANARY/);
      await head.query('rollback');
      await Promise.all(waits);
    },
  );

  test.skipIf(why)(
    'an ALTER TABLE that waits is held up by the open transaction, readers by it',
    async () => {
      if (flavour === 'mariadb')
        await server.query(
          `update performance_schema.setup_instruments set enabled = 'YES' where name = 'wait/lock/metadata/sql/mdl'`,
        );
      const [open, ddl, reader] = [
        await client('open'),
        await client('ddl'),
        await client('reader'),
      ];
      await open.query('begin');
      await open.query('select * from stock');
      const waits = [ddl.query('alter table stock add column note int').catch(() => null)];
      await until(waiting(1));
      waits.push(reader.query('select * from stock').catch(() => null));
      const sessions = await until(waiting(2));
      const by = (one: mysql2.Connection) =>
        sessions.find(({ pid }) => pid === one.threadId)?.blocked_by;
      expect(by(ddl)).toEqual([open.threadId]);
      expect(by(reader)).toEqual([ddl.threadId]);
      expect(sessions.find(({ pid }) => pid === reader.threadId)?.wait).toEqual({
        class: 'Lock',
        event: 'Waiting for table metadata lock',
      });
      await open.query('rollback');
      await Promise.all(waits);
    },
  );

  test.skipIf(why)(
    'load names the statement as the statistics do, the wait and the head of the queue',
    async () => {
      const [head, waiter, sleeper] = [
        await client('head'),
        await client('waiter'),
        await client('sleeper'),
      ];
      await head.query('begin');
      await head.query('update stock set left_over = 1 where id = 2');
      const waits = [
        waiter.query('update stock set left_over = 2 where id = 2').catch(() => null),
        sleeper.query('select sleep(30)').catch(() => null),
      ];
      const before = await until(waiting(1));
      const load = sumLoad();
      for (let n = 0; n < 4; n++) load.add(await sample(), n * 1000);
      const reading = load.take();
      if (reading === null) throw new Error('nothing was sampled');
      expect(Object.fromEntries(loadByWait(reading))).toEqual({
        ...{ 'CPU or IO': 0, Lock: 1, Client: 0, Timeout: 1 },
      });
      const row = reading.rows.find(({ wait }) => wait === 'Lock');
      expect(row).toMatchObject({
        ...{ user: 'app', database: 'shop', application: 'waiter', event: 'row' },
        blocker: `head@shop, pid ${head.threadId}, idle in transaction`,
        statement: before.find(({ pid }) => pid === waiter.threadId)?.statement?.key,
      });
      expect(row?.statement).toMatch(
        flavour === 'mysql' ? /^\/shop\/[0-9a-f]{64}\/t$/ : /^id\/\/[0-9a-f]{16}\/t$/,
      );
      waiter.destroy();
      sleeper.destroy();
      await head.query('rollback');
      await Promise.all(waits);
    },
  );

  test.skipIf(why)('with waits collected, computing is told from reading', async () => {
    const consumer = (enabled: string) =>
      server.query(
        `update performance_schema.setup_consumers set enabled = '${enabled}' where name = 'events_waits_current'`,
      );
    await consumer('YES');
    const fresh = await engine.watch([]).connect(login('watcher'), 'yagura/test');
    try {
      const busy = await client('busy');
      const running = busy
        .query('select benchmark(1000000000, sha2(rand(), 512))')
        .catch(() => null);
      const load = metric('mysql.load');
      const waits = new Map<string, number>();
      for (let n = 0; n < 100 && waits.size === 0; n++) {
        const seen = await fresh.sampleLoad(load, await fresh.identify(), 3_000);
        expect(seen.waits).toEqual(['CPU', 'IO', 'Lock', 'LWLock', 'Client']);
        for (const { wait } of seen.sessions) waits.set(wait, (waits.get(wait) ?? 0) + 1);
        await sleep(20);
      }
      expect([...waits.keys()]).toEqual([expect.stringMatching(/^(CPU|IO|LWLock)$/)]);
      await server.query(`kill ${busy.threadId}`);
      await running;
    } finally {
      await consumer('NO');
      await fresh.close();
    }
  });

  test.skipIf(why)('the metric counts who waits and how long the oldest is open', async () => {
    const [head, waiter] = [await client('head'), await client('waiter')];
    await head.query('begin');
    await head.query('update stock set left_over = 1 where id = 2');
    const wait = waiter.query('update stock set left_over = 2 where id = 2').catch(() => null);
    await until(waiting(1));
    await sleep(2_100);
    const definition = metric('mysql.activity');
    const rows = typedRows(
      definition,
      await watcher.read(definition, await watcher.identify(), 3_000),
    );
    const names = Object.entries(definition.columns).flatMap(([name, { kind }]) =>
      kind === 'label' ? [] : [name],
    );
    const value = (name: string) => rows[0]?.values[names.indexOf(name)];
    expect(value('active')).toBe(1);
    expect(value('waiting_for_lock')).toBe(1);
    expect(value('prepared_transactions')).toBe(0);
    for (const name of [
      'longest_idle_in_transaction_ms',
      'longest_transaction_ms',
      'longest_lock_wait_ms',
    ]) {
      expect(value(name), name).toBeGreaterThanOrEqual(1_000);
      expect(value(name), name).toBeLessThan(6_000);
    }
    await head.query('rollback');
    await wait;
  });

  test.skipIf(why)('a login that may not see others says so', async () => {
    const blind = await engine.watch([]).connect(login('blind'), 'yagura/test');
    const identity = await blind.identify();
    await expect(blind.readSessions(identity, 2_000)).rejects.toMatchObject({
      code: 'permission_denied',
      message: expect.stringContaining('PROCESS'),
    });
    await blind.close();
  });

  test.skipIf(why)(
    'a statement is cancelled and a session ended by number and start, and by both alone',
    async () => {
      const busy = await client('busy');
      const running = busy.query('select sleep(30)').then(
        () => 'interrupted',
        (error: { code?: string }) => error.code,
      );
      const found = (sessions: LiveSession[]) =>
        sessions.find(({ pid, state }) => pid === busy.threadId && state === 'active');
      const { pid = 0, started = '' } = found(await until((all) => found(all) !== undefined)) ?? {};
      const act = (verb: 'cancel' | 'terminate', session = { pid, started }, user = 'ender') =>
        killSession(login(user), verb, session, 'yagura/test signal');

      const refusal = await act('terminate', { pid, started }, 'watcher');
      expect(refusal).toMatchObject({
        ...{ status: 'refused', code: 'permission_denied' },
        fix: `GRANT ${flavour === 'mysql' ? 'CONNECTION_ADMIN' : 'CONNECTION ADMIN'} ON *.* TO \`watcher\`@\`%\`;`,
      });
      // The same number, of a server that was started at another time, or of another thread.
      const others = [
        started.replace(/^\d{4}/, '2020'),
        ...(flavour === 'mysql' ? [`${started}0`] : []),
      ];
      for (const other of others)
        expect(await act('terminate', { pid, started: other })).toMatchObject({ code: 'gone' });
      expect(found(await read())?.state).toBe('active');

      expect(await act('cancel')).toEqual({ status: 'ok' });
      expect(await running).toMatch(/^(interrupted|ER_QUERY_INTERRUPTED)$/);
      expect(await act('cancel')).toMatchObject({
        code: 'gone',
        reason: expect.stringContaining('executes nothing'),
      });
      expect(await act('terminate')).toEqual({ status: 'ok' });
      await until((all) => !all.some((one) => one.pid === pid));
      expect(await act('terminate')).toMatchObject({ status: 'refused', code: 'gone' });
    },
  );

  test.skipIf(why)('what is no session of a client is left alone', async () => {
    await server.query('set global event_scheduler = on');
    const [scheduler] = await server.query(
      `select t.thread_id as thread, p.id from information_schema.processlist p
         left join performance_schema.threads t on t.processlist_id = p.id where p.user = 'event_scheduler'`,
    );
    const pid = Number(scheduler?.id);
    expect((await read()).map((one) => one.pid)).not.toContain(pid);
    const thread = flavour === 'mysql' ? String(scheduler?.thread) : null;
    const session = { pid, started: sessionStart(await watcher.identify(), thread) };
    expect(await killSession(login('ender'), 'terminate', session, 'yagura/test')).toMatchObject({
      ...{ status: 'refused', code: 'not_client' },
    });
  });
});
