/**
 * The demo's shop in MySQL's and MariaDB's words, filled the same way at every run: no random(), so both flavours hold
 * the same rows. Statements are separated by `;` at the end of a line.
 */
export const mysqlShop = `
  create database shop character set utf8mb4;
  use shop;
  create table digit (n int primary key);
  insert into digit values (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);
  create table number (n int primary key);
  insert into number
    select a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n + 1
    from digit a, digit b, digit c, digit d, digit e;
  create table customer (
    id bigint not null auto_increment primary key, email varchar(120) not null unique, name varchar(80) not null,
    city varchar(40) not null, area_code varchar(10) not null, phone varchar(20) not null, created_at datetime not null,
    key customer_city_area (city, area_code), key customer_phone (phone), key customer_created_at (created_at));
  insert into customer
    select n, concat('customer', n, '@example.com'), concat('Customer ', n), concat('City ', n % 24), concat('A', n % 24),
      concat('09', n), timestamp '2026-01-01 00:00:00' - interval n % 400 day from number where n <= 40000;
  create table product (id bigint not null primary key, name varchar(80) not null, description text not null,
    price_cents int not null, code varchar(20) character set utf8mb4 collate utf8mb4_bin not null, key product_code (code));
  insert into product
    select n, concat('Product ', n), repeat('words ', 20), n * 7 % 9000 + 1, concat('P', n) from number where n <= 1000;
  create table orders (
    id bigint not null primary key, customer_id bigint not null, status varchar(12) not null, total_cents int not null,
    created_at datetime not null, key orders_created_at (created_at), key orders_status (status));
  insert into orders
    select n, n * 17 % 40000 + 1, elt(1 + (n % 100 > 2) + (n % 100 > 10) + (n % 100 > 20), 'lost', 'new', 'paid', 'sent'),
      n * 31 % 30000, timestamp '2026-01-01 00:00:00' - interval n minute from number;
  create table order_item (
    order_id bigint not null, line int not null, product_id bigint not null, quantity int not null, price_cents int not null,
    primary key (order_id, line));
  insert into order_item select n, 1, n % 1000 + 1, n % 5, n % 9000 from number where n <= 60000;
  insert into order_item select n, 2, n % 1000 + 1, n % 5, n % 9000 from number where n <= 30000;
  create table code_list (
    code varchar(20) character set utf8mb4 collate utf8mb4_general_ci not null, note varchar(20) not null, key code_list_code (code));
  insert into code_list select concat('P', n), concat('note ', n) from number where n <= 5000;
  create table visit (id bigint not null, at date not null, customer_id bigint not null, page int not null, primary key (id, at))
    partition by range columns (at) (
      partition p2024 values less than ('2025-01-01'), partition p2025 values less than ('2026-01-01'),
      partition p2026 values less than ('2027-01-01'));
  insert into visit select n, date '2024-01-01' + interval n % 1000 day, n % 40000 + 1, n % 50 from number where n <= 60000;
  create table parcel (id int not null primary key, town int not null, post_code int not null, label varchar(80) not null);
  insert into parcel select n, n % 100, n % 100 * 7, repeat('x', 60) from number where n <= 50000;
  create table parcel_way (id int not null primary key, town int not null);
  insert into parcel_way select n, n % 300 from number where n <= 20000;
  create table town (id int not null primary key, name varchar(40) not null);
  insert into town select n, concat('town ', n) from number where n <= 300;
  create table category (id int not null primary key, parent int, key category_parent (parent));
  insert into category select n, nullif(n div 3, 0) from number where n <= 300;
  analyze table customer, product, orders, order_item, code_list, visit, parcel, parcel_way, town, category;
`;

export const mysqlShopStatements = (): string[] =>
  mysqlShop
    .split(/;\n/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
