import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openSession } from '@/collectors/postgres/session/session';
import { blockingTree } from '@/lib/activity/blocking-tree';
import {
  type PostgresVersion,
  type RunningPostgres,
  startPostgres,
} from '@/scripts/servers/embedded';
import { identify } from '../identify';
import { readSessions } from './read-sessions';
import { signalSession } from './signal-session';

describe.each<PostgresVersion>([13, 15, 18])('PostgreSQL %i', (version) => {
  let server: RunningPostgres;
  let admin: pg.Client;
  const clients: pg.Client[] = [];
  const login = (user: string) => ({
    host: '127.0.0.1',
    port: server.port,
    database: 'postgres',
    user,
    password: 'secret-for-tests',
    tls: 'off' as const,
  });
  const client = async (name: string) => {
    const made = new pg.Client({
      connectionString: server.url('postgres', 'app', 'secret-for-tests'),
      application_name: name,
    });
    made.on('error', () => {});
    await made.connect();
    clients.push(made);
    return made;
  };
  const pidOf = (one: pg.Client) => (one as unknown as { processID: number }).processID;
  const read = async (user = 'watcher') => {
    const session = await openSession(login(user), 'yagura test');
    try {
      return await readSessions(session, await identify(session), 2000);
    } finally {
      await session.close();
    }
  };
  /** Asks until a session waits for a lock. */
  const readWaiting = async (count: number) => {
    for (let n = 0; n < 50; n++) {
      const sessions = await read();
      if (sessions.filter((one) => one.blocked_by.length > 0).length >= count) return sessions;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('nobody waits');
  };

  beforeAll(async () => {
    server = await startPostgres({ version });
    admin = new pg.Client({ connectionString: server.url() });
    await admin.connect();
    await admin.query(`
      create role watcher login password 'secret-for-tests'; grant pg_read_all_stats to watcher;
      create role weak login password 'secret-for-tests';
      create role ender login password 'secret-for-tests'; grant pg_read_all_stats, pg_signal_backend to ender;
      create role app login password 'secret-for-tests';
      create table stock (id int primary key, left_over int); insert into stock values (1, 10), (2, 20);
      grant select, update on stock to app`);
  });
  afterEach(async () => {
    for (const one of clients.splice(0)) await one.end().catch(() => undefined);
  });
  afterAll(async () => {
    await admin?.end();
    await server?.stop();
  });

  test('a queue for a lock is seen with its head, which is idle in a transaction, and no literal is in it', async () => {
    const [head, second, third] = [
      await client('head'),
      await client('second'),
      await client('third'),
    ];
    await head.query('begin');
    await head.query(`update stock set left_over = 7772001 where id = 1 /* CANARY-7f3a */`);
    const waits = [
      second.query(`update stock set left_over = 7772002 where id = 1`).catch(() => null),
    ];
    await readWaiting(1);
    waits.push(third.query(`update stock set left_over = 7772003 where id = 1`).catch(() => null));
    const sessions = await readWaiting(2);
    const [tree] = blockingTree(sessions);
    expect(tree).toMatchObject({ pid: pidOf(head), waiting: 2 });
    const seen = sessions.find(({ pid }) => pid === pidOf(head));
    expect(seen).toMatchObject({
      kind: 'client',
      user: 'app',
      database: 'postgres',
      application: 'head',
      state: 'idle in transaction',
      wait: null,
      blocked_by: [],
      statement: { text: 'update stock set left_over = $1 where id = $2' },
    });
    expect(seen?.transaction_ms).toBeGreaterThan(0);
    const waiter = sessions.find(({ pid }) => pid === pidOf(second));
    expect(waiter).toMatchObject({ state: 'active', wait: { class: 'Lock' } });
    expect(waiter?.blocked_by).toEqual([pidOf(head)]);
    expect(JSON.stringify(sessions)).not.toMatch(/777200|CANARY/);
    await head.query('rollback');
    await Promise.all(waits);
  });

  test('a login that may not see others says so, with the GRANT', async () => {
    await client('somebody');
    await expect(read('weak')).rejects.toMatchObject({
      code: 'permission_denied',
      fix: expect.stringContaining('GRANT pg_read_all_stats'),
    });
  });

  test('a statement is cancelled and a session ended by pid and start, and by both alone', async () => {
    const busy = await client('busy');
    const running = busy.query('select pg_sleep(30)').then(
      () => 'done',
      (error: { code?: string }) => error.code,
    );
    const found = async () => (await read()).find(({ pid }) => pid === pidOf(busy));
    for (let n = 0; n < 50 && (await found())?.state !== 'active'; n++);
    const { pid = 0, started = '' } = (await found()) ?? {};
    const act = (verb: 'cancel' | 'terminate', session = { pid, started }, user = 'ender') =>
      signalSession(login(user), verb, session, 'yagura test');

    expect(await act('terminate', { pid, started }, 'watcher')).toMatchObject({
      status: 'refused',
      code: 'permission_denied',
      fix: 'GRANT pg_signal_backend TO "watcher";',
    });
    // The same pid, a microsecond later: another session.
    const other = started.replace(/(\d)Z$/, (_, last) => `${(Number(last) + 1) % 10}Z`);
    expect(await act('terminate', { pid, started: other })).toMatchObject({ code: 'gone' });
    expect((await found())?.state).toBe('active');

    expect(await act('cancel')).toEqual({ status: 'ok' });
    expect(await running).toBe('57014');
    expect(await act('terminate')).toEqual({ status: 'ok' });
    for (let n = 0; n < 50 && (await found()); n++);
    expect(await found()).toBeUndefined();
    expect(await act('terminate')).toMatchObject({ status: 'refused', code: 'gone' });
  });

  test('what is no session of a client is left alone', async () => {
    const { rows } = await admin.query(
      `select pid, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as started
       from pg_stat_activity where backend_type = 'checkpointer'`,
    );
    expect(await signalSession(login('ender'), 'terminate', rows[0], 'yagura test')).toMatchObject({
      status: 'refused',
      code: 'not_client',
    });
  });
});
