import { expect, test } from 'vitest';
import { type MetadataLock, metadataLockHolders } from './metadata-lock-holders';

/** `7 SHARED_READ`, with a `?` before it when it waits. */
const locks = (object: string, ...written: string[]): MetadataLock[] =>
  written.map((one) => {
    const [, pending, connection, type] = /^(\??)(\d+) (\w+)$/.exec(one) ?? [];
    return { connection: Number(connection), object, type: type ?? '', pending: pending === '?' };
  });

test.each([
  [
    'an ALTER waits for the transaction that wrote, and readers for the ALTER',
    [
      ...['14 SHARED_WRITE', '12 SHARED_WRITE', '11 SHARED_UPGRADABLE', '?11 EXCLUSIVE'],
      '?13 SHARED_READ',
    ],
    { 11: [14, 12], 13: [11] },
  ],
  ['a reader waits for DDL under way', ['5 EXCLUSIVE', '?6 SHARED_READ'], { 6: [5] }],
  [
    'LOCK TABLES READ holds off writers only',
    ['5 SHARED_READ_ONLY', '?6 SHARED_WRITE'],
    { 6: [5] },
  ],
  [
    'a second ALTER waits for the first one',
    ['5 SHARED_UPGRADABLE', '?6 SHARED_UPGRADABLE'],
    { 6: [5] },
  ],
  [
    'FLUSH TABLES WITH READ LOCK waits for who writes, writers for it',
    ['5 INTENTION_EXCLUSIVE', '?6 SHARED'],
    { 6: [5] },
  ],
  [
    'writers wait for a read lock on everything',
    ['6 SHARED', '?5 INTENTION_EXCLUSIVE'],
    { 5: [6] },
  ],
  ['a prepared transaction', ['0 SHARED_WRITE', '?6 EXCLUSIVE'], { 6: [0] }],
  ['nobody is named for what nothing explains', ['5 SHARED_READ', '?6 SHARED_READ'], { 6: [] }],
])('%s', (_, written, expected) => {
  expect(Object.fromEntries(metadataLockHolders(locks('TABLE shop.stock', ...written)))).toEqual(
    expected,
  );
});

test('a lock on another table holds nobody up', () => {
  const other = locks('TABLE shop.other', '5 EXCLUSIVE');
  expect(
    metadataLockHolders([...other, ...locks('TABLE shop.stock', '?6 SHARED_READ')]).get(6),
  ).toEqual([]);
});
