import { expect, test } from 'vitest';
import { headroomOf, type ResourceUse } from './headroom';

const minute = 60_000;
const steady = (used: number | null, minutes = 60): ResourceUse['points'] =>
  Array.from({ length: minutes }, (_, i) => [i * minute, used] as const);

test.each([
  ['half of it fits twice', steady(0.5), 0.5, 2, null],
  ['all of it fits once', steady(1), 1, 1, null],
  ['more than all is still at its end', steady(1.2), 1.2, 1, null],
  ['nothing in use says nothing', steady(0), 0, null, 'unused'],
  ['never read', steady(null), null, null, 'not_measured'],
  ['no points', [], null, null, 'not_measured'],
  ['29 minutes', steady(0.5, 30), null, null, 'too_little'],
  ['30 minutes', steady(0.5, 31), 0.5, 2, null],
  [
    'mostly gaps',
    steady(0.5).map(([at], i) => [at, i % 3 === 0 ? 0.5 : null] as const),
    ...([null, null, 'too_little'] as const),
  ],
  [
    'one spike in an hour is not the load',
    steady(0.25).map(([at, used], i) => [at, i === 7 ? 1 : used] as const),
    ...([0.25, 4, null] as const),
  ],
] as const)('%s', (_, points, used, factor, unknown) => {
  expect(headroomOf([{ id: 'cpu', of: 'm', points }])).toEqual([
    { id: 'cpu', of: 'm', used, factor, unknown, atLeast: false },
  ]);
});

test('the nearest to its end comes first, the unknown last', () => {
  const found = headroomOf([
    { id: 'connections', of: 'a', points: [] },
    { id: 'cpu', of: 'm', points: steady(0.2) },
    { id: 'disk_busy', of: 'm', points: steady(0.8) },
  ]);
  expect(found.map(({ id }) => id)).toEqual(['disk_busy', 'cpu', 'connections']);
  expect(found[0]?.atLeast).toBe(true);
});
