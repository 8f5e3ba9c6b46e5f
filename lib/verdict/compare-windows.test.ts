import { expect, test } from 'vitest';
import { compareWindows } from './compare-windows';
import { play } from './scenarios';

const at = Date.UTC(2026, 3, 7, 14, 0, 0);
const minute = 60_000;
const windows = (minutes: number) => ({
  before: { from: at - minutes * minute, to: at },
  after: { from: at, to: at + minutes * minute },
});
const series = (
  values: [before: number, after: number],
  given: { worse?: 'up' | 'down'; floor?: number; wave?: number } = {},
) => ({
  ...{ worse: given.worse ?? ('up' as const), floor: given.floor ?? 0 },
  points: Array.from({ length: 60 }, (_, i) => {
    const wave = (given.wave ?? 0) * ((i % 3) - 1);
    return [at + (i - 30) * minute, (i < 30 ? values[0] : values[1]) + wave] as const;
  }),
});

test.each([
  ['twice as slow', series([100, 200]), 'worse'],
  ['half as slow', series([100, 50]), 'better'],
  ['less of what should be more', series([100, 50], { worse: 'down' }), 'worse'],
  ['a tenth more', series([100, 110]), 'same'],
  ['less than its floor', series([0.001, 0.4], { floor: 0.5 }), 'same'],
  ['from nothing', series([0, 8], { floor: 0.5 }), 'worse'],
  ['less than it goes up and down anyhow', series([100, 140], { wave: 60 }), 'same'],
  ['more than it goes up and down', series([100, 180], { wave: 60 }), 'worse'],
] as const)('%s: %#', (_, given, change) => {
  expect(compareWindows(given, windows(30)).change).toBe(change);
});

test('medians and what the middle eight of ten lie between are told', () => {
  const { before, after } = compareWindows(series([100, 200], { wave: 10 }), windows(30));
  expect(before).toEqual({ median: 100, low: 90, high: 110 });
  expect(after).toEqual({ median: 200, low: 190, high: 210 });
});

test('too few readings, or half of them unknown, say nothing', () => {
  expect(compareWindows(series([100, 200]), windows(4)).change).toBe('unknown');
  const full = series([100, 200]);
  const points = full.points.map(([when, value], i) => [when, i % 3 === 0 ? value : null] as const);
  expect(compareWindows({ ...full, points }, windows(30))).toMatchObject({
    ...{ change: 'unknown', before: { median: null }, after: { median: null } },
  });
});

test('one spike is no change', () => {
  const full = series([100, 100]);
  const points = full.points.map(([when, value], i) => [when, i === 40 ? 9000 : value] as const);
  expect(compareWindows({ ...full, points }, windows(30)).change).toBe('same');
});

test.each([15, 60])('noise of %i minutes is hardly ever a change', (minutes) => {
  let told = 0;
  let asked = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const span = { from: at - 60 * minute, to: at + 60 * minute };
    for (const one of play({ effects: [] }, { ...span, beginsAt: at, seed })) {
      asked++;
      if (compareWindows(one, windows(minutes)).change !== 'same') told++;
    }
  }
  expect(told / asked).toBeLessThan(0.01);
});

test('what became four times as much is found in 19 of 20', () => {
  let found = 0;
  let asked = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const ids = ['p95_ms', 'mean_ms', 'statements_per_s', 'rows_read_per_s', 'requests_per_s'];
    const span = { from: at - 60 * minute, to: at + 60 * minute };
    const effects = ids.map((id) => [id, 4] as [string, number]);
    for (const one of play({ effects }, { ...span, beginsAt: at, seed })) {
      if (!ids.includes(one.id)) continue;
      asked++;
      if (compareWindows(one, windows(15)).change === 'worse') found++;
    }
  }
  expect(found / asked).toBeGreaterThan(0.95);
});
