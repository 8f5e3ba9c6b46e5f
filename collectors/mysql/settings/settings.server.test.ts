/** System variables are read with where they were set, without what may be secret; a change is told apart from what moves by itself. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InstanceSettings, settingChanges } from '@/lib/inventory/settings';
import { startMariadb, whyNoMariadb } from '@/scripts/servers/mariadb';
import { startMysql, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { readMysqlSettings } from './read-settings';

const kinds = [
  { flavour: 'mysql' as const, why: await whyNoMysql(), start: startMysql },
  { flavour: 'mariadb' as const, why: await whyNoMariadb(), start: startMariadb },
];

describe.each(kinds)('$flavour', ({ flavour, why, start }) => {
  let server: RunningMysql;
  const read = () =>
    readMysqlSettings(
      {
        ...{ host: '127.0.0.1', port: server.port, database: 'performance_schema', tls: 'off' },
        ...{ user: 'watcher', password: 'words for tests' },
      },
      'yagura/settings',
      AbortSignal.timeout(20_000),
    );
  const value = (all: InstanceSettings, name: string) =>
    all.settings.find((one) => one.name === name);
  beforeAll(async () => {
    if (why) return;
    server = await start({
      config: { max_connections: '41', init_connect: "set @token = 'secret'" },
    });
    await server.query(`create user watcher@'%' identified by 'words for tests'`);
    await server.query(`grant select on performance_schema.* to watcher@'%'`);
  });
  afterAll(() => server?.stop());

  test.skipIf(why)('a value, where it was set, and no secret', async () => {
    const all = await read();
    expect(Math.abs(all.at - Date.now())).toBeLessThan(5_000);
    expect(value(all, 'max_connections')).toMatchObject({
      ...{ value: '41', changed: true, source: 'command-line', hidden: null },
      ...{ default: flavour === 'mariadb' ? '151' : null, pending_restart: false },
    });
    expect(value(all, 'join_buffer_size')).toMatchObject({ changed: false });
    expect(value(all, 'init_connect')).toMatchObject({ value: null, hidden: 'secret' });
    expect(all.settings.length).toBeGreaterThan(400);
    expect(JSON.stringify(all)).not.toContain('@token');
  });

  test.skipIf(why)('only what somebody changed is a change', async () => {
    const before = await read();
    await server.query('create database moves_the_positions');
    await server.query('set global max_connections = 43');
    const after = await read();
    expect(settingChanges(before, after)).toEqual([
      { name: 'max_connections', from: '41', to: '43' },
    ]);
    expect(value(after, 'max_connections')).toMatchObject({ changed: true });
  });

  test.skipIf(why || flavour !== 'mysql')('what waits for a restart is said', async () => {
    await server.query('set persist_only back_log = 99');
    expect(value(await read(), 'back_log')).toMatchObject({ pending_restart: true });
    await server.query('reset persist back_log');
  });
});
