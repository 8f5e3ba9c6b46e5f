/** The verdict on real pairs of MySQL and MariaDB: what happens to them, and what is said within two polls. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { mariadb, mysql } from '@/collectors/mysql/engine';
import { mysqlAccountScript } from '@/lib/inventory/mysql-account-script';
import type { Link } from '@/lib/replication/replication-verdict';
import { startMariadb, startMariadbReplica, whyNoMariadb } from '@/scripts/servers/mariadb';
import { startMysql, startMysqlReplica, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { type SteadyWriter, writeSteadily } from '@/scripts/servers/steady-writer';
import { startTcpProxy, type TcpProxy } from '@/scripts/servers/tcp-proxy';
import { type WatchedCluster, watchCluster } from '@/scripts/servers/watched-cluster';

const intervalMs = 5_000;
const password = 'of the watching account';
const kinds = [
  {
    ...{ name: 'MySQL 9.7', flavour: 'mysql' as const, engine: mysql, why: await whyNoMysql() },
    ...{ start: startMysql, follow: startMysqlReplica, word: 'replica' },
    delay: (seconds: number) => `change replication source to source_delay = ${seconds}`,
    writable: ['set global super_read_only = 0', 'set global read_only = 0'],
    second: (port: number, secret: string) => [
      `change replication source to source_host = '127.0.0.1', source_port = ${port}, source_user = 'root',
       source_password = '${secret}', source_auto_position = 1, get_source_public_key = 1 for channel 'second'`,
      `start replica for channel 'second'`,
    ],
    stopSecond: `stop replica io_thread for channel 'second'`,
    other: {},
    forget: ['reset replica all'],
    followBack: (port: number, secret: string) => [
      `change replication source to source_host = '127.0.0.1', source_port = ${port}, source_user = 'root',
       source_password = '${secret}', source_auto_position = 1, get_source_public_key = 1`,
      'start replica',
    ],
  },
  {
    ...{ name: 'MariaDB 10.11', flavour: 'mariadb' as const, engine: mariadb },
    ...{ why: await whyNoMariadb(), start: startMariadb, follow: startMariadbReplica },
    word: 'slave',
    delay: (seconds: number) => `change master to master_delay = ${seconds}`,
    writable: ['set global read_only = 0'],
    second: (port: number, secret: string) => [
      `change master 'second' to master_host = '127.0.0.1', master_port = ${port}, master_user = 'root',
       master_password = '${secret}', master_use_gtid = slave_pos`,
      `start slave 'second'`,
    ],
    stopSecond: `stop slave 'second' io_thread`,
    other: { gtid_domain_id: '7' },
    forget: ['reset slave all', `stop slave 'second'`, `reset slave 'second' all`],
    followBack: (port: number, secret: string) => [
      `change master to master_host = '127.0.0.1', master_port = ${port}, master_user = 'root',
       master_password = '${secret}', master_use_gtid = slave_pos`,
      'start slave',
    ],
  },
];

describe.each(kinds)(
  '$name',
  ({ flavour, engine, why, start, follow, word, delay, writable, ...more }) => {
    const { second, stopSecond, other, forget, followBack } = more;
    let primary: RunningMysql;
    let replica: RunningMysql;
    let proxy: TcpProxy;
    let cluster: WatchedCluster;
    let writer: SteadyWriter | null = null;

    beforeAll(async () => {
      if (why) return;
      primary = await start();
      proxy = await startTcpProxy(() => primary.port);
      replica = await follow({ ...primary, port: proxy.port });
      await account(primary);
      await primary.query('create database shop');
      await primary.query('create table shop.item (id int primary key)');
      await primary.query('create table shop.clash (id int primary key, name varchar(40))');
      await vi.waitFor(() => replica.query('select id from shop.item'), 20_000);
      cluster = watchCluster([primary, replica].map(member), intervalMs);
      write();
      await cluster.until(({ links }) => links[0]?.state === 'streaming', 4);
    });
    afterAll(async () => {
      await writer?.stop();
      await cluster?.stop();
      await replica?.stop();
      await proxy?.stop();
      await primary?.stop();
    });

    const member = (server: RunningMysql, index: number) => ({
      ...{ name: ['primary', 'replica', 'other'][index] ?? '', port: server.port, engine },
      ...{ user: 'yagura', password, database: 'performance_schema' },
    });
    const account = async (server: RunningMysql) => {
      const script = mysqlAccountScript({
        ...{ flavour, user: 'yagura', host: '127.0.0.1', requireTls: false },
      });
      for (const statement of script.replace('<PASSWORD>', password).split(/;\n/))
        await server.query(statement);
    };
    const write = () => {
      writer = writeSteadily(
        (id) => primary.query('insert into shop.item values (?)', [id]),
        50,
        (writer?.count ?? 0) + 1,
      );
    };
    const newest = async () =>
      Number((await replica.query('select coalesce(max(id), 0) as id from shop.item'))[0]?.id);
    const compare = async (link: Link | undefined) => {
      const truth = (writer as SteadyWriter).ageBehind(await newest(), link?.at ?? Number.NaN);
      expect(Math.abs((link?.lag.ms ?? Number.NaN) - truth)).toBeLessThan(500);
    };
    const recovered = () =>
      vi.waitFor(
        async () => {
          const [link] = (await cluster.look()).links;
          expect(link).toMatchObject({ state: 'streaming' });
          expect(link?.lag.ms).toBeLessThan(1000);
        },
        { timeout: 60_000, interval: 1000 },
      );

    test.skipIf(why)('a replica that follows steady writes streams', async () => {
      const { verdict } = await cluster.until(() => true, 1);
      expect(verdict.primary).toBe('primary');
      expect(verdict.links).toMatchObject([
        { instance: 'replica', upstream: 'primary', state: 'streaming', cause: null, error: null },
      ]);
      await compare(verdict.links[0]);
      expect(verdict.links[0]?.lag.source).not.toBe('seconds');
      expect(verdict).toMatchObject({ splitBrain: [], diverged: [] });
      expect(verdict.dataLoss.ms).toBeLessThan(1000);
    });

    test.skipIf(why)('a stopped receiving thread', async () => {
      await replica.query(`stop ${word} io_thread`);
      const { verdict } = await cluster.until(({ links }) => links[0]?.state === 'stopped', 2);
      const [link] = verdict.links;
      expect(link).toMatchObject({ state: 'stopped', cause: 'receiver_stopped', error: null });
      await compare(link);
      expect(link?.lag.shippingMs).toBeGreaterThan(4_000);
      expect(link?.lag.bytes).toBeGreaterThan(0);
      expect(verdict.dataLoss.ms).toBeGreaterThan(4_000);
      await replica.query(`start ${word} io_thread`);
      await recovered();
    });

    test.skipIf(why)('a stopped applying thread', async () => {
      await replica.query(`stop ${word} sql_thread`);
      const { verdict } = await cluster.until(({ links }) => links[0]?.state === 'stopped', 2);
      const [link] = verdict.links;
      expect(link).toMatchObject({ state: 'stopped', cause: 'applier_stopped', error: null });
      await compare(link);
      expect(link?.lag.applyingMs).toBeGreaterThan(4_000);
      // What was received is not lost.
      expect(verdict.dataLoss.ms).toBeLessThan(1000);
      await replica.query(`start ${word} sql_thread`);
      await recovered();
    });

    test.skipIf(why)('a delay that is wanted', async () => {
      for (const text of [`stop ${word}`, delay(5), `start ${word}`]) await replica.query(text);
      const { verdict } = await cluster.until(({ links }) => (links[0]?.lag.ms ?? 0) > 4_500, 2);
      const [link] = verdict.links;
      expect(link).toMatchObject({
        ...{ state: 'delayed', cause: 'delayed_on_purpose', configuredDelayMs: 5_000 },
      });
      await compare(link);
      expect(link?.lateMs).toBeLessThan(1_500);
      for (const text of [`stop ${word}`, delay(0), `start ${word}`]) await replica.query(text);
      await recovered();
    });

    test.skipIf(why)('a statement that fails: its number, and no value of the row', async () => {
      for (const text of writable) await replica.query(text);
      await replica.query('set sql_log_bin = 0');
      await replica.query(`insert into shop.clash values (1, 'was here')`);
      await replica.query('set sql_log_bin = 1');
      await replica.query('set global read_only = 1');
      await primary.query(`insert into shop.clash values (1, 'top secret')`);
      const { verdict } = await cluster.until(({ links }) => links[0]?.state === 'stopped', 2);
      const [link] = verdict.links;
      expect(link).toMatchObject({
        state: 'stopped',
        cause: 'applier_error',
        error: { code: 1062 },
      });
      expect(JSON.stringify([verdict, cluster.members()])).not.toMatch(/secret|was here/);
      await compare(link);
      await replica.query('set sql_log_bin = 0');
      await replica.query('delete from shop.clash');
      await replica.query('set sql_log_bin = 1');
      await replica.query(`start ${word}`);
      await recovered();
    });

    test.skipIf(why)('a wire that is cut without a word', async () => {
      proxy.cut();
      const { verdict } = await cluster.until(({ links }) => links[0]?.state === 'disconnected', 2);
      const [link] = verdict.links;
      expect(link).toMatchObject({ state: 'disconnected', cause: 'receiver_silent' });
      await compare(link);
      expect(verdict.dataLoss.ms).toBeGreaterThan(4_000);
      proxy.heal();
      await recovered();
    });

    test.skipIf(why)('two channels: each has its own verdict', async () => {
      const source = await start({ config: other });
      let both: WatchedCluster | null = null;
      try {
        await account(source).catch(() => undefined);
        await source.query('reset binary logs and gtids').catch(() => source.query('reset master'));
        for (const text of second(source.port, source.password)) await replica.query(text);
        await source.query('create database elsewhere');
        await vi.waitFor(() => replica.query('show create database elsewhere'), 20_000);
        both = watchCluster([primary, replica, source].map(member), intervalMs);
        await both.look();
        const well = await both.until(() => true, 1);
        expect(well.verdict.links).toMatchObject([
          { channel: '', upstream: 'primary', state: 'streaming' },
          { channel: 'second', upstream: 'other', state: 'idle', lag: { ms: 0 } },
        ]);
        await replica.query(stopSecond);
        await source.query('create database unseen');
        const { verdict } = await both.until(({ links }) => links[1]?.state === 'stopped', 2);
        expect(verdict.links).toMatchObject([
          { channel: '', state: 'streaming' },
          { channel: 'second', state: 'stopped', cause: 'receiver_stopped' },
        ]);
        expect(verdict.links[1]?.lag.ms).toBeGreaterThan(0);
        expect(verdict.splitBrain).toEqual([]);
      } finally {
        await replica.query(stopSecond).catch(() => undefined);
        await both?.stop();
        await source.stop();
      }
    });

    test.skipIf(why)('a write of the replica itself is named', async () => {
      for (const text of writable) await replica.query(text);
      await replica.query('create database errant');
      const { verdict } = await cluster.until(({ diverged }) => diverged.length > 0, 2);
      const [own] = await replica.query(
        flavour === 'mysql' ? 'select @@server_uuid as id' : 'select @@server_id as id',
      );
      expect(verdict.diverged).toMatchObject([{ instance: 'replica', kind: 'gtid' }]);
      expect(verdict.diverged[0]?.detail).toContain(String(own?.id));
      // Both take writes, and one follows the other: that is another fault.
      expect(verdict.splitBrain).toEqual([]);
    });

    test.skipIf(why)('one that forgot its source and takes writes: split brain', async () => {
      for (const text of [`stop ${word}`, ...forget, ...writable]) await replica.query(text);
      const { verdict } = await cluster.until(({ splitBrain }) => splitBrain.length > 0, 2);
      expect(verdict.splitBrain.sort()).toEqual(['primary', 'replica']);
      expect(verdict).toMatchObject({ primary: null, links: [] });
    });

    test.skipIf(why)('a switchover: the old primary follows the new one', async () => {
      await writer?.stop();
      await primary.query('set global read_only = 1');
      for (const text of followBack(replica.port, replica.password)) await primary.query(text);
      const { verdict } = await cluster.until(({ primary: one }) => one === 'replica', 2);
      expect(verdict).toMatchObject({ primary: 'replica', splitBrain: [] });
      expect(verdict.links).toMatchObject([{ instance: 'primary', upstream: 'replica' }]);
    });
  },
);
