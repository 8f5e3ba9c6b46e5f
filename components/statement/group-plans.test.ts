import { expect, it } from 'vitest';
import { comparison, groupPlans } from './group-plans';

const plan = (
  id: string,
  captured_at: number,
  shape: string,
  instance = '1',
  duration_ms: number | null = null,
) => ({
  id,
  engine: 'postgres',
  statement: 's',
  instance,
  captured_at,
  checked_at: captured_at,
  generic: true,
  shape,
  duration_ms,
  total_cost: 1,
});

it('shows a plan found again once, and a new shape as a change', () => {
  const groups = groupPlans([
    plan('a', 1, 'x'),
    plan('b', 2, 'x'),
    plan('c', 3, 'y'),
    plan('d', 4, 'x'),
  ]);
  expect(groups.map(({ plan: { id }, times, changed }) => [id, times, changed])).toEqual([
    ['d', 1, true],
    ['c', 1, true],
    ['b', 2, false],
  ]);
  expect(groups[2]?.since).toBe(1);
  expect(groups.map(comparison)).toEqual([
    '/plans/compare?a=c&b=d',
    '/plans/compare?a=b&b=c',
    '/plans/b',
  ]);
});

it('does not call the plan of an execution a change of what was only planned', () => {
  const groups = groupPlans([plan('a', 1, 'x'), plan('b', 2, 'y', '1', 340), plan('c', 3, 'x')]);
  expect(groups.map(({ plan: { id }, times, changed }) => [id, times, changed])).toEqual([
    ['c', 2, false],
    ['b', 1, false],
  ]);
});

it('does not call the plan of another instance a change', () => {
  expect(groupPlans([plan('a', 1, 'x'), plan('b', 2, 'y', '2')]).some((g) => g.changed)).toBe(
    false,
  );
});
