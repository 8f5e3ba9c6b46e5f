/** Statements whose plans show one thing each; all are run on the demo's shop. */
export type PlanCase = {
  name: string;
  sql: string;
  /** Settings of the transaction alone. */
  set?: string[];
  /** Estimates alone, nothing executed. */
  plain?: true;
  only?: 15 | 18;
  /** Since this version. */
  from?: number;
};

export const planCases: readonly PlanCase[] = [
  { name: 'trivial', sql: 'select * from shop.customer where id = 42' },
  { name: 'seq-scan', sql: 'select id from shop.orders where customer_id = 17' },
  {
    name: 'seq-scan-planned',
    plain: true,
    sql: `select id from shop.orders where customer_id = 17 and status = 'it''s'`,
  },
  {
    name: 'parallel',
    set: ['parallel_setup_cost = 0', 'parallel_tuple_cost = 0', 'min_parallel_table_scan_size = 0'],
    sql: 'select status, count(*) from shop.orders group by status',
  },
  {
    name: 'parallel-sort',
    set: [
      ...['parallel_setup_cost = 0', 'parallel_tuple_cost = 0', 'min_parallel_table_scan_size = 0'],
      ...['work_mem = 64', `enable_incremental_sort = off`],
    ],
    sql: 'select * from shop.orders order by total_cents',
  },
  {
    name: 'parallel-join',
    set: ['parallel_setup_cost = 0', 'parallel_tuple_cost = 0', 'min_parallel_table_scan_size = 0'],
    sql: `select c.city, count(*) from shop.orders o join shop.customer c on c.id = o.customer_id
          where o.total_cents > 20000 group by c.city order by 2 desc`,
  },
  {
    name: 'workers-missing',
    set: [
      ...['parallel_setup_cost = 0', 'parallel_tuple_cost = 0', 'min_parallel_table_scan_size = 0'],
      'max_parallel_workers = 0',
    ],
    sql: 'select count(*) from shop.orders where total_cents > 100',
  },
  {
    name: 'bitmap',
    set: ['enable_seqscan = off', 'enable_indexscan = off'],
    sql: `select * from shop.orders where status = 'paid' and created_at > now() - interval '30 days'`,
  },
  {
    name: 'bitmap-lossy',
    set: ['enable_seqscan = off', 'enable_indexscan = off', 'work_mem = 64'],
    sql: `select id from shop.wide where kind = 3`,
  },
  {
    name: 'sub-plan-repeated',
    sql: `select c.id, (select count(*) from shop.parcel p where p.town = c.id) from shop.customer c where c.id < 120`,
  },
  {
    name: 'cte-spill',
    set: ['work_mem = 64'],
    sql: `with all_orders as materialized (select * from shop.orders) select count(*), max(a.id) from all_orders a`,
  },
  {
    name: 'filter-discards',
    set: ['enable_seqscan = off', 'enable_bitmapscan = off'],
    sql: `select id from shop.orders where created_at > now() - interval '300 days' and total_cents = 777`,
  },
  {
    name: 'bitmap-or',
    set: ['enable_seqscan = off', 'enable_indexscan = off'],
    sql: `select id from shop.orders where id < 100 or id between 5000 and 5100`,
  },
  {
    name: 'index-only',
    sql: 'select count(*) from shop.order_item where order_id between 10 and 500',
  },
  {
    name: 'index-only-heap',
    set: ['enable_seqscan = off', 'enable_bitmapscan = off'],
    sql: 'select id from shop.stale where id < 15000',
  },
  { name: 'backward', sql: 'select id from shop.orders order by id desc limit 5' },
  {
    name: 'nested-loop',
    set: ['enable_hashjoin = off', 'enable_mergejoin = off', 'enable_memoize = off'],
    sql: `select o.id, p.name from shop.orders o join shop.order_item i on i.order_id = o.id
          join shop.product p on p.id = i.product_id where o.id < 20000`,
  },
  {
    name: 'nested-seq-scan',
    set: ['enable_memoize = off', 'enable_material = off'],
    sql: `select c.name, p.id from shop.customer c,
          lateral (select id from shop.parcel where id = c.id offset 0) p where c.id < 120`,
  },
  {
    name: 'memoize',
    set: ['enable_hashjoin = off', 'enable_mergejoin = off'],
    sql: `select i.line, p.name from shop.order_item i join shop.product p on p.id = i.product_id where i.order_id < 5000`,
  },
  {
    name: 'hash-join',
    sql: `select c.name, o.id from shop.orders o left join shop.customer c on c.id = o.customer_id and c.city = 'Osaka'`,
  },
  {
    name: 'hash-batches',
    set: ['work_mem = 256', 'enable_mergejoin = off'],
    sql: `select c.name, o.id from shop.orders o join shop.customer c on c.id = o.customer_id`,
  },
  {
    name: 'merge-join',
    set: ['enable_hashjoin = off', 'enable_nestloop = off'],
    sql: `select o.id, i.line from shop.orders o join shop.order_item i on i.order_id = o.id where o.id < 1000`,
  },
  {
    name: 'anti-join',
    sql: `select p.id from shop.product p where not exists (select from shop.order_item i where i.product_id = p.id and i.quantity > 2)`,
  },
  {
    name: 'external-sort',
    set: ['work_mem = 1024'],
    sql: 'select * from shop.orders order by total_cents, status',
  },
  { name: 'memory-sort', sql: 'select * from shop.product order by price_cents' },
  {
    name: 'incremental-sort',
    sql: 'select * from shop.orders order by created_at, total_cents limit 500',
  },
  {
    name: 'incremental-join-sort',
    set: ['enable_hashjoin = off'],
    sql: 'select order_id, product_id from shop.order_item where order_id < 3000 order by order_id, product_id',
  },
  {
    name: 'hash-aggregate-spill',
    set: ['work_mem = 256', 'enable_sort = off'],
    sql: 'select customer_id, sum(total_cents) from shop.orders group by customer_id',
  },
  {
    name: 'grouping-sets',
    sql: `select status, customer_id % 10, count(*) from shop.orders group by grouping sets ((status), (customer_id % 10), ())`,
  },
  {
    name: 'cte',
    sql: `with recent as materialized (select * from shop.orders where created_at > now() - interval '60 days')
          select count(*) from recent a join recent b using (customer_id) where a.status = 'paid'`,
  },
  {
    name: 'init-plan',
    sql: `select id from shop.orders where total_cents = (select max(total_cents) from shop.orders)`,
  },
  {
    name: 'sub-plan',
    sql: `select p.id, (select count(*) from shop.orders o where o.id = p.id) from shop.product p where p.id < 200`,
  },
  {
    name: 'hashed-sub-plan',
    sql: `select id from shop.product where id not in (select product_id from shop.order_item where quantity = 1)`,
  },
  {
    name: 'partitions-pruned',
    set: ['plan_cache_mode = force_generic_plan'],
    sql: `select count(*) from shop.visit where at >= (select date '2025-06-01') and at < (select date '2025-07-01')`,
  },
  {
    name: 'partitions-not-pruned',
    sql: `select count(*) from shop.visit where date_trunc('month', at) = timestamptz '2025-06-01'`,
  },
  {
    name: 'partitions-fixed',
    sql: `select count(*) from shop.visit where at = date '2025-06-01'`,
  },
  {
    name: 'update',
    sql: `update shop.orders set status = 'done' where id between 10 and 400`,
  },
  {
    name: 'insert',
    sql: `insert into shop.stock (product_id, left_over) select id, 1 from shop.product on conflict (product_id) do nothing`,
  },
  {
    name: 'delete-trigger',
    sql: `delete from shop.parcel_town where id < 40`,
  },
  {
    name: 'merge',
    from: 15,
    sql: `merge into shop.stock s using shop.product p on p.id = s.product_id
          when matched and p.id < 50 then update set left_over = 2 when not matched then insert values (p.id, 1)`,
  },
  {
    name: 'recursive',
    sql: `with recursive tree as (select id, parent, 1 as depth from shop.category where id = 1
          union all select c.id, c.parent, depth + 1 from shop.category c join tree t on c.parent = t.id)
          select depth, count(*) from tree group by depth`,
  },
  {
    name: 'window',
    sql: `select id, rank() over (partition by customer_id order by total_cents desc) from shop.orders where id < 5000`,
  },
  {
    name: 'window-limit',
    sql: `select * from (select id, row_number() over (order by id) as n from shop.orders) x where n <= 10`,
  },
  {
    name: 'jit',
    only: 15,
    set: [
      'jit = on',
      'jit_above_cost = 0',
      'jit_inline_above_cost = 0',
      'jit_optimize_above_cost = 0',
    ],
    sql: 'select status, sum(total_cents * 2) from shop.orders where total_cents > 5 and id < 3000 group by status',
  },
  {
    name: 'never-executed',
    set: ['enable_hashjoin = off', 'enable_mergejoin = off'],
    sql: `select * from shop.orders o join shop.customer c on c.id = o.customer_id where o.id = -1`,
  },
  {
    name: 'misestimate',
    sql: `select p.id, v.page from shop.parcel p join shop.visit v on v.customer_id = p.id
          where p.town = 5 and p.post_code = 35 and v.page < 40`,
  },
  {
    name: 'leading-column',
    set: ['enable_indexscan = off', 'enable_bitmapscan = off'],
    sql: `select id from shop.customer where area_code = 'TYO' and created_at > now()`,
  },
  {
    name: 'function-in-the-way',
    sql: `select id from shop.customer where lower(email) = 'customer77@example.com'`,
  },
  {
    name: 'cast-in-the-way',
    sql: `select id from shop.customer where id::text = '77'`,
  },
  {
    name: 'append-union',
    sql: `select id from shop.orders where id < 20 union all select id from shop.product where id < 30 order by 1`,
  },
  {
    name: 'intersect',
    sql: `select id from shop.product intersect select product_id from shop.order_item where order_id < 100`,
  },
  {
    name: 'functions',
    sql: `select g, v from generate_series(1, 20) g, (values (1), (2)) v (v), lateral (select 1 offset 0) l where g % 2 = 0 limit 4`,
  },
  {
    name: 'disabled',
    only: 18,
    set: ['enable_seqscan = off'],
    sql: `select max(total_cents) from shop.orders`,
  },
  {
    name: 'lock-rows',
    sql: `select id from shop.stock join shop.product p on p.id = product_id where p.id < 10 for update`,
  },
  {
    name: 'tid-and-sample',
    sql: `select id from shop.product tablesample system (50) where ctid < '(40,1)' order by price_cents limit 3`,
  },
  {
    name: 'append-many',
    set: ['enable_partitionwise_aggregate = on'],
    sql: `select at, count(*) from shop.visit group by at order by at limit 10`,
  },
];
