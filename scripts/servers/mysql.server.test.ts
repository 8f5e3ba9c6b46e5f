import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { startMariadb, startMariadbReplica, whyNoMariadb } from './mariadb';
import { startMysql, startMysqlReplica, whyNoMysql } from './mysql';
import type { RunningMysql } from './mysql-server';

const kinds = [
  { name: 'MySQL', why: await whyNoMysql(), start: startMysql, follow: startMysqlReplica },
  { name: 'MariaDB', why: await whyNoMariadb(), start: startMariadb, follow: startMariadbReplica },
];

describe.each(kinds)('a test server of $name', ({ why, start, follow }) => {
  const running: RunningMysql[] = [];
  afterAll(async () => {
    for (const server of running.reverse()) await server.stop();
  });

  it.skipIf(why)(`runs, has a replica, and comes back after restarts and kill -9`, async () => {
    const primary = await start({ config: { max_connections: '33' } });
    running.push(primary);
    const replica = await follow(primary);
    running.push(replica);
    await primary.query('create database shop');
    await primary.query('create table shop.item (id int primary key)');
    await primary.query('insert into shop.item values (1), (2)');
    expect(await arrives(replica, 2)).toBe(2);

    await primary.restart({ max_connections: '44' });
    expect(await primary.query('select @@max_connections as n')).toEqual([{ n: 44 }]);
    await primary.kill();
    await expect(primary.query('select 1')).rejects.toThrow();
    await primary.restart();
    await primary.query('insert into shop.item values (3)');
    expect(await arrives(replica, 3)).toBe(3);
    expect(await replica.query('select @@read_only as it')).toEqual([{ it: 1 }]);
  });
});

async function arrives(replica: RunningMysql, rows: number): Promise<number> {
  let seen = 0;
  for (const deadline = Date.now() + 20_000; seen < rows && Date.now() < deadline; await sleep(100))
    seen = await replica.query('select count(*) as n from shop.item').then(
      (found) => Number(found[0]?.n),
      () => 0,
    );
  return seen;
}
