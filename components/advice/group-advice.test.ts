import { expect, test } from 'vitest';
import type { AdviceItem } from '@/lib/contract';
import { groupAdvice, tableHref } from './group-advice';

const item = (id: string, kind: AdviceItem['kind']) => ({ id, kind }) as AdviceItem;

test('kinds come in the order of their most valuable item', () => {
  const groups = groupAdvice([
    item('1', 'missing_index'),
    item('2', 'unused_index'),
    item('3', 'missing_index'),
  ]);
  expect(groups.map(({ kind, items }) => [kind, items.map(({ id }) => id)])).toEqual([
    ['missing_index', ['1', '3']],
    ['unused_index', ['2']],
  ]);
});

test('a table is one part of the address, whatever its name holds', () => {
  expect(tableHref('/clusters/1', 'My Shop.a/b')).toBe('/clusters/1/tables/My%20Shop.a%2Fb');
});
