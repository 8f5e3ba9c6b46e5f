import { expect, it } from 'vitest';
import type { PlanNode } from '@/lib/contract';
import { readExplain } from '@/lib/plan/read-explain';
import { preparePlanText } from './prepare-plan-text';

const scan: PlanNode = {
  type: 'Seq Scan',
  relation: 'orders',
  index: null,
  cost: 42.5,
  startup_cost: 0,
  rows_estimated: 10,
  rows_actual: null,
  time_ms: null,
  width: 8,
  details: [{ name: 'Filter', value: '(id = $1)' }],
  children: [],
};

it('writes a plan as EXPLAIN does', () => {
  const root: PlanNode = {
    ...scan,
    type: 'Limit',
    relation: null,
    details: [],
    cost: 5,
    children: [scan],
  };
  expect(preparePlanText(root)).toBe(
    [
      'Limit  (cost=0.00..5.00 rows=10 width=8)',
      '  ->  Seq Scan on orders  (cost=0.00..42.50 rows=10 width=8)',
      '        Filter: (id = $1)',
    ].join('\n'),
  );
});

it('adds what was measured only when it was', () => {
  expect(preparePlanText({ ...scan, rows_actual: 7, time_ms: 1.5, details: [] })).toContain(
    '(actual time=1.500 rows=7)',
  );
});

it('says the time of all loops as that, and that a step was never executed', () => {
  const { root } = readExplain(
    'Limit  (cost=0.00..1.00 rows=1 width=4) (actual time=0.1..2.5 rows=3 loops=4)\n  ->  Result  (cost=0.00..1.00 rows=1 width=4) (never executed)',
  );
  expect(preparePlanText(root).split('\n')).toEqual([
    'Limit  (cost=0.00..1.00 rows=1 width=4) (actual rows=3 loops=4, 10.000 ms in all)',
    '  ->  Result  (cost=0.00..1.00 rows=1 width=4) (never executed)',
  ]);
});
