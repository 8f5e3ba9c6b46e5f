import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adviseOnIndexes } from '@/lib/advice/all-rules';
import { startMariadb } from '@/scripts/servers/mariadb';
import { startMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { openSession } from '../session/session';
import { readMysqlInventory, readSchemas } from './read-inventory';

const password = 'secret-for-tests';

describe.each([
  ['MySQL 9.7', startMysql],
  ['MariaDB 10.11', startMariadb],
] as const)('%s', (_, start) => {
  let server: RunningMysql;
  const read = async (schema = 'shop', user = 'monitor') => {
    const session = await openSession(
      {
        ...{ host: '127.0.0.1', port: server.port, database: '', user, password },
        tls: 'off',
      },
      'yagura test',
    );
    return readMysqlInventory(session, schema).finally(() => session.close());
  };

  beforeAll(async () => {
    server = await start();
    const admin = await server.connect();
    for (const sql of [
      'create database shop',
      'use shop',
      'create table customer (id bigint primary key, email varchar(100) not null unique, name text)',
      `create table orders (id bigint primary key, customer_id bigint not null, status varchar(10) not null, note varchar(200),
         made_at date not null, key orders_status (status), key orders_status_id (status, id), key orders_note (note(10)),
         key orders_made (made_at desc), foreign key orders_customer (customer_id) references customer (id))`,
      `create table visit (id int, at date, key visit_at (at)) partition by range columns (at)
         (partition a values less than ('2025-01-01'), partition b values less than (maxvalue))`,
      'create view seen as select * from orders',
      'insert into customer with recursive n (i) as (select 1 union all select i + 1 from n where i < 900) select i, concat(i), null from n',
      `insert into orders with recursive n (i) as (select 1 union all select i + 1 from n where i < 900)
         select i, i, if(i % 3 = 0, 'a', 'b'), 'x', '2024-01-01' from n`,
      'analyze table customer, orders',
      'create database empty_one',
      `create user monitor@'%' identified by '${password}'`,
      `grant select on performance_schema.* to monitor@'%'`,
      `grant select on shop.* to monitor@'%'`,
      `create user sizes@'%' identified by '${password}'`,
      `grant select on *.* to sizes@'%'`,
      `select * from orders where status = 'a' limit 1`,
    ])
      await admin.query(sql);
    await admin.end();
  }, 120_000);
  afterAll(() => server?.stop());

  test('tables, columns, indexes, foreign keys and partitions of one schema', async () => {
    const found = await read();
    expect(found).toMatchObject({ database: 'shop', role: 'primary', left_out: 0, hypopg: false });
    expect(found.tables.map(({ name }) => name).toSorted()).toEqual([
      'customer',
      'orders',
      'visit',
    ]);
    const orders = found.tables.find(({ name }) => name === 'orders');
    expect(orders).toMatchObject({ schema: 'shop', engine: server.flavour, kind: 'table' });
    expect(orders?.rows).toBeGreaterThan(500);
    expect(orders?.columns.map(({ name, type }) => [name, type])).toContainEqual([
      'status',
      'varchar(10)',
    ]);
    const distinct = orders?.columns.find(({ name }) => name === 'customer_id')?.n_distinct;
    expect(distinct).toBeGreaterThan(500);
    expect(Object.fromEntries(orders?.indexes.map(({ name, keys }) => [name, keys]) ?? [])).toEqual(
      {
        PRIMARY: ['id'],
        orders_status: ['status'],
        orders_status_id: ['status', 'id'],
        orders_note: ['note(10)'],
        orders_made: ['made_at DESC'],
        orders_customer: ['customer_id'],
      },
    );
    expect(orders?.foreign_keys).toMatchObject([
      { columns: ['customer_id'], references: 'shop.customer', referenced_columns: ['id'] },
    ]);
    expect(found.tables.find(({ name }) => name === 'visit')?.partition_key).toBe(
      'RANGE COLUMNS (at)',
    );
  });

  test('uses of indexes are counted since the server started, and unused ones are 0, not unknown', async () => {
    const before = (await read()).tables.find(({ name }) => name === 'orders')?.indexes;
    const app = await server.connect({ user: 'root', password: server.password, database: 'shop' });
    for (let i = 0; i < 5; i += 1)
      await app.query(
        `select id from orders force index (orders_made) where made_at = '2024-01-01' limit 1`,
      );
    await app.end();
    const found = await read();
    const scans = (
      name: string,
      list = found.tables.find((one) => one.name === 'orders')?.indexes,
    ) => list?.find((one) => one.name === name)?.scans ?? null;
    expect(
      (scans('orders_made') ?? 0) - (scans('orders_made', before) ?? 0),
    ).toBeGreaterThanOrEqual(5);
    expect(scans('orders_note')).toBe(0);
    expect(found.at - (found.counted_since ?? 0)).toBeLessThan(600_000);
  });

  test('a server that does not count says so: no index is unused there', async () => {
    await server.query(
      `update performance_schema.setup_instruments set enabled = 'NO' where name = 'wait/io/table/sql/handler'`,
    );
    const found = await read();
    expect(found.counted_since).toBeNull();
    expect(found.tables.flatMap(({ indexes }) => indexes.map(({ scans }) => scans))).not.toContain(
      0,
    );
    await server.query(
      `update performance_schema.setup_instruments set enabled = 'YES' where name = 'wait/io/table/sql/handler'`,
    );
  });

  test('sizes of indexes are known to whoever may read the schema mysql, and unknown to others', async () => {
    const size = async (user: string) =>
      (await read('shop', user)).tables[0]?.indexes.find(({ name }) => name === 'PRIMARY')?.bytes;
    expect(await size('sizes')).toBeGreaterThanOrEqual(16_384);
    expect(await size('monitor')).toBeNull();
  });

  test('what the rules say of it is what the server accepts', async () => {
    const found = await read('shop', 'sizes');
    const { advice } = adviseOnIndexes({
      ...{ database: 'shop', now: found.at, demo: false, replicas: [], building: null },
      ...{ young: new Set<string>(), writes: new Map<string, number>() },
      primary: {
        ...{ instance: '1', name: 'one', inventory: found, kept_since: null },
        once_used: new Set<string>(),
      },
    });
    expect(advice.map(({ kind, index }) => [kind, index])).toEqual([
      ['redundant_index', 'orders_status'],
    ]);
    for (const { sql } of advice) await server.query(sql ?? '');
    expect(
      (await read()).tables.flatMap(({ indexes }) => indexes.map(({ name }) => name)),
    ).not.toContain('orders_status');
  });

  test('schemas of people, and an empty one', async () => {
    const session = await openSession(
      {
        ...{ host: '127.0.0.1', port: server.port, database: '', user: 'sizes', password },
        tls: 'off',
      },
      'yagura test',
    );
    expect(await readSchemas(session)).toEqual(['empty_one', 'shop']);
    await session.close();
    expect((await read('empty_one', 'sizes')).tables).toEqual([]);
  });
});
