/** What a statement's text says of the columns it compares, joins and sorts by. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { FindTable, TableUse } from '@/lib/advice/table-use';
import { loadParser, parsePostgres } from './parse-postgres';
import { readPredicates } from './read-predicates';

beforeAll(loadParser);

const tables: Record<string, string[]> = {
  'shop.orders': ['id', 'customer_id', 'status', 'total', 'created_at'],
  'shop.customer': ['id', 'email', 'name', 'created_at'],
  'shop.order_item': ['order_id', 'line', 'product_id'],
};
const find: FindTable = (schema, name) => {
  const full = Object.keys(tables).find((one) =>
    schema ? one === `${schema}.${name}` : one.endsWith(`.${name}`),
  );
  return full ? { name: full, columns: new Set(tables[full]) } : null;
};

/** What is not ordinary of each use, `table: equal a; range b; join c; order d desc; limit; * ; by e (function)`. */
function said(sql: string): string[] {
  const parsed = parsePostgres(sql);
  if (!parsed) throw new Error(`not SQL: ${sql}`);
  return readPredicates(parsed, find).map(describeUse);
}
function describeUse(use: TableUse): string {
  const parts = [
    ...(use.equal.length ? [`equal ${use.equal.join(' ')}`] : []),
    ...(use.several.length ? [`several ${use.several.join(' ')}`] : []),
    ...(use.range.length ? [`range ${use.range.join(' ')}`] : []),
    ...(use.join.length ? [`join ${use.join.join(' ')}`] : []),
    ...(use.order.length
      ? [`order ${use.order.map(({ column, desc }) => column + (desc ? ' desc' : '')).join(' ')}`]
      : []),
    ...(use.limited ? ['limit'] : []),
    ...use.in_the_way.map(({ column, by }) => `${by} ${column}`),
  ];
  return `${use.table.replace('shop.', '')}: ${parts.join('; ')}`;
}

describe('conditions', () => {
  test.each([
    ['select * from shop.orders where customer_id = $1', ['orders: equal customer_id']],
    ['select * from orders where $1 = customer_id', ['orders: equal customer_id']],
    [
      'select * from shop.orders where customer_id = $1 order by created_at desc limit 20',
      ['orders: equal customer_id; order created_at desc; limit'],
    ],
    [
      'select * from orders o where o.status = $1 and (o.created_at >= $2 and o.created_at < $3)',
      ['orders: equal status; range created_at'],
    ],
    ['select * from orders where status in ($1, $2)', ['orders: equal status; several status']],
    ['select * from orders where id = any($1)', ['orders: equal id; several id']],
    ['select * from orders where created_at between $1 and $2', ['orders: range created_at']],
    ['select * from orders where created_at > now() - $1::interval', ['orders: range created_at']],
    ['select * from orders where status = $1 or total = $2', ['orders: ']],
    ['select * from orders where not (status = $1)', ['orders: ']],
    ['select * from orders where status <> $1', ['orders: ']],
    ['select * from orders where total = id', ['orders: ']],
    ['update shop.orders set status = $1 where customer_id = $2', ['orders: equal customer_id']],
    ['delete from shop.orders where created_at < $1', ['orders: range created_at']],
    ['insert into x select * from orders where total = $1', ['orders: equal total']],
  ])('%s', (sql, uses) => expect(said(sql)).toEqual(uses));
});

describe('what is in the way of a column', () => {
  test.each([
    ['select * from customer where lower(email) = $1', ['customer: function email']],
    ['select * from orders where created_at::date = $1', ['orders: cast created_at']],
    ['select * from orders where total * 2 > $1', ['orders: expression total']],
    ['select * from customer where name like $1', ['customer: pattern name']],
    [
      'select * from orders where lower(status) = $1 and total = $2',
      ['orders: equal total; function status'],
    ],
  ])('%s', (sql, uses) => expect(said(sql)).toEqual(uses));
});

