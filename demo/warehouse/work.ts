/** What the warehouse's applications do, good and bad habits alike. */
import { pick, popular } from '../work';
import type { WarehouseUser, Work } from './warehouse';

export type Actor = {
  application: string;
  user: WarehouseUser;
  on: 'primary' | 'replica';
  pauseMs: number;
  work: Work;
};

const findPlaces: Work = async (db, random) => {
  await db.query(
    'select p.id, p.aisle, p.on_hand from place p where p.article_id = ? order by p.on_hand desc',
    [pick(random, 4000)],
  );
};

/** Few articles are in great demand: their rows are waited for. */
const pickOrder: Work = async (db, random, linger) => {
  await db.beginTransaction();
  const article = popular(random);
  await db.query('update place set on_hand = on_hand - 1 where article_id = ? limit 1', [article]);
  await linger(20 + 60 * random());
  await db.query(
    `insert into movement (article_id, place_id, quantity, reason, at) values (?, ?, 1, 'picked', now(3))`,
    [article, 3 * article],
  );
  await db.commit();
};

const receiveGoods: Work = async (db, random) => {
  const article = pick(random, 4000);
  await db.beginTransaction();
  await db.query('update place set on_hand = on_hand + ? where id = ?', [10, 3 * article]);
  await db.query(
    `insert into movement (article_id, place_id, quantity, reason, at) values (?, ?, 10, 'received', now(3))`,
    [article, 3 * article],
  );
  await db.commit();
};

/** Deletes as much as comes in, so that a demo that runs for weeks stays small. */
const forgetOld: Work = async (db) => {
  await db.query('delete from movement where at < now(3) - interval 45 day limit 1000');
  await db.query(
    'delete from movement where id < (select m.low from (select max(id) - 80000 as low from movement) m) limit 1000',
  );
};

/** Two articles in either order: now and then two receivers wait for each other. */
const moveBetween: Work = async (db, random, linger) => {
  const [one, other] = [pick(random, 4), pick(random, 4)];
  await db.beginTransaction();
  await db.query('update place set on_hand = on_hand - 1 where id = ?', [one]);
  await linger(30);
  await db.query('update place set on_hand = on_hand + 1 where id = ?', [other]);
  await db.commit();
};

/** Reads all movements: no index begins with article_id. */
const history: Work = async (db, random) => {
  await db.query(
    'select at, reason, quantity from movement where article_id = ? order by at desc limit 20',
    [pick(random, 4000)],
  );
};

/** A leading wildcard: no index helps. */
const search: Work = async (db, random) => {
  await db.query(`select id, name from article where name like ? limit 20`, [
    `%${pick(random, 400)}%`,
  ]);
};

/** Groups into a temporary table and sorts it. */
const turnover: Work = async (db) => {
  await db.query(
    `select a.name, m.reason, sum(m.quantity) as moved, count(distinct m.place_id) as places
     from movement m join article a on a.id = m.article_id
     group by a.name, m.reason order by moved desc limit 50`,
  );
};

export const actors: Actor[] = [
  { application: 'picking', user: 'picking', on: 'primary', pauseMs: 60, work: findPlaces },
  { application: 'picking', user: 'picking', on: 'primary', pauseMs: 250, work: pickOrder },
  { application: 'picking', user: 'picking', on: 'primary', pauseMs: 250, work: pickOrder },
  { application: 'receiving', user: 'receiving', on: 'primary', pauseMs: 500, work: receiveGoods },
  { application: 'receiving', user: 'receiving', on: 'primary', pauseMs: 2500, work: moveBetween },
  { application: 'receiving', user: 'receiving', on: 'primary', pauseMs: 2500, work: moveBetween },
  { application: 'tidying', user: 'receiving', on: 'primary', pauseMs: 60_000, work: forgetOld },
  { application: 'planning', user: 'planning', on: 'primary', pauseMs: 1500, work: history },
  { application: 'planning', user: 'planning', on: 'replica', pauseMs: 900, work: search },
  { application: 'planning', user: 'planning', on: 'replica', pauseMs: 20_000, work: turnover },
];
