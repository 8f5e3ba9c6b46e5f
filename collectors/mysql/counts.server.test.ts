/** What the definitions count is what was done: statements by command, rows by table, waits for metadata locks. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { metricById } from '@/collectors/catalog';
import type { EngineSession } from '@/collectors/run/engine';
import { valueColumns } from '@/lib/metric/define-metric';
import { typedRows } from '@/lib/metric/row';
import { startMariadb, whyNoMariadb } from '@/scripts/servers/mariadb';
import { startMysql, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { mariadb, mysql } from './engine';

const kinds = [
  { flavour: 'mysql', why: await whyNoMysql(), start: startMysql, engine: mysql },
  { flavour: 'mariadb', why: await whyNoMariadb(), start: startMariadb, engine: mariadb },
];

describe.each(kinds)('$flavour', ({ flavour, why, start, engine }) => {
  let server: RunningMysql;
  let session: EngineSession;
  beforeAll(async () => {
    if (why) return;
    server = await start();
    await server.query(`create user watcher@'%' identified by 'words for tests'`);
    await server.query(`grant process on *.* to watcher@'%'`);
    await server.query(`grant select on performance_schema.* to watcher@'%'`);
    await server.query('create database shop');
    await server.query('create table shop.item (id int primary key, name varchar(40))');
    const target = { host: '127.0.0.1', port: server.port, database: 'performance_schema' };
    session = await engine
      .watch([])
      .connect({ ...target, user: 'watcher', password: 'words for tests', tls: 'off' }, 'yagura/t');
  });
  afterAll(async () => {
    await session?.close();
    await server?.stop();
  });
  const read = async (id: string) => {
    const metric = metricById(id);
    if (metric === null) throw new Error(`no definition ${id}`);
    const rows = typedRows(metric, await session.read(metric, await session.identify(), 3_000));
    const names = valueColumns(metric);
    return rows.map(
      (row): Record<string, string | number | null> => ({
        ...row.labels,
        ...Object.fromEntries(names.map((name, index) => [name, row.values[index] ?? null])),
      }),
    );
  };

  test.skipIf(why)('statements by command', async () => {
    const [before] = await read('mysql.commands');
    for (let id = 1; id <= 7; id++)
      await server.query('insert into shop.item values (?, ?)', [id, 'a name']);
    for (let id = 1; id <= 5; id++)
      await server.query('update shop.item set name = ? where id = ?', ['another', id]);
    await server.query('delete from shop.item where id = 7');
    for (const statement of ['begin', 'commit', 'begin', 'rollback', 'begin', 'rollback'])
      await server.query(statement);
    const [after] = await read('mysql.commands');
    const grown = (column: string) => Number(after?.[column]) - Number(before?.[column]);
    expect(['inserts', 'updates', 'deletes', 'commits', 'rollbacks'].map(grown)).toEqual([
      ...[7, 5, 1, 1, 2],
    ]);
  });

  test.skipIf(why)('rows by table; beyond fifty tables the rest is one row', async () => {
    const table = (await read('mysql.tables')).find(({ name }) => name === 'shop.item');
    expect(table).toMatchObject({ rows_inserted: 7, rows_updated: 5, rows_deleted: 1 });
    for (let n = 1; n <= 60; n++) {
      await server.query(`create table shop.t${n} (id int primary key)`);
      await server.query(`insert into shop.t${n} values (1)`);
    }
    const rows = await read('mysql.tables');
    expect(rows).toHaveLength(51);
    expect(rows.find(({ name }) => name === '(others)')).toMatchObject({
      ...{ members: 11, rows_inserted: 11 },
    });
    const sizes = await read('mysql.table-size');
    expect(sizes).toHaveLength(51);
    expect(sizes.every(({ bytes }) => Number(bytes) > 0)).toBe(true);
  });

  test.skipIf(why)('a wait for a metadata lock, unknown where nobody counts them', async () => {
    if (flavour === 'mariadb')
      expect(await read('mysql.metadata-locks')).toEqual([{ pending: null, granted: null }]);
    await server.query(
      `update performance_schema.setup_instruments set enabled = 'YES' where name = 'wait/lock/metadata/sql/mdl'`,
    );
    const [reader, changer] = [await server.connect(), await server.connect()];
    await reader.query('begin');
    await reader.query('select * from shop.item');
    const change = changer.query('alter table shop.item add column more int').catch(() => null);
    await sleep(500);
    // The server's own threads may wait behind it too.
    const [waiting] = await read('mysql.metadata-locks');
    expect(waiting?.pending).toBeGreaterThanOrEqual(1);
    await reader.query('commit');
    await change;
    const pending = async () => (await read('mysql.metadata-locks'))[0]?.pending;
    for (let n = 0; n < 20 && (await pending()) !== 0; n++) await sleep(100);
    expect(await pending()).toBe(0);
    await reader.end();
    await changer.end();
  });
});
