/** The contract of every definition on MySQL and MariaDB, primary and replica, for the account the product shows people. */
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { mysqlAccountScript } from '@/lib/inventory/mysql-account-script';
import { queryFor } from '@/lib/metric/define-metric';
import { typedRows } from '@/lib/metric/row';
import { startMariadb, startMariadbReplica, whyNoMariadb } from '@/scripts/servers/mariadb';
import { startMysql, startMysqlReplica, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { mariadb, mysql as mysqlEngine } from './mysql/engine';
import { readMysqlInventory, readSchemas } from './mysql/inventory/read-inventory';
import { openSession } from './mysql/session/session';
import { mysqlProbe } from './mysql/test-connection';
import type { EngineSession, ServerIdentity } from './run/engine';
import { testConnection } from './run/test-connection';

const kinds = [
  {
    flavour: 'mysql' as const,
    why: await whyNoMysql(),
    start: startMysql,
    follow: startMysqlReplica,
    engine: mysqlEngine,
    version: 907,
  },
  {
    flavour: 'mariadb' as const,
    why: await whyNoMariadb(),
    start: startMariadb,
    follow: startMariadbReplica,
    engine: mariadb,
    version: 1011,
  },
];
const password = 'of the watching account';

async function readAll(
  session: EngineSession,
  identity: ServerIdentity,
  metrics: (typeof mysqlEngine)['metrics'],
) {
  const failed: [string, string][] = [];
  let read = 0;
  for (const metric of metrics) {
    if (metric.origin !== 'query' && metric.origin !== 'sampled') continue;
    if (metric.on !== 'any' && metric.on !== identity.role) continue;
    if (queryFor(metric, identity.majorVersion, identity.flavour) === null) continue;
    try {
      if (metric.origin === 'sampled') await session.sampleLoad(metric, identity, 3_000);
      else typedRows(metric, await session.read(metric, identity, 3_000));
      read++;
    } catch (error) {
      failed.push([metric.id, (error as Error).message]);
    }
  }
  return { failed, read };
}

describe.each(kinds)('$flavour', ({ flavour, why, start, follow, engine, version }) => {
  let primary: RunningMysql;
  let replica: RunningMysql;
  const target = (server: RunningMysql, user = 'yagura') => ({
    ...{ host: '127.0.0.1', port: server.port, database: 'performance_schema', user },
    ...{ password: user === 'root' ? server.password : password, tls: 'off' as const },
  });
  const connect = (server: RunningMysql) =>
    engine.watch([]).connect(target(server), 'yagura/contract');

  beforeAll(async () => {
    if (why) return;
    primary = await start();
    replica = await follow(primary);
    const script = mysqlAccountScript({
      flavour,
      user: 'yagura',
      host: '127.0.0.1',
      requireTls: false,
    }).replace('<PASSWORD>', password);
    for (const statement of script.split(/;\n/)) await primary.query(statement);
    await primary.query('create database shop');
    await primary.query(
      'create table shop.item (id int primary key, name varchar(20), key (name))',
    );
    await vi.waitUntil(
      () =>
        replica.query(`show grants for 'yagura'@'127.0.0.1'`).then(
          (grants) => grants.length === (flavour === 'mysql' ? 5 : 4),
          () => false,
        ),
      { timeout: 20_000, interval: 100 },
    );
  });
  afterAll(async () => {
    await replica?.stop();
    await primary?.stop();
  });

  test.skipIf(why)('answers every definition on the primary and says who it is', async () => {
    const session = await connect(primary);
    const identity = await session.identify();
    expect(identity).toMatchObject({
      ...{ flavour, majorVersion: version, role: 'primary', ownConnections: 1 },
    });
    expect(identity.systemIdentifier?.length).toBeGreaterThan(10);
    expect(Math.abs(identity.clockMs - Date.now())).toBeLessThan(2_000);
    const startedMs = Number(identity.startedAt) * 1000;
    expect(Date.now() - startedMs).toBeLessThan(120_000);
    expect((await session.identify()).startedAt).toBe(identity.startedAt);
    const { failed, read } = await readAll(session, identity, engine.metrics);
    expect(failed).toEqual([]);
    expect(read).toBeGreaterThan(0);
    const privileges = engine.metrics
      .flatMap((metric) => metric.needs)
      .filter((need) => 'privilege' in need);
    const needs = await session.checkNeeds(privileges);
    expect(needs.filter(({ ok }) => ok !== true)).toEqual([]);
    await session.close();
  });

  test.skipIf(why)('answers every definition on the replica, which is another server', async () => {
    const session = await connect(replica);
    const identity = await session.identify();
    expect(identity).toMatchObject({ flavour, role: 'replica' });
    const other = await connect(primary);
    expect(identity.systemIdentifier).not.toBe((await other.identify()).systemIdentifier);
    await other.close();
    expect((await readAll(session, identity, engine.metrics)).failed).toEqual([]);
    await session.close();
  });

  test.skipIf(why)('reads what tables and indexes exist, and no row of them', async () => {
    await primary.query(`insert into shop.item values (1, 'secret of the shop')`);
    const session = await openSession(target(primary), 'yagura/contract');
    expect(await readSchemas(session)).toEqual(['shop']);
    const { tables } = await readMysqlInventory(session, 'shop');
    expect(tables.map(({ name }) => name)).toEqual(['item']);
    expect(tables[0]?.columns.map(({ name }) => name)).toEqual(['id', 'name']);
    expect(tables[0]?.indexes.map(({ name }) => name).sort()).toEqual(['PRIMARY', 'name']);
    await expect(
      session.query('select * from shop.item', { doing: 'read rows', timeoutMs: 1_000 }),
    ).rejects.toMatchObject({ code: 'permission_denied' });
    await session.close();
  });

  test.skipIf(why)('a restart is seen, and the server stays the same one', async () => {
    const session = await connect(primary);
    const before = await session.identify();
    await session.close();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await primary.restart();
    const again = await connect(primary);
    const after = await again.identify();
    expect(after.systemIdentifier).toBe(before.systemIdentifier);
    expect(Number(after.startedAt)).toBeGreaterThan(Number(before.startedAt));
    await again.close();
  });

  test.skipIf(why)(
    'the account has nothing too much; root has all, and a role is taken away',
    async () => {
      const good = await testConnection(mysqlProbe(flavour), target(primary), 'yagura/test');
      expect(good).toMatchObject({ ok: true, role: 'primary', excess: [], error: null });
      expect(good.permissions.filter(({ need, ok }) => /^[A-Z ]+$/.test(need) && !ok)).toEqual([]);
      const root = await testConnection(
        mysqlProbe(flavour),
        target(primary, 'root'),
        'yagura/test',
      );
      expect(root.excess.map(({ right }) => right)).toContain('ALL PRIVILEGES ON *.*');

      await primary.query('create role reports');
      await primary.query('grant select on shop.* to reports');
      await primary.query(`grant insert (name) on shop.item to 'yagura'@'127.0.0.1'`);
      await primary.query(`grant file on *.* to 'yagura'@'127.0.0.1'`);
      await primary.query(`grant reports to 'yagura'@'127.0.0.1'`);
      await primary.query(
        `set default role reports ${flavour === 'mysql' ? 'to' : 'for'} 'yagura'@'127.0.0.1'`,
      );
      const rich = await testConnection(mysqlProbe(flavour), target(primary), 'yagura/test');
      expect(rich.excess.map(({ right }) => right).sort()).toEqual([
        ...['FILE ON *.*', 'INSERT ON shop.item', 'SELECT ON shop.*'],
      ]);
      for (const { fix_sql } of rich.excess) await primary.query(fix_sql.replace(/;$/, ''));
      const mended = await testConnection(mysqlProbe(flavour), target(primary), 'yagura/test');
      expect(mended.excess).toEqual([]);
    },
  );

  test.skipIf(why)(
    'a login without rights is told what it lacks, with the statement for it',
    async () => {
      await primary.query(`create user 'powerless'@'127.0.0.1' identified by '${password}'`);
      const session = await engine
        .watch([])
        .connect({ ...target(primary, 'powerless'), database: '' }, 'yagura/contract');
      expect(await session.identify()).toMatchObject({ flavour, role: 'primary' });
      const needs = await session.checkNeeds([
        { privilege: 'PROCESS' },
        { privilege: 'REPLICATION CLIENT' },
        { privilege: 'SELECT on performance_schema.*' },
        { variable: 'performance_schema', value: 'ON' },
      ]);
      const root = await mysql.createConnection({
        ...{ host: '127.0.0.1', port: primary.port, user: 'root', password: primary.password },
      });
      for (const need of needs.slice(0, 3)) {
        expect(need.ok).toBe(false);
        await root.query((need.fixSql ?? '').replace(/;$/, ''));
      }
      await root.end();
      expect(needs[3]?.ok).toBe(true);
      await session.close();
      const again = await engine.watch([]).connect(target(primary, 'powerless'), 'yagura/contract');
      const now = await again.checkNeeds(needs.map(({ need }) => need));
      expect(now.map(({ ok }) => ok)).toEqual([true, true, true, true]);
      await again.close();
    },
  );

  test.skipIf(why)('the other engine says which of the two it is', async () => {
    const other = flavour === 'mysql' ? mariadb : mysqlEngine;
    await expect(other.watch([]).connect(target(primary), 'yagura/test')).rejects.toMatchObject({
      code: 'version_unsupported',
    });
  });
});
