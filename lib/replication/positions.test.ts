import { expect, test } from 'vitest';
import {
  addPassed,
  binlogBytes,
  binlogPosition,
  lsnBytes,
  passedAt,
  walFileEnd,
} from './positions';

test('a place in binary logs is one number, and bytes are told within one file only', () => {
  const from = binlogPosition('mysql-bin.000009', 154) as number;
  const to = binlogPosition('mysql-bin.000009', 1154) as number;
  const later = binlogPosition('mysql-bin.000010', 4) as number;
  expect(later).toBeGreaterThan(to);
  expect(binlogBytes(from, to)).toBe(1000);
  expect(binlogBytes(to, later)).toBeNull();
  expect(binlogPosition('', 4)).toBeNull();
  expect(binlogPosition(null, 4)).toBeNull();
});

test('an LSN and the end of a WAL file are bytes', () => {
  expect(lsnBytes('0/3000000')).toBe(0x3000000);
  expect(lsnBytes('1/0')).toBe(2 ** 32);
  expect(lsnBytes('nonsense')).toBeNull();
  expect(walFileEnd('000000020000000100000003', 16 * 2 ** 20)).toBe(2 ** 32 + 4 * 16 * 2 ** 20);
  expect(walFileEnd('00000002.history', 16 * 2 ** 20)).toBeNull();
});

test('when a position was passed lies between two readings, or is not known', () => {
  const passed: [number, number][] = [
    [0, 100],
    [10_000, 100],
    [20_000, 200],
    [30_000, 200],
  ];
  expect(passedAt(passed, 150)).toBe(15_000);
  expect(passedAt(passed, 100)).toBe(10_000);
  expect(passedAt(passed, 50)).toBeNull();
  expect(passedAt(passed, 200)).toBeNull();
});

test('readings grow old sparsely, are bounded, and end with another log', () => {
  let passed: [number, number][] = [];
  for (let at = 0; at < 86_400_000; at += 10_000) passed = addPassed(passed, at, at);
  expect(passed.length).toBeLessThanOrEqual(180);
  expect(passed.at(-1)?.[0]).toBe(86_390_000);
  expect(passedAt(passed, 86_000_000)).toBeCloseTo(86_000_000, 0);
  expect(addPassed(passed, 86_400_000, 5)).toEqual([[86_400_000, 5]]);
  expect(addPassed(passed, 86_400_000, null)).toBe(passed);
});
