import { expect, test } from 'vitest';
import { index, inventory, table } from '@/lib/advice/made-up';
import { indexChanges } from './index-changes';

const of = (...tables: Parameters<typeof inventory>[0]) => inventory(tables);
const orders = (...indexes: ReturnType<typeof index>[]) => table('orders', { indexes });

test('an index that came and one that went are changes, each once', () => {
  const before = of(orders(index('a', ['a'])));
  const after = of(orders(index('b', ['b'])));
  expect(
    indexChanges(before, after).map(({ kind, table: of, index: name }) => [kind, of, name]),
  ).toEqual([
    ['index_created', 'shop.orders', 'b'],
    ['index_dropped', 'shop.orders', 'a'],
  ]);
  expect(indexChanges(after, after)).toEqual([]);
});

test('an index counts when it is ready, not while it is built', () => {
  const building = of(orders(index('a', ['a'], { valid: false })));
  const built = of(orders(index('a', ['a'])));
  expect(indexChanges(of(orders()), building)).toEqual([]);
  expect(indexChanges(building, built)).toMatchObject([{ kind: 'index_created', index: 'a' }]);
});

test('what came or went with its table is not named', () => {
  const other = table('other', { indexes: [index('o', ['id'])] });
  expect(indexChanges(of(orders()), of(orders(), other))).toEqual([]);
  expect(indexChanges(of(orders(), other), of(orders()))).toEqual([]);
});
