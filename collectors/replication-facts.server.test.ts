/** What servers say of their replication: every engine into one shape, by a login with the rights of the documentation only. */

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { mariadb, mysql } from '@/collectors/mysql/engine';
import { postgres } from '@/collectors/postgres/engine';
import type { EngineCollector, EngineSession, Target } from '@/collectors/run/engine';
import { mysqlAccountScript } from '@/lib/inventory/mysql-account-script';
import type { ReplicationFacts } from '@/lib/replication/facts';
import { startDebianPostgres, whyNoDebian } from '@/scripts/servers/debian';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { startMariadb, startMariadbReplica, whyNoMariadb } from '@/scripts/servers/mariadb';
import { startMysql, startMysqlReplica, whyNoMysql } from '@/scripts/servers/mysql';

const password = 'of the watching login';
const open = (engine: EngineCollector, port: number, database: string, user = 'yagura') => {
  const target: Target = {
    ...{ host: '127.0.0.1', port, database, user, password, tls: 'off' },
  };
  return vi.waitUntil(
    () =>
      engine
        .watch([])
        .connect(target, 'yagura/facts')
        .catch(() => null),
    {
      ...{ timeout: 20_000, interval: 200 },
    },
  );
};
const factsOf = async (session: EngineSession): Promise<ReplicationFacts> =>
  session.readReplication(await session.identify(), 2_000);

const postgresKinds = [
  { name: 'PostgreSQL 18', why: null, start: startPostgres },
  { name: "Debian's PostgreSQL 15", why: await whyNoDebian(), start: startDebianPostgres },
];
describe.each(postgresKinds)('$name', ({ why, start }) => {
  const running: { stop(): Promise<void> }[] = [];
  const sessions: EngineSession[] = [];
  let primary: RunningPostgres;
  let standby: RunningPostgres;
  const sql = async (server: RunningPostgres, text: string) => {
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  beforeAll(async () => {
    if (why) return;
    primary = await start({ settings: { wal_level: 'replica' } });
    running.unshift(primary);
    await sql(primary, `create role yagura login password '${password}' in role pg_monitor`);
    standby = await start({ standbyOf: primary });
    running.unshift(standby);
    for (const server of [primary, standby])
      sessions.push(await open(postgres, server.port, 'postgres'));
  });
  afterAll(async () => {
    for (const session of sessions) await session.close();
    for (const server of running) await server.stop();
  });

  test.skipIf(why)('both sides of a stream agree on position, name and system', async () => {
    const [onPrimary, onStandby] = sessions as [EngineSession, EngineSession];
    await sql(primary, 'create table item (id int)');
    await sql(primary, `select pg_create_physical_replication_slot('unused', true)`);
    await vi.waitFor(async () => {
      const [one, two] = [await factsOf(onPrimary), await factsOf(onStandby)];
      expect(one.writable.recovery).toBe(false);
      expect(one.receivers).toEqual([]);
      expect(one.senders).toMatchObject([
        {
          name: 'standby',
          address: '127.0.0.1',
          state: 'streaming',
          sync: 'async',
          kind: 'physical',
        },
      ]);
      expect(one.slots).toMatchObject([{ name: 'unused', active: false, walStatus: 'reserved' }]);
      expect(one.slots[0]?.retainedBytes).toBeGreaterThanOrEqual(0);
      expect(two.identity.system).toBe(one.identity.system);
      expect(two.identity.system).toMatch(/^\d+$/);
      expect(two.writable.recovery).toBe(true);
      const [receiver] = two.receivers;
      expect(receiver).toMatchObject({
        name: 'standby',
        upstream: { host: '127.0.0.1', port: primary.port },
        receiver: 'running',
        applier: 'running',
        configuredDelayMs: 0,
      });
      expect(receiver?.heardMs).toBeLessThan(30_000);
      expect(receiver?.replayAgeMs).toBeLessThan(30_000);
      expect(one.position.log).toBeGreaterThan(0);
      expect(receiver?.applied.log).toBe(one.position.log);
      expect(receiver?.told).toBe(one.position.log);
    }, 20_000);
  });

  test.skipIf(why)('a login that may not see the receiver does not call it stopped', async () => {
    await sql(primary, `create role blind login password '${password}'`);
    const blind = await open(postgres, standby.port, 'postgres', 'blind');
    try {
      const [receiver] = (await factsOf(blind)).receivers;
      expect(receiver).toMatchObject({ receiver: null, applier: 'running' });
    } finally {
      await blind.close();
    }
  });

  test.skipIf(why)('a paused replay is told, and what was received meanwhile', async () => {
    const onStandby = sessions[1] as EngineSession;
    await sql(standby, 'select pg_wal_replay_pause()');
    await sql(primary, 'insert into item select generate_series(1, 1000)');
    await vi.waitFor(async () => {
      const [receiver] = (await factsOf(onStandby)).receivers;
      expect(receiver?.applier).toBe('paused');
      expect(receiver?.received.log ?? 0).toBeGreaterThan(receiver?.applied.log ?? Infinity);
    }, 10_000);
    await sql(standby, 'select pg_wal_replay_resume()');
  });
});

const mysqlKinds = [
  {
    ...{ name: 'MySQL 9.7', flavour: 'mysql' as const, engine: mysql, why: await whyNoMysql() },
    ...{ start: startMysql, follow: startMysqlReplica },
  },
  {
    ...{ name: 'MariaDB 10.11', flavour: 'mariadb' as const, engine: mariadb },
    ...{ why: await whyNoMariadb(), start: startMariadb, follow: startMariadbReplica },
  },
];
describe.each(mysqlKinds)('$name', ({ flavour, engine, why, start, follow }) => {
  test.skipIf(why)('both sides of a channel agree on the place in the binary log', async () => {
    const primary = await start();
    const replica = await follow(primary);
    const sessions: EngineSession[] = [];
    try {
      const script = mysqlAccountScript({
        ...{ flavour, user: 'yagura', host: '127.0.0.1', requireTls: false },
      });
      for (const statement of script.replace('<PASSWORD>', password).split(/;\n/))
        await primary.query(statement);
      await primary.query('create database shop');
      for (const server of [primary, replica])
        sessions.push(await open(engine, server.port, 'performance_schema'));
      const [onPrimary, onReplica] = sessions as [EngineSession, EngineSession];
      await vi.waitFor(async () => {
        const [one, two] = [await factsOf(onPrimary), await factsOf(onReplica)];
        expect(one.position.log).toBeGreaterThan(2 ** 33);
        expect(one.writable).toMatchObject({ recovery: null, readOnly: false });
        expect(one.receivers).toEqual([]);
        expect(one.identity.port).toBe(primary.port);
        expect(one.senders).toMatchObject([{ kind: 'logical' }]);
        if (flavour === 'mysql') {
          expect(one.senders[0]?.server).toBe(two.identity.server);
          expect(two.receivers[0]?.upstream.server).toBe(one.identity.server);
          expect(two.receivers[0]?.heardMs).toBeLessThan(60_000);
          expect(two.receivers[0]?.replayAgeMs).toBeLessThan(60_000);
        }
        expect(two.receivers).toMatchObject([
          {
            channel: '',
            upstream: { host: '127.0.0.1', port: primary.port },
            ...{ receiver: 'running', applier: 'running', saidMs: 0 },
            ...{ receiverError: null, applierError: null },
            received: { log: one.position.log },
            applied: { log: one.position.log },
          },
        ]);
      }, 20_000);
    } finally {
      for (const session of sessions) await session.close();
      await replica.stop();
      await primary.stop();
    }
  });
});
