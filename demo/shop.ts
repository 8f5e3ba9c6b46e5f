/** The demo fleet: a small shop on real servers, so that everything a dashboard should reveal is there to be found. */
import type { Client } from 'pg';
import pg from 'pg';

/** Roles that the shop's applications sign in with; each has only what its work needs. */
export const shopRoles = ['storefront', 'checkout', 'orders_api', 'back_office', 'batch'] as const;
export type ShopRole = (typeof shopRoles)[number];

const adjectives = ['Iron', 'Silent', 'Autumn', 'River', 'Golden', 'Paper', 'Stone', 'Early'];
const nouns = ['Kettle', 'Lantern', 'Umbrella', 'Notebook', 'Teapot', 'Blanket', 'Chair', 'Brush'];

/** Rows: 40,000 customers, 4,000 products, 100,000 orders, 250,000 order items. The same on every machine (fixed seed). */
const tables = `
  create schema shop;
  create table shop.customer (
    id bigint generated always as identity primary key, email text not null unique, name text not null,
    city text not null, created_at timestamptz not null default now());
  create table shop.product (
    id bigint generated always as identity primary key, name text not null, description text not null,
    price_cents int not null check (price_cents > 0), updated_at timestamptz not null default now());
  create table shop.stock (product_id bigint primary key references shop.product, left_over int not null);
  create table shop.orders (
    id bigint generated always as identity primary key, customer_id bigint not null references shop.customer,
    status text not null, total_cents int not null, created_at timestamptz not null);
  create index orders_created_at on shop.orders (created_at);
  -- Missing on purpose: an index on orders (customer_id).
  create table shop.order_item (
    order_id bigint not null references shop.orders on delete cascade, line int not null,
    product_id bigint not null references shop.product, quantity int not null, price_cents int not null,
    primary key (order_id, line));
`;

const rows = `
  select setseed(0.42);
  insert into shop.customer (email, name, city, created_at)
    select 'customer' || i || '@example.com', 'Customer ' || i,
           (array['Tokyo','Osaka','Kyoto','Nagoya','Sapporo','Fukuoka','Sendai','Kobe'])[1 + (random() * 7)::int],
           now() - random() * interval '400 days'
    from generate_series(1, 40000) i;
  insert into shop.product (name, description, price_cents)
    select ($1::text[])[1 + (i % 8)] || ' ' || ($2::text[])[1 + (i / 8 % 8)] || ' ' || i,
           'A ' || lower(($1::text[])[1 + (i % 8)]) || ' ' || lower(($2::text[])[1 + (i / 8 % 8)]) || ' for every day, model ' || md5(i::text),
           100 + (random() * 20000)::int
    from generate_series(1, 4000) i;
  insert into shop.stock select id, 1000000 from shop.product;
  insert into shop.orders (customer_id, status, total_cents, created_at)
    select 1 + (random() * 39999)::int, (array['paid','sent','done','returned'])[1 + (random() * 3)::int],
           500 + (random() * 30000)::int, now() - (100000 - i) * interval '5 minutes'
    from generate_series(1, 100000) i;
  insert into shop.order_item
    select 1 + (i - 1) * 2 / 5, 1 + (i - 1) % 5, 1 + (random() * 3999)::int, 1 + (random() * 3)::int, 100 + (random() * 20000)::int
    from generate_series(1, 250000) i
    on conflict do nothing;
`;

const grants = `
  grant usage on schema shop to storefront, checkout, orders_api, back_office, batch, yagura_explain;
  grant select on all tables in schema shop to storefront, checkout, orders_api, back_office, batch, yagura_explain;
  grant insert on shop.customer, shop.orders, shop.order_item to checkout;
  grant update on shop.stock to checkout, back_office;
  grant update on shop.orders, shop.product to back_office, batch;
  grant delete on shop.orders, shop.order_item to batch;
`;

export type ShopPasswords = {
  app: string;
  monitor: string;
  explain: string;
};

/**
 * Makes the shop's database, its roles, and the least-privilege logins that Yagura uses, unless they are there.
 * @param superuser connected to the maintenance database of the primary
 * @param connect opens a superuser's connection to a database of the same server
 */
export async function buildShop(
  superuser: Client,
  connect: (database: string) => Promise<Client>,
  passwords: ShopPasswords,
): Promise<void> {
  const literal = pg.escapeLiteral;
  for (const role of shopRoles) await createLogin(superuser, role, literal(passwords.app), '');
  await createLogin(superuser, 'yagura', literal(passwords.monitor), 'connection limit 3');
  await createLogin(superuser, 'yagura_explain', literal(passwords.explain), 'connection limit 1');
  await superuser.query(`
    grant pg_monitor to yagura;
    alter role yagura set statement_timeout = '10s';
    alter role yagura set lock_timeout = '100ms';
    alter role yagura set idle_in_transaction_session_timeout = '10s';
    alter role yagura set default_transaction_read_only = on;`);
  const there = await superuser.query(`select from pg_database where datname = 'shop'`);
  if (there.rowCount === 0) await superuser.query('create database shop');
  const shop = await connect('shop');
  try {
    await shop.query('create extension if not exists pg_stat_statements');
    const built = await shop.query(`select from shop_built_marker()`).catch(() => null);
    if (built !== null) return;
    await shop.query('drop schema if exists shop cascade');
    await shop.query('begin');
    await shop.query(tables);
    for (const statement of rows.split(';\n').filter((text) => text.trim() !== '')) {
      await shop.query(statement, statement.includes('$1') ? [adjectives, nouns] : []);
    }
    await shop.query(grants);
    await shop.query(
      `create function shop_built_marker() returns int language sql immutable return 1`,
    );
    await shop.query('commit');
    await shop.query('vacuum analyze');
  } finally {
    await shop.end();
  }
}

async function createLogin(superuser: Client, role: string, password: string, extra: string) {
  const there = await superuser.query('select from pg_roles where rolname = $1', [role]);
  const verb = there.rowCount === 0 ? 'create' : 'alter';
  await superuser.query(`${verb} role ${role} login inherit password ${password} ${extra}`);
}

/** A word that occurs in product names, for the search that uses a leading wildcard. */
export function searchWord(random: () => number): string {
  const words = [...adjectives, ...nouns];
  return (words[Math.floor(random() * words.length)] ?? 'Kettle').toLowerCase();
}
