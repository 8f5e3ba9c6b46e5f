/** What watching itself leaves in the slow log of real servers: nothing, at their default settings and at stricter ones. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineSession, ServerIdentity } from '@/collectors/run/engine';
import { mysqlAccountScript } from '@/lib/inventory/mysql-account-script';
import { queryFor } from '@/lib/metric/define-metric';
import { startMariadb, whyNoMariadb } from '@/scripts/servers/mariadb';
import { startMysql, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { mariadb, mysql } from '../engine';

const kinds = [
  { flavour: 'mysql' as const, why: await whyNoMysql(), start: startMysql, engine: mysql },
  { flavour: 'mariadb' as const, why: await whyNoMariadb(), start: startMariadb, engine: mariadb },
];

describe.each(kinds)('what we ask of $flavour', ({ flavour, why, start, engine }) => {
  let server: RunningMysql;
  beforeAll(async () => {
    if (why) return;
    server = await start({ config: { slow_query_log: 'ON', log_output: 'TABLE' } });
    const account = { flavour, user: 'yagura', host: '127.0.0.1', requireTls: false };
    for (const sql of mysqlAccountScript(account).replace('<PASSWORD>', 'for tests').split(';\n'))
      await server.query(sql);
    await server.query('create database shop');
    for (let n = 0; n < 20; n++) await server.query(`create table shop.t${n} (id int, name text)`);
  });
  afterAll(() => server?.stop());

  /** Everything a poll asks, by a connection that is made now. */
  async function watch() {
    const session = await engine.watch([]).connect(
      {
        ...{ host: '127.0.0.1', port: server.port, database: 'performance_schema' },
        ...{ user: 'yagura', password: 'for tests', tls: 'off' },
      },
      'yagura/test',
    );
    const identity = await session.identify();
    let asked = 0;
    for (const metric of engine.metrics) {
      const applies =
        (metric.origin === 'query' || metric.origin === 'sampled') &&
        (metric.on === 'any' || metric.on === identity.role) &&
        queryFor(metric, identity.majorVersion, identity.flavour) !== null;
      if (!applies) continue;
      if (metric.origin === 'sampled') await session.sampleLoad(metric, identity, 3_000);
      else await session.read(metric, identity, 3_000);
      asked += 1;
    }
    await more(session, identity);
    await session.checkNeeds(engine.metrics.flatMap((metric) => metric.needs));
    await session.close();
    return asked;
  }
  async function more(session: EngineSession, identity: ServerIdentity) {
    await session.readSessions(identity, 3_000);
    await session.readReplication(identity, 3_000);
    await session.log?.read(identity, 0, 3_000);
  }
  const logged = async () => {
    await sleep(300);
    const rows = await server.query(
      `select cast(sql_text as char) as it from mysql.slow_log where user_host like 'yagura%'`,
    );
    return rows.map(({ it }) => String(it));
  };

  it.skipIf(why)('is not in the slow log at default settings', async () => {
    expect(await server.query('select @@global.long_query_time as s')).toEqual([{ s: 10 }]);
    expect(await watch()).toBeGreaterThan(15);
    expect(await logged()).toEqual([]);
  });

  it.skipIf(why)('is in it, marked, where MySQL logs all that uses no index', async () => {
    await server.query('set global log_queries_not_using_indexes = on');
    await watch();
    const own = await logged();
    // Only SESSION_VARIABLES_ADMIN keeps a session of MySQL out, which is not asked for. MariaDB's sessions are free to.
    expect(own.length > 0).toBe(flavour === 'mysql');
    for (const sql of own) expect(sql).toMatch(/^\s*\w+ \/\* yagura \*\//);
  });
});
