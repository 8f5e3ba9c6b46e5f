import { expect, test } from 'vitest';
import { comparePlans } from './compare-plans';
import { planFindings } from './plan-findings';
import { planShape } from './plan-shape';
import { readPostgresPlan, withoutLiterals } from './read-postgres-plan';

const scan = (more: object = {}) => [
  {
    Plan: {
      'Node Type': 'Seq Scan',
      'Relation Name': 'orders',
      Schema: 'shop',
      'Startup Cost': 0,
      'Total Cost': 2000.5,
      'Plan Rows': 3,
      'Plan Width': 40,
      Filter: '(customer_id = $1)',
      ...more,
    },
  },
];

test.each([
  ["(name = 'CANARY'::text)", '(name = ?::text)'],
  ["(name ~~ 'it''s %'::text)", '(name ~~ ?::text)'],
  ['(id = 42)', '(id = ?)'],
  ['(price > -1.5e10)', '(price > ?)'],
  ['(t1.col2 = $1)', '(t1.col2 = $1)'],
  [`("odd 7 name" = 7)`, `("odd 7 name" = ?)`],
  ["(x = ANY ('{1,2}'::integer[]))", '(x = ANY (?::integer[]))'],
])('%s is kept as %s', (given, kept) => {
  expect(withoutLiterals(given)).toBe(kept);
});

test('a plan is read into the shared vocabulary', () => {
  expect(readPostgresPlan(scan())).toMatchObject({
    type: 'Seq Scan',
    relation: 'shop.orders',
    cost: 2000.5,
    rows_estimated: 3,
    rows_actual: null,
    time_ms: null,
    details: [{ name: 'Filter', value: '(customer_id = $1)' }],
  });
});

test('what is not a plan is refused', () => {
  for (const json of [null, [], [{}], 'plan', [{ Plan: 1 }]])
    expect(() => readPostgresPlan(json)).toThrow(/holds no plan/);
});

test('a plan of 6,000 nodes is cut at 5,000', () => {
  const child = { 'Node Type': 'Result' };
  const wide = [{ Plan: { 'Node Type': 'Append', Plans: new Array(6000).fill(child) } }];
  expect(readPostgresPlan(wide).children.length).toBeLessThanOrEqual(5000);
});

test('a selective scan of a large table is found, one of a small table is not', () => {
  const plan = readPostgresPlan(scan());
  const kinds = (rows: number) =>
    planFindings(plan, 'select id from t', { 'shop.orders': rows }).map((one) => one.kind);
  expect(kinds(100_000)).toEqual(['selective_seq_scan']);
  expect(kinds(500)).toEqual([]);
  expect(planFindings(plan, 'select id from t')).toEqual([]);
});

test('the shape tells an index scan from a sequential one and ignores costs', () => {
  const a = readPostgresPlan(scan());
  const b = readPostgresPlan(scan({ 'Node Type': 'Index Scan', 'Index Name': 'i' }));
  expect(planShape(a)).toBe(planShape(readPostgresPlan(scan({ 'Total Cost': 1 }))));
  expect(planShape(a)).not.toBe(planShape(b));
  expect(comparePlans(a, b).map((one) => one.kind)).toEqual(['changed']);
  expect(comparePlans(a, a).map((one) => one.kind)).toEqual(['same']);
});
