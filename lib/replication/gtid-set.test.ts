import { describe, expect, it } from 'vitest';
import { missingEventGroups, missingTransactions, parseGtidSet } from './gtid-set';

const a = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const b = '4e11fa47-71ca-11e1-9e33-c80aa9429562';

describe('a GTID set of MySQL', () => {
  it('has intervals by origin, and by tag where there are tags', () => {
    expect(parseGtidSet(`${a}:1-5:7,\n${b.toUpperCase()}:3:audit:1-2:9`)).toEqual(
      new Map([
        [
          a,
          [
            [1n, 5n],
            [7n, 7n],
          ],
        ],
        [b, [[3n, 3n]]],
        [
          `${b}:audit`,
          [
            [1n, 2n],
            [9n, 9n],
          ],
        ],
      ]),
    );
  });
  it('is empty for empty text and unknown for what is no set', () => {
    expect(parseGtidSet('')).toEqual(new Map());
    for (const text of ['ANONYMOUS', '0-1-7', `${a}:1-`, `${a}:-3`, `${a}:a b`, 'x'.repeat(99)])
      expect(parseGtidSet(text), text).toBeNull();
  });
  it('misses what was received and not applied, in whatever order and overlap intervals come', () => {
    expect(missingTransactions(`${a}:1-10`, `${a}:1-10`)).toBe(0);
    expect(missingTransactions(`${a}:1-10`, `${a}:1-4:6-8`)).toBe(3);
    expect(missingTransactions(`${a}:8-10:1-9`, `${a}:3-5:1-3`)).toBe(5);
    expect(missingTransactions(`${a}:1-10:t:1-3`, `${a}:1-10`)).toBe(3);
    expect(missingTransactions(`${a}:1-3`, `${b}:1-9,${a}:1-99`)).toBe(0);
    expect(missingTransactions('', `${a}:1-9`)).toBe(0);
    expect(missingTransactions(`${a}:1-9007199254740993`, `${a}:1-9007199254740992`)).toBe(1);
    expect(missingTransactions(null, `${a}:1`)).toBeNull();
    expect(missingTransactions(`${a}:1`, 'ANONYMOUS')).toBeNull();
  });
});

it("MariaDB's positions miss what each domain is behind", () => {
  expect(missingEventGroups('0-1-120,1-2-50', '0-9-100,1-2-50,7-7-7')).toBe(20);
  expect(missingEventGroups('0-1-5', '')).toBe(5);
  expect(missingEventGroups('0-1-5', '0-1-8')).toBe(0);
  expect(missingEventGroups('', '0-1-8')).toBeNull();
  expect(missingEventGroups('0-1', '0-1-8')).toBeNull();
});
