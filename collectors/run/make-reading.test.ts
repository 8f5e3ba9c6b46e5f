import { expect, test } from 'vitest';
import { metricById } from '@/collectors/catalog';
import { summaryReadings } from './make-reading';

const metric = metricById('mysql.statements');
if (metric === null) throw new Error('no such definition');
const summary = { calls: 300, total_ms: 90, errors: null, mean_ms: 0.3, entries: 9_000 };
const value = (reading: ReturnType<typeof summaryReadings>[number], name: string) =>
  reading.rows[0]?.values[reading.columns.findIndex((column) => column.name === name)];

test('counts of half a minute are shared out over its steps, what is true of all of it is in each', () => {
  const readings = summaryReadings(metric, 60_000, { fromAt: 30_400, toAt: 60_200, summary });
  expect(readings.map(({ at }) => at)).toEqual([40_000, 50_000, 60_000]);
  expect(readings.map((one) => value(one, 'calls'))).toEqual([100, 100, 100]);
  expect(readings.map((one) => value(one, 'mean_ms'))).toEqual([0.3, 0.3, 0.3]);
  expect(readings.map((one) => value(one, 'entries'))).toEqual([9_000, 9_000, 9_000]);
  expect(readings.map((one) => value(one, 'errors'))).toEqual([null, null, null]);
});

test.each([
  [50_000, 60_000, 1],
  [59_000, 60_000, 1],
  [0, 3_600_000, 6],
])('from %i to %i are %i steps', (fromAt, toAt, steps) => {
  expect(summaryReadings(metric, toAt, { fromAt, toAt, summary })).toHaveLength(steps);
});
