import { describe, expect, it } from 'vitest';
import { prepareLines } from './prepare-lines';
import { prepareTable } from './prepare-table';

const chart = (count: number) =>
  prepareLines({
    series: [
      {
        identity: 'a',
        name: 'a',
        points: Array.from({ length: count }, (_, i) => [i * 10, i % 7 === 3 ? null : i] as const),
      },
    ],
    stepMs: 10,
    quantity: { unit: 'count' },
  });

describe('prepareTable', () => {
  it('lists the newest first, and leaves out moments nobody knows anything about', () => {
    expect(prepareTable(chart(5))).toEqual({
      columns: ['a'],
      rows: [4, 2, 1, 0].map((i) => ({ t: i * 10, values: [i] })),
    });
  });

  it('keeps the newest of many and values as they were', () => {
    const { rows } = prepareTable(chart(500), 60);
    expect(rows.length).toBeLessThanOrEqual(60);
    expect(rows[0]).toEqual({ t: 4990, values: [499] });
    for (const { t, values } of rows) expect(values).toEqual([t / 10]);
  });
});
