import { expect, test } from 'vitest';
import { historySpans } from './history-spans';

const window = { from: 100, to: 200 };

test('what was not quiet is a span, changes of nothing visible are not another, and the last goes on', () => {
  const history = [
    { at: 50, to: 'pending', level: 'warning' },
    { at: 110, to: 'firing', level: 'warning' },
    { at: 120, to: 'firing', level: 'warning' },
    { at: 130, to: 'firing', level: 'critical' },
    { at: 150, to: 'resolved', level: 'critical' },
    { at: 180, to: 'firing', level: 'critical' },
  ];
  expect(historySpans(history, window)).toEqual([
    { from: 100, to: 110, kind: 'pending' },
    { from: 110, to: 130, kind: 'warning' },
    { from: 130, to: 150, kind: 'critical' },
    { from: 180, to: 200, kind: 'critical' },
  ]);
});

test('what lies outside the window is not shown', () => {
  expect(
    historySpans(
      [
        { at: 10, to: 'firing', level: 'critical' },
        { at: 50, to: 'resolved', level: null },
      ],
      window,
    ),
  ).toEqual([]);
  expect(historySpans([{ at: 300, to: 'firing', level: 'critical' }], window)).toEqual([]);
});
