import { expect, test } from 'vitest';
import { againstOf, widthOf, windowBefore } from './windows';

const hour = 3_600_000;
const after = { from: 100 * hour, to: 101 * hour };

test('the window before ends where the other begins; a day or week earlier it has the same hours', () => {
  expect(windowBefore(after, 'previous')).toEqual({ from: 99 * hour, to: 100 * hour });
  expect(windowBefore(after, 'day')).toEqual({ from: 76 * hour, to: 77 * hour });
  expect(windowBefore(after, 'week')).toEqual({ from: -68 * hour, to: -67 * hour });
});

test('an address of nonsense means the default', () => {
  expect([againstOf('x'), againstOf(null), againstOf('week')]).toEqual([
    'previous',
    'previous',
    'week',
  ]);
  expect([widthOf('x'), widthOf(null), widthOf('6h'), widthOf('toString')]).toEqual([
    '1h',
    '1h',
    '6h',
    '1h',
  ]);
});
