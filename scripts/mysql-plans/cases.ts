/** Statements whose plans show one thing each; all are run on the shop of schema.ts. */
export type MysqlPlanCase = {
  name: string;
  sql: string;
  /** Settings of the session, by flavour where they differ. */
  set?: string[];
  mysqlSet?: string[];
  mariadbSet?: string[];
  only?: 'mysql' | 'mariadb';
  /** Never executed: it writes, or takes too long. */
  plain?: true;
};

export const mysqlPlanCases: readonly MysqlPlanCase[] = [
  { name: 'trivial', sql: 'select * from customer where id = 42' },
  { name: 'impossible', sql: 'select id from customer where 1 = 0' },
  { name: 'no-table', sql: 'select 1 + 1' },
  { name: 'seq-scan', sql: 'select id from orders where customer_id = 17' },
  { name: 'whole-table', sql: 'select id, total_cents from orders' },
  { name: 'range', sql: `select id from orders where created_at > '2025-12-31 12:00:00'` },
  { name: 'index-lookup', sql: `select id, total_cents from orders where status = 'lost'` },
  { name: 'covering', sql: `select id from orders where status = 'lost'` },
  {
    name: 'index-condition',
    sql: `select id, name from customer where city = 'City 7' and area_code like '%7'`,
  },
  {
    name: 'index-merge',
    sql: `select id, name from customer where phone = '0917' or email = 'customer77@example.com'`,
  },
  { name: 'index-scan', sql: 'select city, count(*) from customer group by city' },
  {
    name: 'nested-loop',
    sql: `select c.name, o.id, o.total_cents from orders o join customer c on c.id = o.customer_id
          where o.created_at > '2025-12-31'`,
  },
  {
    name: 'left-join',
    sql: `select c.name, t.name from customer c left join town t on t.id = c.id where c.city = 'City 3'`,
  },
  {
    name: 'hash-join',
    sql: `select count(*) from orders o join parcel_way w on w.town = o.total_cents where o.status = 'lost'`,
  },
  {
    name: 'nested-seq-scan',
    sql: `select straight_join count(*) from town t join parcel_way w on w.town = t.id`,
    mysqlSet: [`optimizer_switch = 'block_nested_loop=off'`],
    mariadbSet: ['join_cache_level = 0'],
  },
  {
    name: 'filesort',
    sql: 'select id, total_cents from orders order by total_cents',
  },
  {
    name: 'filesort-spill',
    sql: `select id, total_cents, status from orders order by total_cents, id desc`,
    set: ['sort_buffer_size = 32768'],
  },
  { name: 'filesort-limit', sql: 'select id from orders order by total_cents desc limit 10' },
  {
    name: 'temporary-group',
    sql: 'select total_cents, count(*) from orders group by total_cents',
  },
  {
    name: 'temporary-sort',
    sql: 'select customer_id, sum(total_cents) s from orders group by customer_id order by s desc limit 5',
  },
  { name: 'distinct', sql: 'select distinct total_cents from orders where id < 5000' },
  {
    name: 'rollup',
    sql: 'select city, area_code, count(*) from customer group by city, area_code with rollup',
  },
  {
    name: 'union',
    sql: `select id from customer where city = 'City 1' union select id from product where price_cents < 100`,
  },
  {
    name: 'union-all',
    sql: `select id from customer where city = 'City 1' union all select id from product where price_cents < 100`,
  },
  {
    name: 'derived',
    sql: `select d.city, d.n from (select city, count(*) n from customer group by city) d where d.n > 100`,
  },
  {
    name: 'cte',
    sql: `with big as (select customer_id, sum(total_cents) s from orders where id < 20000 group by customer_id)
          select a.customer_id from big a join big b on b.customer_id = a.customer_id where a.s > 1000`,
  },
  {
    name: 'recursive',
    sql: `with recursive up (id, parent) as (select id, parent from category where id = 250
          union all select c.id, c.parent from category c join up on c.id = up.parent) select * from up`,
  },
  {
    name: 'window',
    sql: `select id, rank() over (partition by status order by total_cents) from orders where id < 20000`,
  },
  {
    name: 'dependent-subquery',
    sql: `select t.id, (select count(*) from parcel_way w where w.town = t.id) from town t`,
  },
  {
    name: 'scalar-subquery',
    sql: `select id from orders where total_cents > (select max(price_cents) from product) and id < 3000`,
  },
  {
    name: 'semi-join',
    sql: `select c.id from customer c where c.city = 'City 2' and exists
          (select 1 from order_item i where i.order_id = c.id)`,
  },
  {
    name: 'in-materialized',
    sql: `select id from product where id in (select product_id from order_item where quantity = 3)`,
  },
  {
    name: 'anti-join',
    sql: `select t.id from town t where not exists (select 1 from category c where c.id = t.id)`,
  },
  {
    name: 'filter-discards',
    sql: `select id from orders where created_at > '2025-11-01' and total_cents = 77`,
  },
  {
    name: 'function-in-the-way',
    sql: `select id from customer where lower(phone) = '0917'`,
  },
  {
    name: 'date-function-in-the-way',
    sql: `select id, total_cents from orders where year(created_at) = 2024`,
  },
  {
    name: 'cast-in-the-way',
    sql: `select id, name from customer where phone = 917`,
  },
  {
    name: 'collation-in-the-way',
    sql: 'select c.note from product p join code_list c on c.code = p.code where p.price_cents = 8',
  },
  {
    name: 'leading-column',
    sql: `select id, name from customer where area_code = 'A7'`,
  },
  { name: 'like', sql: `select id from customer where name like '%omer 77%'` },
  {
    name: 'partitions-pruned',
    sql: `select id from visit where at >= '2025-03-01' and at < '2025-04-01' and page = 3`,
  },
  {
    name: 'partitions-not-pruned',
    sql: `select id from visit where date_format(at, '%Y-%m') = '2025-03'`,
  },
  {
    name: 'misestimate',
    sql: `select p.id from parcel p where p.town = 7 and p.post_code = 49 and p.label like 'x%' and p.id > 10`,
  },
  {
    name: 'misestimate-join',
    sql: `select count(*) from parcel p join town t on t.id = p.town
          where p.town = 7 and p.post_code = 49 and p.label like 'x%' and left(p.label, 2) = 'xx'`,
  },
  {
    name: 'join-buffer',
    sql: `select count(*) from customer c join code_list l on l.note = c.name where c.city = 'City 5'`,
  },
  {
    name: 'never-executed',
    sql: `select o.id from orders o join town t on t.id = o.id where o.id = 200000`,
  },
  {
    name: 'hash-join-cache',
    only: 'mariadb',
    mariadbSet: ['join_cache_level = 4'],
    sql: `select count(*) from orders o join parcel_way w on w.town = o.total_cents where o.status = 'lost'`,
  },
  { name: 'optimized-away', sql: 'select max(created_at), min(created_at) from orders' },
  {
    name: 'intersect',
    sql: `select id from customer where city = 'City 1' intersect select id from product`,
  },
  {
    name: 'except',
    sql: `select id from town except select parent from category where parent is not null`,
  },
  {
    name: 'order-of-union',
    sql: `(select id from town where id < 9) union all (select id from category where id < 9) order by id limit 3`,
  },
  {
    name: 'merge-intersection',
    sql: `select count(*) from orders where status = 'lost' and created_at > '2025-12-20' and created_at < '2025-12-30'`,
  },
  {
    name: 'loose-scan',
    sql: 'select city, min(area_code) from customer group by city',
  },
  {
    name: 'index-skip-scan',
    sql: `select city, area_code from customer where area_code = 'A7'`,
  },
  {
    name: 'range-checked',
    sql: 'select count(*) from town t join orders o on o.created_at > t.name and o.total_cents < 5',
  },
  {
    name: 'left-join-derived',
    sql: `select t.id, d.n from town t left join (select town, count(*) n from parcel_way group by town) d on d.town = t.id`,
  },
  {
    name: 'not-in',
    sql: `select id from town where id not in (select town from parcel_way where id < 100)`,
  },
  {
    name: 'in-list-long',
    sql: `select id from orders where customer_id in (${Array.from({ length: 40 }, (_, i) => i * 3).join(', ')})`,
  },
  { name: 'count-distinct', sql: 'select count(distinct customer_id) from orders' },
  {
    name: 'having',
    sql: `select status, count(*) from orders group by status having count(*) > 5000 order by 2 desc`,
  },
  { name: 'backward', sql: 'select id from orders order by created_at desc limit 5' },
  { name: 'fulltext-none', sql: `select id from product where description regexp 'model 7'` },
  { name: 'update', plain: true, sql: `update orders set status = 'sent' where customer_id = 7` },
  { name: 'delete', plain: true, sql: `delete from order_item where product_id = 7` },
  {
    name: 'insert-select',
    plain: true,
    sql: `insert into town select id, name from product where id > 900000`,
  },
  { name: 'locking', plain: true, sql: 'select id from orders where id = 3 for update' },
];
