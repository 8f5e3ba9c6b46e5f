/** What the shop's applications do badly: each fault is there on purpose, to be found. */

import { searchWord, somePlace } from './words';
import { type Db, type Linger, pick, popular } from './work';

/** On purpose: a leading wildcard, which no ordinary index can serve. */
export async function search(db: Db, random: () => number) {
  await db.query(
    'select id, name, price_cents from shop.product where description ilike $1 order by price_cents limit 20',
    [`%${searchWord(random)}%`],
  );
}

/** As sqlcommenter writes it (google.github.io/sqlcommenter): which part of the application asks. */
const tag = (route: string) => `/*application='orders-api',route='${encodeURIComponent(route)}'*/`;

/** On purpose: orders (customer_id) has no index, each call reads the whole table. Regulars look at their orders. */
export async function customerOrders(db: Db, random: () => number) {
  const orders = await db.query<{ id: string }>(
    `select * from shop.orders where customer_id = $1 order by created_at desc limit 20 ${tag('/customers/:id/orders')}`,
    [pick(random, 4000)],
  );
  // On purpose, N+1: one query for each order, where a join would do.
  for (const order of orders.rows)
    await db.query('select * from shop.order_item where order_id = $1', [order.id]);
}

/** On purpose: N+1 over the last orders: the list, then lines and customer of each. */
export async function recentOrders(db: Db) {
  const orders = await db.query<{ id: string; customer_id: string }>(
    `select id, customer_id from shop.orders order by created_at desc limit 25 ${tag('/orders/recent')}`,
  );
  for (const order of orders.rows) {
    await db.query('select * from shop.order_item where order_id = $1', [order.id]);
    await db.query(`select name, city from shop.customer where id = $1 ${tag('/orders/recent')}`, [
      order.customer_id,
    ]);
  }
}

/** On purpose, a double click: the second registration breaks the unique e-mail. */
export async function registerTwice(db: Db, random: () => number) {
  await db.query(
    'insert into shop.customer (email, name, city, area_code) values ($1, $2, $3, $4)',
    [`customer${pick(random, 40000)}@example.com`, 'Customer again', 'Tokyo', '03'],
  );
}

/** On purpose: sorts more than the work_mem of back_office holds, and spills to disk; joins products of which it shows nothing. */
export async function monthlyReport(db: Db) {
  await db.query(
    `select date_trunc('day', o.created_at) as day, c.city, sum(i.quantity * i.price_cents) as revenue,
            count(distinct o.customer_id) as customers
     from shop.orders o join shop.order_item i on i.order_id = o.id join shop.customer c on c.id = o.customer_id
       join shop.product p on p.id = i.product_id
     where o.created_at > now() - interval '200 days'
     group by 1, 2 order by revenue desc`,
  );
}

/** On purpose: somebody edits stock by hand and goes for a coffee: idle in transaction, holding a row that checkout needs. */
export async function coffeeBreak(db: Db, random: () => number, linger: Linger) {
  await db.query('begin');
  await db.query('update shop.stock set left_over = left_over + 10 where product_id = $1', [
    popular(random),
  ]);
  await linger(25_000 + random() * 20_000);
  await db.query('rollback');
}
/** On purpose: an export that reads a cursor slowly; its snapshot keeps vacuum from removing what changes meanwhile. */
export async function ledgerExport(db: Db, _random: () => number, linger: Linger) {
  await db.query('begin isolation level repeatable read read only');
  await db.query(
    'declare ledger cursor for select id, customer_id, total_cents, created_at from shop.orders order by id',
  );
  for (let part = 0; part < 90; part++) {
    await db.query('fetch 500 from ledger');
    if (await linger(2000)) break;
  }
  await db.query('rollback');
}

/** On purpose: filters two columns of which one follows from the other, so that the planner expects a few rows of many. */
export async function campaign(db: Db, random: () => number) {
  await db.query(
    `select c.id, c.email, max(o.created_at) as last_order
     from shop.customer c join shop.orders o on o.customer_id = c.id
     where c.city = $1 and c.area_code = $2 group by c.id, c.email order by last_order desc limit 100`,
    somePlace(random),
  );
}
