import { expect, test } from 'vitest';
import type { PlanNode } from '@/lib/contract';
import { fixtureNames, readFixture } from '@/scripts/read-plan-fixture';
import { comparePlans } from './compare-plans';
import { readExplain } from './read-explain';

const plan = (text: string): PlanNode => readExplain(text).root;
const said = (a: PlanNode, b: PlanNode) =>
  comparePlans(a, b).map(
    ({ kind, type_a, type_b, relation }) =>
      `${kind} ${[...new Set([type_a, type_b])].filter(Boolean).join(' > ')}${relation ? ` ${relation}` : ''}`,
  );

const joined = plan(`
Hash Join
  ->  Seq Scan on orders
  ->  Hash
        ->  Seq Scan on customer`);

test('a plan has no difference from itself, and every step is told once', () => {
  for (const name of fixtureNames()) {
    const { root } = readExplain(JSON.stringify(readFixture(name).json));
    const all = comparePlans(root, root);
    expect(all.every(({ kind, node_a, node_b }) => kind === 'same' && node_a === node_b)).toBe(
      true,
    );
  }
});

test('an inserted step leaves all others matched', () => {
  const more = plan(`
Limit
  ->  Sort
        ->  Hash Join
              ->  Seq Scan on orders
              ->  Hash
                    ->  Seq Scan on customer`);
  expect(said(joined, more)).toEqual([
    'added Limit',
    'added Sort',
    'same Hash Join',
    'same Seq Scan orders',
    'same Hash',
    'same Seq Scan customer',
  ]);
  expect(said(more, joined).slice(0, 3)).toEqual([
    'removed Limit',
    'removed Sort',
    'same Hash Join',
  ]);
  expect(comparePlans(joined, more)[3]).toMatchObject({ node_a: '0.0', node_b: '0.0.0.0' });
});

test('another join method and another scan are changes, not new steps', () => {
  const loop = plan(`
Nested Loop
  ->  Seq Scan on orders
  ->  Index Scan using customer_pkey on customer`);
  expect(said(joined, loop)).toEqual([
    'changed Hash Join > Nested Loop',
    'same Seq Scan orders',
    'removed Hash',
    'changed Seq Scan > Index Scan customer',
  ]);
});

test('sides that changed places are the same steps', () => {
  const turned = plan(`
Hash Join
  ->  Seq Scan on customer
  ->  Hash
        ->  Seq Scan on orders`);
  const kinds = comparePlans(joined, turned).map(({ kind, relation }) => [relation, kind]);
  expect(kinds).toContainEqual(['orders', 'same']);
  expect(kinds).toContainEqual(['customer', 'same']);
  expect(kinds.filter(([, kind]) => kind === 'changed')).toEqual([]);
});

test('every step of both plans is told exactly once, however different they are', () => {
  const names = fixtureNames();
  const roots = names.map((name) => readExplain(JSON.stringify(readFixture(name).json)).root);
  const count = (node: PlanNode): number =>
    1 + node.children.reduce((sum, one) => sum + count(one), 0);
  for (const [index, a] of roots.entries()) {
    const b = roots[(index * 7 + 3) % roots.length] as PlanNode;
    const all = comparePlans(a, b);
    const [lefts, rights] = [all.map((one) => one.node_a), all.map((one) => one.node_b)].map(
      (paths) => paths.filter((path) => path !== null),
    );
    expect(new Set(lefts).size).toBe(count(a));
    expect(lefts).toHaveLength(count(a));
    expect(new Set(rights).size).toBe(count(b));
    expect(rights).toHaveLength(count(b));
  }
});
