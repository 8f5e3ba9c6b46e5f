/** What a replica of MySQL and of MariaDB says when it is idle, stopped, broken or late on purpose. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { metricById } from '@/collectors/catalog';
import type { EngineSession } from '@/collectors/run/engine';
import { mysqlAccountScript } from '@/lib/inventory/mysql-account-script';
import { valueColumns } from '@/lib/metric/define-metric';
import { typedRows } from '@/lib/metric/row';
import { startMariadb, startMariadbReplica, whyNoMariadb } from '@/scripts/servers/mariadb';
import { startMysql, startMysqlReplica, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { mariadb, mysql } from '../engine';

const kinds = [
  {
    flavour: 'mysql' as const,
    why: await whyNoMysql(),
    start: startMysql,
    follow: startMysqlReplica,
    engine: mysql,
    words: { stop: 'stop replica', start: 'start replica' },
    delay: 'change replication source to source_delay = 3600',
    writable: 'set global super_read_only = 0',
  },
  {
    flavour: 'mariadb' as const,
    why: await whyNoMariadb(),
    start: startMariadb,
    follow: startMariadbReplica,
    engine: mariadb,
    words: { stop: 'stop slave', start: 'start slave' },
    delay: 'change master to master_delay = 3600',
    writable: 'set global read_only = 0',
  },
];
const password = 'of the watching account';
const metric = metricById('mysql.replica');

describe.each(kinds)(
  '$flavour',
  ({ flavour, why, start, follow, engine, words, delay, writable }) => {
    let primary: RunningMysql;
    let replica: RunningMysql;
    let session: EngineSession;

    beforeAll(async () => {
      if (why) return;
      primary = await start();
      replica = await follow(primary);
      const script = mysqlAccountScript({
        flavour,
        user: 'yagura',
        host: '127.0.0.1',
        requireTls: false,
      });
      for (const statement of script.replace('<PASSWORD>', password).split(/;\n/))
        await primary.query(statement);
      await primary.query('create database shop');
      await primary.query('create table shop.item (id int primary key, name varchar(40))');
      const target = { host: '127.0.0.1', port: replica.port, database: 'performance_schema' };
      session = await vi.waitUntil(
        () =>
          engine
            .watch([])
            .connect({ ...target, user: 'yagura', password, tls: 'off' }, 'yagura/replica')
            .catch(() => null),
        { timeout: 20_000, interval: 200 },
      );
    });
    afterAll(async () => {
      await session?.close();
      await replica?.stop();
      await primary?.stop();
    });

    const read = async () => {
      if (metric === null) throw new Error('no definition');
      const rows = typedRows(metric, await session.read(metric, await session.identify(), 3_000));
      const names = valueColumns(metric);
      return rows.map(
        (row): Record<string, string | number | null> => ({
          ...row.labels,
          ...Object.fromEntries(names.map((name, index) => [name, row.values[index] ?? null])),
        }),
      );
    };
    const arrives = (id: number) =>
      vi.waitFor(
        async () => {
          const rows = await replica.query('select id from shop.item where id = ?', [id]);
          expect(rows).toHaveLength(1);
        },
        { timeout: 20_000, interval: 100 },
      );
    const settles = (state: Record<string, unknown>) =>
      vi.waitFor(async () => expect((await read())[0]).toMatchObject(state), {
        timeout: 20_000,
        interval: 200,
      });

    test.skipIf(why)('idle: a true zero', async () => {
      await settles({
        ...{ channel: '', source_host: '127.0.0.1', source_port: String(primary.port) },
        ...{ receiving: 1, applying: 1, stopped_threads: 0, lag_ms: 0, late_ms: 0 },
        ...{ unapplied_transactions: 0, unapplied_bytes: 0, applier_error_code: 0 },
      });
      const [row] = await read();
      expect(row?.message_age_ms === null).toBe(flavour === 'mariadb');
    });

    test.skipIf(why)('a stopped receiver leaves the lag unknown', async () => {
      await replica.query(`${words.stop} io_thread`);
      await primary.query(`insert into shop.item values (1, 'unseen')`);
      await settles({ receiving: 0, applying: 1, stopped_threads: 1, lag_ms: null, late_ms: null });
      await replica.query(`${words.start} io_thread`);
      await arrives(1);
      await settles({ stopped_threads: 0, lag_ms: 0 });
    });

    test.skipIf(why)(
      'a stopped applier: what was received is counted, the lag is unknown',
      async () => {
        await replica.query(`${words.stop} sql_thread`);
        for (const id of [2, 3])
          await primary.query(`insert into shop.item values (${id}, 'waits')`);
        await settles({ receiving: 1, applying: 0, lag_ms: null, unapplied_transactions: 2 });
        expect(Number((await read())[0]?.unapplied_bytes)).toBeGreaterThan(0);
        await replica.query(`${words.start} sql_thread`);
        await arrives(3);
        await settles({ stopped_threads: 0, lag_ms: 0, unapplied_transactions: 0 });
      },
    );

    test.skipIf(why)('a delay that is wanted is not late', async () => {
      await replica.query(words.stop);
      await replica.query(delay);
      await replica.query(words.start);
      await primary.query(`insert into shop.item values (4, 'later')`);
      await settles({
        stopped_threads: 0,
        configured_delay_ms: 3_600_000,
        unapplied_transactions: 1,
      });
      await vi.waitFor(
        async () => expect(Number((await read())[0]?.lag_ms)).toBeGreaterThan(0),
        9_000,
      );
      expect((await read())[0]?.late_ms).toBe(0);
      await replica.query(words.stop);
      await replica.query(delay.replace('3600', '0'));
      await replica.query(words.start);
      await arrives(4);
      await settles({ configured_delay_ms: 0, lag_ms: 0, unapplied_transactions: 0 });
    });

    test.skipIf(why)(
      'an error stops the applier and is told by its number, nothing of the row',
      async () => {
        await replica.query(writable);
        await replica.query('set sql_log_bin = 0');
        await replica.query(`insert into shop.item values (7, 'here already')`);
        await primary.query(`insert into shop.item values (7, 'secret')`);
        await settles({ receiving: 1, applying: 0, applier_error_code: 1062, lag_ms: null });
        expect(JSON.stringify(await read())).not.toMatch(/secret|Duplicate/);
      },
    );
  },
);
