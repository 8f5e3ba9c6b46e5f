/** The warehouse's tables on MariaDB: small, and with faults of its own to be found. */
import type mysql from 'mysql2/promise';
import { mysqlAccountScript } from '@/lib/inventory/mysql-account-script';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { adjectives, nouns } from '../words';

export type WarehousePasswords = { app: string; monitor: string; explain: string };

/** Logins of the warehouse's applications. */
export const warehouseUsers = ['picking', 'receiving', 'planning'] as const;
export type WarehouseUser = (typeof warehouseUsers)[number];

/** Raised when the tables change: a warehouse of an older make is built anew. */
const madeAs = 1;

/** Rows: 4,000 articles, 12,000 places, 60,000 movements. The same on every machine (crc32 instead of a random number). */
const build = [
  'drop database if exists warehouse',
  'create database warehouse character set utf8mb4',
  'create table warehouse.digit (d int primary key) engine = InnoDB',
  'insert into warehouse.digit values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)',
  `create table warehouse.article (
    id int primary key, name varchar(80) not null, weight_g int not null, active tinyint not null,
    key article_name (name),
    -- On purpose: the primary key begins with it already.
    key article_id_again (id))`,
  `insert into warehouse.article
    select n, concat(elt(1 + n % 8, ${adjectives.map((word) => `'${word}'`).join(', ')}), ' ',
      elt(1 + n div 8 % 8, ${nouns.map((word) => `'${word}'`).join(', ')}), ' ', n), 50 + crc32(n) % 9000, n % 10 <> 0
    from (select 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d as n
      from warehouse.digit a, warehouse.digit b, warehouse.digit c, warehouse.digit e where e.d < 4) as number`,
  `create table warehouse.place (
    id int primary key, article_id int not null, aisle int not null, on_hand int not null, key place_article (article_id))`,
  `insert into warehouse.place
    select 3 * (a.id - 1) + t.d + 1, a.id, crc32(a.id) % 40, 100000 from warehouse.article a join warehouse.digit t on t.d < 3`,
  // Missing on purpose: an index on movement (article_id).
  `create table warehouse.movement (
    id bigint auto_increment primary key, article_id int not null, place_id int not null, quantity int not null,
    reason varchar(20) not null, at datetime(3) not null, key movement_at (at))`,
  `insert into warehouse.movement (article_id, place_id, quantity, reason, at)
    select 1 + crc32(concat(p.id, t.d)) % 4000, p.id, 1 + t.d, elt(1 + t.d % 3, 'picked', 'received', 'counted'),
      now(3) - interval 5 * p.id minute
    from warehouse.place p join warehouse.digit t on t.d < 5`,
  'create table warehouse.made (made_as int primary key)',
  `insert into warehouse.made values (${madeAs})`,
];

const rights: Record<WarehouseUser, string> = {
  picking: 'select, insert, update',
  receiving: 'select, insert, update, delete',
  planning: 'select, create temporary tables',
};

/** Makes the warehouse, its logins, and the least-privilege accounts that Yagura uses, unless they are there. */
export async function buildWarehouse(
  server: RunningMysql,
  passwords: WarehousePasswords,
): Promise<void> {
  const made = await server.query('select made_as from warehouse.made').then(
    (rows) => rows[0]?.made_as,
    () => null,
  );
  if (made !== madeAs) for (const statement of build) await server.query(statement);
  const accounts = mysqlAccountScript({
    flavour: server.flavour,
    user: 'yagura',
    host: '127.0.0.1',
    requireTls: false,
    explainUser: 'yagura_explain',
  })
    .replace('<SCHEMA>', 'warehouse')
    .split(/;\n/);
  for (const user of ['yagura', 'yagura_explain', ...warehouseUsers])
    await server.query(`drop user if exists '${user}'@'127.0.0.1'`);
  for (const statement of accounts) {
    const password = statement.includes('yagura_explain') ? passwords.explain : passwords.monitor;
    await server.query(statement.replace('<PASSWORD>', password));
  }
  for (const user of warehouseUsers) {
    const account = `'${user}'@'127.0.0.1'`;
    await server.query(`create user ${account} identified by '${passwords.app}'`);
    await server.query(`grant ${rights[user]} on warehouse.* to ${account}`);
  }
}

export type Work = (
  db: mysql.Connection,
  random: () => number,
  linger: (ms: number) => Promise<boolean>,
) => Promise<void>;
