/** Group replication of MySQL: one that writes, others that agreed to it, and the quorum that is left. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { mysql } from '@/collectors/mysql/engine';
import { mysqlAccountScript } from '@/lib/inventory/mysql-account-script';
import { freePort } from '@/scripts/servers/embedded';
import { startMysql, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { type WatchedCluster, watchCluster } from '@/scripts/servers/watched-cluster';

const why = await whyNoMysql();
const password = 'of the watching account';
const names = ['first', 'second', 'third'];
const servers: RunningMysql[] = [];
let cluster: WatchedCluster;

beforeAll(async () => {
  if (why) return;
  const ports = [await freePort(), await freePort(), await freePort()];
  const seeds = ports.map((port) => `127.0.0.1:${port}`).join(',');
  for (const port of ports) {
    const server = await startMysql({
      config: {
        plugin_load_add: 'group_replication.so',
        report_host: '127.0.0.1',
        innodb_buffer_pool_size: '32M',
        loose_group_replication_group_name: '11111111-2222-3333-4444-555555555555',
        loose_group_replication_start_on_boot: 'OFF',
        loose_group_replication_local_address: `127.0.0.1:${port}`,
        loose_group_replication_group_seeds: seeds,
        loose_group_replication_recovery_get_public_key: 'ON',
        // A member that is gone is out of the group after this.
        loose_group_replication_member_expel_timeout: '3600',
      },
    });
    servers.push(server);
    await server.query('set sql_log_bin = 0');
    await server.query(`create user 'copy'@'127.0.0.1' identified by '${password}'`);
    await server.query(
      `grant replication slave, connection_admin, backup_admin, group_replication_stream on *.* to 'copy'@'127.0.0.1'`,
    );
    await server.query('set sql_log_bin = 1');
    await server.query(
      `change replication source to source_user = 'copy', source_password = '${password}' for channel 'group_replication_recovery'`,
    );
    const first = servers.length === 1;
    if (first) await server.query('set global group_replication_bootstrap_group = ON');
    await server.query('start group_replication');
    if (first) await server.query('set global group_replication_bootstrap_group = OFF');
  }
  const script = mysqlAccountScript({
    ...{ flavour: 'mysql', user: 'yagura', host: '127.0.0.1', requireTls: false },
  });
  for (const statement of script.replace('<PASSWORD>', password).split(/;\n/))
    await servers[0]?.query(statement);
  cluster = watchCluster(
    servers.map(({ port }, index) => ({
      ...{ name: names[index] ?? '', port, engine: mysql },
      ...{ user: 'yagura', password, database: 'performance_schema' },
    })),
    3_000,
  );
});
afterAll(async () => {
  await cluster?.stop();
  for (const server of servers.reverse()) await server.stop().catch(() => undefined);
});

test.skipIf(why)('one writes, the others are with it, and nobody is split', async () => {
  await vi.waitFor(
    async () => {
      const verdict = await cluster.look();
      expect(verdict).toMatchObject({ primary: 'first', splitBrain: [], diverged: [] });
      expect(verdict.links).toMatchObject([
        { instance: 'second', state: 'streaming', cause: null },
        { instance: 'third', state: 'streaming', cause: null },
      ]);
      expect(verdict.groups).toEqual([
        {
          ...{ kind: 'group_replication', quorum: true, members: 3, answering: 3 },
          instances: names,
        },
      ]);
    },
    { timeout: 60_000, interval: 1000 },
  );
});

test.skipIf(why)('two of three have the quorum; one of three has not, and says so', async () => {
  await servers[2]?.kill();
  await vi.waitFor(
    async () =>
      expect((await cluster.look()).groups).toMatchObject([
        { quorum: true, members: 3, answering: 2, instances: ['first', 'second'] },
      ]),
    { timeout: 60_000, interval: 1000 },
  );
  await servers[0]?.kill();
  await vi.waitFor(
    async () => {
      const verdict = await cluster.look();
      expect(verdict.groups).toMatchObject([{ quorum: false, answering: 1 }]);
      expect(verdict.links.find(({ instance }) => instance === 'second')).toMatchObject({
        ...{ state: 'disconnected', cause: 'group_no_quorum' },
      });
      expect(verdict.primary).toBeNull();
    },
    { timeout: 60_000, interval: 1000 },
  );
});
