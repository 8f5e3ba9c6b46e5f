import { beforeAll, describe, expect, test } from 'vitest';
import type { InventoryTable } from '@/lib/inventory/inventory';
import { loadParser, parsePostgres } from './parse-postgres';
import { readNeedlessJoins } from './read-needless-joins';

beforeAll(loadParser);

const table = (
  name: string,
  columns: string[],
  keys: { unique?: string[]; foreign?: [string, string][]; nullable?: string[] } = {},
) =>
  ({
    ...{ schema: 'shop', name, kind: 'table' },
    columns: columns.map((column) => ({
      name: column,
      not_null: !(keys.nullable ?? []).includes(column),
    })),
    indexes: (keys.unique ?? []).map((column) => ({
      ...{ name: `${name}_${column}_key`, unique: true, valid: true, predicate: null },
      columns: [column],
    })),
    foreign_keys: (keys.foreign ?? []).map(([column, other]) => ({
      ...{ name: `${name}_${column}_fkey`, columns: [column], validated: true },
      ...{ references: `shop.${other}`, referenced_columns: ['id'] },
    })),
  }) as unknown as InventoryTable;

const tables = [
  table('orders', ['id', 'customer_id', 'coupon_id', 'total'], {
    unique: ['id'],
    foreign: [
      ['customer_id', 'customer'],
      ['coupon_id', 'coupon'],
    ],
    nullable: ['coupon_id'],
  }),
  table('customer', ['id', 'name', 'city'], { unique: ['id'] }),
  table('coupon', ['id', 'code'], { unique: ['id'] }),
  table('item', ['order_id', 'price']),
];
const joins = (text: string) => {
  const parsed = parsePostgres(text);
  if (parsed === null) throw new Error(`not SQL: ${text}`);
  const found = readNeedlessJoins(
    parsed,
    (_, name) => tables.find((one) => one.name === name) ?? null,
  );
  return found.map(({ alias, by, key }) => `${alias} ${by} ${key}`);
};

describe('a join is needless', () => {
  test.each([
    [
      'over a foreign key that is never NULL',
      'select o.total from shop.orders o join shop.customer c on c.id = o.customer_id where o.id = $1',
      ['c inner orders_customer_id_fkey'],
    ],
    [
      'written the other way round, and in a count',
      'select count(*) from shop.orders o join shop.customer c on o.customer_id = c.id',
      ['c inner orders_customer_id_fkey'],
    ],
    [
      'to the left over a unique key, with a condition of its own',
      'select o.total from shop.orders o left join shop.coupon k on k.id = o.coupon_id',
      ['k left coupon_id_key'],
    ],
    [
      'beside one that is used',
      `select o.total, c.name from shop.orders o join shop.customer c on c.id = o.customer_id
       left join shop.coupon k on k.id = o.coupon_id`,
      ['k left coupon_id_key'],
    ],
  ])('%s', (_, text, found) => expect(joins(text)).toEqual(found));
});

describe('nothing is said of a join', () => {
  test.each([
    [
      'whose column is selected',
      'select c.name from orders o join customer c on c.id = o.customer_id',
    ],
    [
      'whose column filters',
      'select o.id from orders o join customer c on c.id = o.customer_id where c.city = $1',
    ],
    [
      'whose column sorts',
      'select o.id from orders o join customer c on c.id = o.customer_id order by c.name',
    ],
    [
      'whose column is used without its table',
      'select o.id from orders o join customer c on c.id = o.customer_id where city = $1',
    ],
    ['of everything', 'select * from orders o join customer c on c.id = o.customer_id'],
    ['of all columns of it', 'select c.* from orders o join customer c on c.id = o.customer_id'],
    ['of the whole row', 'select c from orders o join customer c on c.id = o.customer_id'],
    [
      'in a subquery that looks at it',
      'select o.id from orders o join customer c on c.id = o.customer_id where exists (select 1 from item i where i.order_id = o.id and c.city = $1)',
    ],
    [
      'that removes rows without a reference',
      'select o.id from orders o join coupon k on k.id = o.coupon_id',
    ],
    ['that may multiply rows', 'select o.id from orders o left join item i on i.order_id = o.id'],
    [
      'with another condition',
      'select o.id from orders o join customer c on c.id = o.customer_id and c.city = $1',
    ],
    ['on an expression', 'select o.id from orders o join customer c on c.id = o.customer_id + 1'],
    [
      'that others join through',
      'select o.id from orders o left join coupon k on k.id = o.coupon_id join item i on i.order_id = k.id',
    ],
    [
      'after rows that an outer join made up',
      'select i.price from item i left join orders o on o.id = i.order_id join customer c on c.id = o.customer_id where o.total > $1',
    ],
    ['that locks', 'select o.id from orders o join customer c on c.id = o.customer_id for update'],
    ['by USING', 'select o.id from orders o join customer c using (id)'],
    [
      'of a table that is not known',
      'select o.id from orders o join other c on c.id = o.customer_id',
    ],
    [
      'of a CTE',
      'with customer as (select 1 as id) select o.id from orders o join customer c on c.id = o.customer_id',
    ],
  ])('%s', (_, text) => expect(joins(text)).toEqual([]));
});
