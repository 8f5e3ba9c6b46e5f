/** The demo fleet: a small shop on real servers, so that everything a dashboard should reveal is there to be found. */
import type { Client } from 'pg';
import pg from 'pg';
import { logFunctionSql } from '@/collectors/postgres/log/log-source';
import { adjectives, nouns, places } from './words';

/** Roles that the shop's applications sign in with; each has only what its work needs. */
export const shopRoles = ['storefront', 'checkout', 'orders_api', 'back_office', 'batch'] as const;
export type ShopRole = (typeof shopRoles)[number];

/** Raised when the tables change: a shop of an older make is built anew. */
const madeAs = 3;

/** Rows: 40,000 customers (the first 4,000 are regulars with some 16 orders each), 4,000 products, 100,000 orders, 250,000 order items. The same on every machine (fixed seed). */
const tables = `
  create schema shop;
  create table shop.customer (
    id bigint generated always as identity primary key, email text not null unique, name text not null,
    city text not null, area_code text not null, created_at timestamptz not null default now());
  -- On purpose: two teams made the same index.
  create index customer_created_at on shop.customer (created_at);
  create index customer_created_at_newest on shop.customer (created_at);
  create table shop.product (
    id bigint generated always as identity primary key, name text not null, description text not null,
    price_cents int not null check (price_cents > 0), updated_at timestamptz not null default now());
  create table shop.stock (product_id bigint primary key references shop.product, left_over int not null);
  create table shop.orders (
    id bigint generated always as identity primary key, customer_id bigint not null references shop.customer,
    status text not null, total_cents int not null, created_at timestamptz not null);
  create index orders_created_at on shop.orders (created_at);
  -- On purpose: nothing searches by status alone; the index makes each change of a status dearer.
  create index orders_status on shop.orders (status);
  -- Missing on purpose: an index on orders (customer_id), and one on order_item (product_id).
  create table shop.order_item (
    order_id bigint not null references shop.orders on delete cascade, line int not null,
    product_id bigint not null references shop.product, quantity int not null, price_cents int not null,
    primary key (order_id, line));
  create table shop.page_view (viewed_at timestamptz not null, product_id bigint not null, referrer text)
    partition by range (viewed_at);
  create index page_view_viewed_at on shop.page_view (viewed_at);
  -- On purpose: nobody makes partitions ahead. After tomorrow all views go into the default one.
  create table shop.page_view_default partition of shop.page_view default;
  do $$ begin
    for day in -5 .. 1 loop
      execute format('create table shop.%I partition of shop.page_view for values from (%L) to (%L)',
        'page_view_' || to_char(current_date + day, 'YYYYMMDD'), current_date + day, current_date + day + 1);
    end loop;
  end $$;
`;

const rows = `
  select setseed(0.42);
  insert into shop.customer (email, name, city, area_code, created_at)
    select 'customer' || i || '@example.com', 'Customer ' || i, ($1::text[])[place], ($2::text[])[place],
           now() - random() * interval '400 days'
    from (select i, 1 + floor(random() * 24)::int as place from generate_series(1, 40000) i) customer;
  insert into shop.product (name, description, price_cents)
    select ($1::text[])[1 + (i % 8)] || ' ' || ($2::text[])[1 + (i / 8 % 8)] || ' ' || i,
           'A ' || lower(($1::text[])[1 + (i % 8)]) || ' ' || lower(($2::text[])[1 + (i / 8 % 8)]) || ' for every day, model ' || md5(i::text),
           100 + (random() * 20000)::int
    from generate_series(1, 4000) i;
  insert into shop.stock select id, 1000000 from shop.product;
  insert into shop.orders (customer_id, status, total_cents, created_at)
    select 1 + floor(random() * case when i % 5 < 3 then 4000 else 40000 end)::int, (array['paid','sent','done','returned'])[1 + (random() * 3)::int],
           500 + (random() * 30000)::int, now() - (100000 - i) * interval '5 minutes'
    from generate_series(1, 100000) i;
  insert into shop.order_item
    select 1 + (i - 1) * 2 / 5, 1 + (i - 1) % 5, 1 + (random() * 3999)::int, 1 + (random() * 3)::int, 100 + (random() * 20000)::int
    from generate_series(1, 250000) i
    on conflict do nothing;
  insert into shop.page_view
    select now() - random() * interval '5 days', 1 + floor(random() * 4000)::int, case when i % 3 = 0 then 'search' end
    from generate_series(1, 50000) i;
`;

const grants = `
  grant usage on schema shop to storefront, checkout, orders_api, back_office, batch, yagura_explain;
  grant select on all tables in schema shop to storefront, checkout, orders_api, back_office, batch, yagura_explain;
  grant insert on shop.customer, shop.orders, shop.order_item to checkout;
  grant insert on shop.page_view to storefront;
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
    -- On purpose: too little for the report's sort, which spills to disk.
    alter role back_office set work_mem = '1MB';
    -- Plans of its few statements are logged earlier than those of others: an estimate that is wrong is seen in them.
    alter role back_office set auto_explain.log_min_duration = '10ms';
    alter role yagura set statement_timeout = '10s';
    alter role yagura set lock_timeout = '100ms';
    alter role yagura set idle_in_transaction_session_timeout = '10s';
    alter role yagura set default_transaction_read_only = on;`);
  const there = await superuser.query(`select from pg_database where datname = 'shop'`);
  if (there.rowCount === 0) await superuser.query('create database shop');
  const shop = await connect('shop');
  try {
    await shop.query('create extension if not exists pg_stat_statements');
    await shop.query(logFunctionSql('yagura'));
    const built = await shop.query('select shop_built_marker() as as_of').catch(() => null);
    if (built?.rows[0]?.as_of === madeAs) return;
    await shop.query('drop schema if exists shop cascade');
    await shop.query('begin');
    await shop.query(tables);
    for (const statement of rows.split(';\n').filter((text) => text.trim() !== '')) {
      const words = /into shop.customer/.test(statement)
        ? [places.map(([city]) => city), places.map(([, code]) => code)]
        : [adjectives, nouns];
      await shop.query(statement, statement.includes('$1') ? words : []);
    }
    await shop.query(grants);
    await shop.query(
      `create or replace function shop_built_marker() returns int language sql immutable as 'select ${madeAs}'`,
    );
    await shop.query('commit');
    // The use of indexes counts from here: filling the tables is no use of them.
    await shop.query('select pg_stat_reset()');
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
