/** What the shop's applications do all day, as it should be done. */
import { type Db, pick, popular } from './work';

export async function viewProduct(db: Db, random: () => number) {
  const id = pick(random, 4000);
  await db.query('select id, name, description, price_cents from shop.product where id = $1', [id]);
  await db.query('select left_over from shop.stock where product_id = $1', [id]);
  if (random() < 0.2)
    await db.query(
      'insert into shop.page_view (viewed_at, product_id, referrer) values (now(), $1, $2)',
      [id, random() < 0.3 ? 'search' : null],
    );
  if (random() < 0.05)
    await db.query('select count(*) from shop.order_item where product_id = $1', [id]);
}

export async function placeOrder(db: Db, random: () => number) {
  const lines = Array.from({ length: pick(random, 3) }, () => popular(random));
  await db.query('begin');
  try {
    const order = await db.query<{ id: string }>(
      `insert into shop.orders (customer_id, status, total_cents, created_at)
       values ($1, 'paid', $2, now()) returning id`,
      [pick(random, 40000), 500 + pick(random, 30000)],
    );
    for (const [index, product] of lines.entries()) {
      // Locks stock rows in the order of the basket: two baskets can deadlock.
      await db.query('update shop.stock set left_over = left_over - 1 where product_id = $1', [
        product,
      ]);
      await db.query(
        `insert into shop.order_item (order_id, line, product_id, quantity, price_cents)
         select $1, $2, id, 1, price_cents from shop.product where id = $3`,
        [order.rows[0]?.id, index + 1, product],
      );
    }
    await db.query('commit');
  } catch (error) {
    await db.query('rollback');
    throw error;
  }
}

/** Re-prices the catalogue and touches many orders: a burst of WAL that the standby has to swallow. */
export async function nightlyBatch(db: Db) {
  // On purpose: every row is written again, also those whose price stays.
  await db.query('update shop.product set price_cents = price_cents, updated_at = now()');
  await db.query(
    `update shop.orders set status = 'done' where id in
       (select id from shop.orders where status <> 'done' order by created_at limit 30000)`,
  );
  await db.query(
    `update shop.orders set status = 'sent' where id in (select id from shop.orders order by created_at desc limit 30000)`,
  );
  // Keeps the shop at its size.
  await db.query(
    `delete from shop.orders where id <= (select max(id) - 110000 from shop.orders) and id >
       (select min(id) - 1 from shop.orders)`,
  );
}

/** Greets those who came last. */
export async function newestCustomers(db: Db) {
  await db.query('select id, name from shop.customer order by created_at desc limit 10');
}