describe('joins, subqueries, names', () => {
  test.each([
    [
      'select c.name from orders o join customer c on c.id = o.customer_id where o.status = $1',
      ['orders: equal status; join customer_id', 'customer: join id'],
    ],
    [
      'select * from orders, customer c where customer_id = c.id and email = $1',
      ['orders: join customer_id', 'customer: equal email; join id'],
    ],
    [
      'select * from customer c left join orders o on o.customer_id = c.id and o.status = $1 and c.name = $2',
      ['customer: ', 'orders: equal status; join customer_id'],
    ],
    [
      'select * from orders o full join customer c on c.id = o.customer_id',
      ['orders: ', 'customer: '],
    ],
    [
      'select * from orders o where exists (select 1 from order_item i where i.order_id = o.id and i.product_id = $1)',
      ['orders: ', 'order_item: equal product_id; join order_id'],
    ],
    [
      'select * from orders where customer_id in (select id from customer where name = $1)',
      ['orders: join customer_id', 'customer: equal name'],
    ],
    [
      'with recent as (select * from orders where created_at > $1) select * from recent where status = $2',
      ['orders: range created_at'],
    ],
    ['with orders as (select 1 as status) select * from orders where status = $1', []],
    [
      'select * from (select * from orders where total = $1) x where status = $2',
      ['orders: equal total'],
    ],
    [
      'select id from orders where total = $1 union all select id from customer where name = $2',
      ['orders: equal total', 'customer: equal name'],
    ],
    [
      'select * from orders a join orders b using (customer_id) where a.total = $1',
      ['orders: equal total; join customer_id', 'orders: join customer_id'],
    ],
    // created_at is in both tables: PostgreSQL would refuse it, and nothing is guessed.
    ['select * from orders, customer where created_at = $1', ['orders: ', 'customer: ']],
    ['select * from nowhere where status = $1', []],
    ['select * from orders o, f($1) x where status = $2 and y = $3', ['orders: equal status']],
  ])('%s', (sql, uses) => expect(said(sql)).toEqual(uses));
});

describe('order', () => {
  test.each([
    ['select * from orders order by created_at, id desc', 'orders: order created_at id desc'],
    ['select * from orders order by created_at desc nulls last', 'orders: '],
    ['select * from orders order by created_at desc nulls first', 'orders: order created_at desc'],
    ['select total as created_at from orders order by created_at', 'orders: order total'],
    ['select total * 2 as created_at from orders order by created_at', 'orders: '],
    ['select * from orders order by lower(status)', 'orders: '],
    ['select status, count(*) from orders group by status order by status', 'orders: '],
  ])('%s', (sql, use) => expect(said(sql)).toEqual([use]));
  test('of columns of two tables is nobody’s', () => {
    expect(
      said(
        'select 1 from orders o join customer c on c.id = o.customer_id order by c.name, o.total',
      ),
    ).toEqual(['orders: join customer_id', 'customer: join id']);
  });
});

test('knows which columns a statement touches, and when it cannot know', () => {
  const columns = (sql: string) => readPredicates(parsePostgres(sql) ?? never(), find)[0]?.columns;
  expect(columns('select total from orders where status = $1 order by id')?.toSorted()).toEqual([
    'id',
    'status',
    'total',
  ]);
  expect(columns('select * from orders')).toBe(null);
  expect(columns('select o.* from orders o')).toBe(null);
  expect(columns('select count(*) from orders where total = $1')).toEqual(['total']);
  expect(columns('select unheard_of from orders')).toBe(null);
  expect(columns('update orders set status = $1 where id = $2')).toBe(null);
});

test('a hostile depth is not read, and does not throw', () => {
  const deep = `select 1 from orders where total = ${'(select '.repeat(200)} 1 ${')'.repeat(200)}`;
  const parsed = parsePostgres(deep);
  expect(parsed === null || readPredicates(parsed, find).length >= 0).toBe(true);
});

function never(): never {
  throw new Error('not SQL');
}
