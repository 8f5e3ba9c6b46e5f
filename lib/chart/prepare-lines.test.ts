import { describe, expect, it } from 'vitest';
import { colorsOf, prepareLines, stackedAt } from './prepare-lines';
import { sparkPath, timeTicks, valueTicks } from './prepare-ticks';

const quantity = { unit: 'count' } as const;
const line = (identity: string, points: [number, number | null][]) => ({
  identity,
  name: identity,
  points,
});

describe('lines', () => {
  it('keeps gaps as gaps, said or skipped', () => {
    const chart = prepareLines({
      series: [
        line('a', [
          [0, 1],
          [10, null],
          [20, 2],
          [60, 3],
        ]),
      ],
      stepMs: 10,
      quantity,
    });
    expect(chart.rows.map((row) => [row.t, row.s0])).toEqual([
      [0, 1],
      [10, null],
      [20, 2],
      [30, null],
      [60, 3],
    ]);
  });
  it('shows the largest and the sum of the others', () => {
    const series = Array.from({ length: 12 }, (_, i) =>
      line(`n${i}`, [
        [0, i],
        [10, i === 0 ? null : i],
      ]),
    );
    const chart = prepareLines({ series, stepMs: 10, quantity });
    expect(chart.lines).toHaveLength(8);
    expect(chart.others).toBe(5);
    expect(chart.rows[0]?.others).toBe(0 + 1 + 2 + 3 + 4);
    expect(chart.lines.at(-1)).toMatchObject({ key: 'others', color: 0 });
  });
  it('says unknown for a moment nobody measured', () => {
    const chart = prepareLines({
      series: [line('a', [[0, 1]]), line('b', [[10, 2]])],
      stepMs: 10,
      quantity,
    });
    expect(chart.rows).toEqual([
      { t: 0, s0: 1, s1: null },
      { t: 10, s0: null, s1: 2 },
    ]);
    expect(prepareLines({ series: [], stepMs: 10, quantity }).highest).toBeNull();
  });
});

it('colours follow identity and never meet on one chart', () => {
  const [alone] = colorsOf(['replica-2']);
  expect(colorsOf(['replica-2', 'replica-1'])[0]).toBe(alone);
  expect(new Set(colorsOf(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])).size).toBe(8);
});

it('ticks are round, in the unit of the axis, from zero', () => {
  expect(valueTicks(90, 1)).toEqual([0, 25, 50, 75, 100]);
  expect(valueTicks(3 * 1024, 1024)).toEqual([0, 1024, 2048, 3072]);
  expect(valueTicks(null, 1)).toEqual([0, 1]);
  expect(timeTicks(0, 3_600_000, 6)).toEqual([
    0, 600_000, 1_200_000, 1_800_000, 2_400_000, 3_000_000, 3_600_000,
  ]);
});

it('a sparkline breaks where nothing is known', () => {
  expect(sparkPath([0, 2, null, 1], 30, 10)).toBe('M0.0 10.0L10.0 0.0M30.0 5.0h1');
  expect(sparkPath([null, null], 30, 10)).toBe('');
});

describe('a stack', () => {
  const stack = prepareLines({
    series: [
      {
        identity: 'a',
        name: 'a',
        points: [
          [0, 1],
          [10, null],
          [20, 4],
        ],
      },
      {
        identity: 'b',
        name: 'b',
        points: [
          [0, 2],
          [10, null],
          [20, null],
        ],
      },
    ],
    stepMs: 10,
    quantity: { unit: 'count' },
    stacked: true,
  });

  it('has each line on top of those before it, and leaves a gap where nothing is known', () => {
    const of = (place: number) => stack.rows.map((row) => stackedAt(row, stack.lines, place));
    expect(of(0)).toEqual([[0, 1], null, [0, 4]]);
    expect(of(1)).toEqual([[1, 3], null, [4, 4]]);
  });

  it('is as high as its sum', () => {
    expect(stack.highest).toBe(4);
    expect(stack.lines.map((line) => line.highest)).toEqual([4, 2]);
  });
});
