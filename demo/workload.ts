/** What the shop's applications do all day, good and bad habits alike. */
import { setMaxListeners } from 'node:events';
import pg from 'pg';
import { dayMs, rushAt, seededRandom, wait } from './rhythm';
import { type ShopRole, searchWord } from './shop';

type Db = pg.Client;
type Actor = {
  application: string;
  role: ShopRole;
  on: 'primary' | 'standby';
  /** Mean pause between two rounds at the day's peak; longer when the shop is quiet. */
  pauseMs: number;
  /** Pauses of a fixed length do not follow the rhythm. */
  steady?: boolean;
  work: (db: Db, random: () => number, stop: AbortSignal) => Promise<void>;
};

const pick = (random: () => number, n: number) => 1 + Math.floor(random() * n);
/** Few products are in great demand, so that their rows are fought over. */
const popular = (random: () => number) => 1 + Math.floor(random() ** 3 * 40);

async function viewProduct(db: Db, random: () => number) {
  const id = pick(random, 4000);
  await db.query('select id, name, description, price_cents from shop.product where id = $1', [id]);
  await db.query('select left_over from shop.stock where product_id = $1', [id]);
  if (random() < 0.05)
    await db.query('select count(*) from shop.order_item where product_id = $1', [id]);
}

/** Leading wildcard: no index can serve it. */
async function search(db: Db, random: () => number) {
  await db.query(
    'select id, name, price_cents from shop.product where description ilike $1 order by price_cents limit 20',
    [`%${searchWord(random)}%`],
  );
}

/** orders (customer_id) has no index: each call reads the whole table. */
async function customerOrders(db: Db, random: () => number) {
  const orders = await db.query<{ id: string }>(
    'select * from shop.orders where customer_id = $1 order by created_at desc limit 20',
    [pick(random, 40000)],
  );
  // N+1: one query for each order, where a join would do.
  for (const order of orders.rows)
    await db.query('select * from shop.order_item where order_id = $1', [order.id]);
}

/** N+1 over the last orders: the list, then lines and customer of each. */
async function recentOrders(db: Db) {
  const orders = await db.query<{ id: string; customer_id: string }>(
    'select id, customer_id from shop.orders order by created_at desc limit 25',
  );
  for (const order of orders.rows) {
    await db.query('select * from shop.order_item where order_id = $1', [order.id]);
    await db.query('select name, city from shop.customer where id = $1', [order.customer_id]);
  }
}

async function placeOrder(db: Db, random: () => number) {
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

/** A double click: the second registration breaks the unique e-mail. */
async function registerTwice(db: Db, random: () => number) {
  await db.query('insert into shop.customer (email, name, city) values ($1, $2, $3)', [
    `customer${pick(random, 40000)}@example.com`,
    'Customer again',
    'Tokyo',
  ]);
}

/** Sorts more than work_mem holds. */
async function monthlyReport(db: Db) {
  await db.query(
    `select date_trunc('day', o.created_at) as day, c.city, sum(i.quantity * i.price_cents) as revenue,
            count(distinct o.customer_id) as customers
     from shop.orders o join shop.order_item i on i.order_id = o.id join shop.customer c on c.id = o.customer_id
     where o.created_at > now() - interval '200 days'
     group by 1, 2 order by revenue desc`,
  );
}

/** Somebody edits stock by hand and goes for a coffee: idle in transaction, holding a row that checkout needs. */
async function coffeeBreak(db: Db, random: () => number, stop: AbortSignal) {
  await db.query('begin');
  await db.query('update shop.stock set left_over = left_over + 10 where product_id = $1', [
    popular(random),
  ]);
  await wait(25_000 + random() * 20_000, stop);
  await db.query('rollback');
}

/** Re-prices the catalogue and touches many orders: a burst of WAL that the standby has to swallow. */
async function nightlyBatch(db: Db) {
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

const actors: Actor[] = [
  { application: 'storefront', role: 'storefront', on: 'primary', pauseMs: 25, work: viewProduct },
  { application: 'storefront', role: 'storefront', on: 'primary', pauseMs: 60, work: viewProduct },
  { application: 'search', role: 'storefront', on: 'primary', pauseMs: 120, work: search },
  {
    application: 'orders-api',
    role: 'orders_api',
    on: 'primary',
    pauseMs: 200,
    work: customerOrders,
  },
  {
    application: 'orders-api',
    role: 'orders_api',
    on: 'standby',
    pauseMs: 500,
    work: recentOrders,
  },
  { application: 'checkout', role: 'checkout', on: 'primary', pauseMs: 350, work: placeOrder },
  { application: 'checkout', role: 'checkout', on: 'primary', pauseMs: 350, work: placeOrder },
  { application: 'checkout', role: 'checkout', on: 'primary', pauseMs: 500, work: placeOrder },
  { application: 'signup', role: 'checkout', on: 'primary', pauseMs: 6000, work: registerTwice },
  {
    application: 'admin-report',
    role: 'back_office',
    on: 'standby',
    pauseMs: 30_000,
    steady: true,
    work: monthlyReport,
  },
  {
    application: 'admin-console',
    role: 'back_office',
    on: 'primary',
    pauseMs: 150_000,
    steady: true,
    work: coffeeBreak,
  },
  {
    application: 'nightly-batch',
    role: 'batch',
    on: 'primary',
    pauseMs: dayMs / 3,
    steady: true,
    work: nightlyBatch,
  },
];

/** Rejected by the shop's own rules, a deadlock or a recovery conflict: part of the picture, not a fault of the demo. */
const expectedErrors = new Set(['23505', '40P01', '40001', '57014', '55P03']);

export type Connect = (on: Actor['on'], role: ShopRole, application: string) => pg.ClientConfig;

/** Runs every application of the shop until stopped; each holds one connection and reconnects when it is lost. */
export async function runWorkload(
  connect: Connect,
  stop: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  setMaxListeners(0, stop); // Each actor waits on the same signal.
  await Promise.all(actors.map((actor, index) => live(actor, index, connect, stop, log)));
}

async function live(
  actor: Actor,
  index: number,
  connect: Connect,
  stop: AbortSignal,
  log: (line: string) => void,
) {
  const random = seededRandom(1000 + index);
  while (!stop.aborted) {
    const db = new pg.Client(connect(actor.on, actor.role, actor.application));
    db.on('error', () => {}); // A lost connection also rejects the query in flight, which is where it is handled.
    try {
      await db.connect();
      await rounds(actor, db, random, stop);
    } catch (error) {
      if (!stop.aborted) log(`${actor.application}: ${(error as Error).message}`);
    } finally {
      await db.end().catch(() => {});
    }
    await wait(2000, stop);
  }
}

async function rounds(actor: Actor, db: Db, random: () => number, stop: AbortSignal) {
  while (!stop.aborted) {
    const mean = actor.steady ? actor.pauseMs : actor.pauseMs / rushAt(Date.now());
    if (await wait(mean * (0.5 + random()), stop)) return;
    try {
      await actor.work(db, random, stop);
    } catch (error) {
      if (!expectedErrors.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
}
