/** What a real group of two says of its members, whole and with one stopped. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { metricById } from '@/collectors/catalog';
import type { EngineSession } from '@/collectors/run/engine';
import { mysqlAccountScript } from '@/lib/inventory/mysql-account-script';
import { valueColumns } from '@/lib/metric/define-metric';
import { typedRows } from '@/lib/metric/row';
import { freePort } from '@/scripts/servers/embedded';
import { startMysql, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { mysql } from '../engine';

const why = await whyNoMysql();
const password = 'of the watching account';
const metric = metricById('mysql.group-replication');
const members: RunningMysql[] = [];
let session: EngineSession | null = null;

beforeAll(async () => {
  if (why) return;
  const ports = [await freePort(), await freePort()];
  for (const port of ports)
    members.push(
      await startMysql({
        config: {
          plugin_load_add: 'group_replication.so',
          group_replication_group_name: 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa',
          group_replication_start_on_boot: 'OFF',
          group_replication_local_address: `127.0.0.1:${port}`,
          group_replication_group_seeds: ports.map((seed) => `127.0.0.1:${seed}`).join(','),
          group_replication_recovery_get_public_key: 'ON',
          report_host: '127.0.0.1',
        },
      }),
    );
  const [first, second] = members as [RunningMysql, RunningMysql];
  // What each made alone is in no other's history: a group takes only members without transactions of their own.
  for (const member of members) await member.query('reset binary logs and gtids');
  const script = mysqlAccountScript({
    ...{ flavour: 'mysql' as const, user: 'yagura', host: '127.0.0.1', requireTls: false },
  });
  await first.query('set global group_replication_bootstrap_group = on');
  await first.query(`start group_replication`);
  await first.query('set global group_replication_bootstrap_group = off');
  for (const statement of script.replace('<PASSWORD>', password).split(/;\n/))
    await first.query(statement);
  await first.query(`create user 'joins'@'127.0.0.1' identified by 'joins'`);
  await first.query(`grant replication slave, backup_admin on *.* to 'joins'@'127.0.0.1'`);
  await second.query(`start group_replication user = 'joins', password = 'joins'`);
  const target = { host: '127.0.0.1', port: first.port, database: 'performance_schema' };
  session = await mysql
    .watch([])
    .connect({ ...target, user: 'yagura', password, tls: 'off' }, 'yagura/group');
});
afterAll(async () => {
  await session?.close();
  for (const member of members.reverse()) await member.stop();
});

async function read() {
  if (metric === null || session === null) throw new Error('nothing to read');
  const rows = typedRows(metric, await session.read(metric, await session.identify(), 3_000));
  const names = valueColumns(metric);
  return new Map(
    rows.map(({ labels, values }): [string, Record<string, string | number | null>] => [
      labels.port ?? '',
      { ...labels, ...Object.fromEntries(names.map((name, at) => [name, values[at] ?? null])) },
    ]),
  );
}
const seen = (port: number, state: Record<string, unknown>) =>
  vi.waitFor(async () => expect((await read()).get(String(port))).toMatchObject(state), {
    timeout: 60_000,
    interval: 500,
  });

test.skipIf(why)(
  'members are online, one takes writes, and what the other applied is counted',
  async () => {
    const [first, second] = members as [RunningMysql, RunningMysql];
    await seen(first.port, { host: '127.0.0.1', online: 1, not_online: 0, is_primary: 1 });
    await seen(second.port, { host: '127.0.0.1', online: 1, not_online: 0, is_primary: 0 });
    const checked = Number((await read()).get(String(first.port))?.checked);
    await first.query('create database shop');
    await first.query('create table shop.item (id int primary key)');
    for (let id = 1; id <= 20; id++) await first.query('insert into shop.item values (?)', [id]);
    await seen(first.port, { checked: checked + 22, conflicts: 0, certification_queue: 0 });
    await seen(second.port, { applier_queue: 0, conflicts: 0 });
    expect(await second.query('select count(*) as n from shop.item')).toEqual([{ n: 20 }]);
  },
);

test.skipIf(why)(
  'a member that leaves is no longer listed; on its own server it is not online',
  async () => {
    const [first, second] = members as [RunningMysql, RunningMysql];
    await second.query('stop group_replication');
    await vi.waitFor(async () => expect([...(await read()).keys()]).toEqual([String(first.port)]), {
      timeout: 60_000,
      interval: 500,
    });
    const [own] = await second.query(metric?.queries[0]?.sql ?? '');
    expect(own).toMatchObject({ port: second.port, online: 0, not_online: 1 });
  },
);
