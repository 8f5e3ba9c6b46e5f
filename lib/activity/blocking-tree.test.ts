import { describe, expect, it } from 'vitest';
import { type BlockingNode, blockingTree } from './blocking-tree';

const tree = (waits: Record<number, number[]>, ms: Record<number, number> = {}) =>
  blockingTree(
    Object.entries(waits).map(([pid, blocked_by]) => ({
      pid: Number(pid),
      blocked_by,
      statement_ms: ms[Number(pid)] ?? 0,
    })),
  );
/** `1(2(3) 4)` */
const written = (nodes: BlockingNode[]): string =>
  nodes
    .map(({ pid, blocked }) => (blocked.length ? `${pid}(${written(blocked)})` : `${pid}`))
    .join(' ');

const cases: [string, Parameters<typeof tree>, string][] = [
  ['nobody waits', [{ 1: [], 2: [] }], ''],
  ['a chain', [{ 1: [], 2: [1], 3: [2] }], '1(2(3))'],
  ['a queue: the third waits for both before it', [{ 1: [], 2: [1], 3: [1, 2] }], '1(2(3) 3)'],
  ['two roots, the one with more behind it first', [{ 2: [1], 4: [3], 5: [3] }], '3(4 5) 1(2)'],
  ['a prepared transaction', [{ 7: [0] }], '0(7)'],
  ['a blocker that is not listed', [{ 2: [99] }], '99(2)'],
  [
    'the longest wait comes first',
    [
      { 2: [1], 3: [1] },
      { 2: 10, 3: 500 },
    ],
    '1(3 2)',
  ],
  ['a ring', [{ 1: [2], 2: [1] }, { 2: 9 }], '2(1)'],
  ['a ring with one behind it', [{ 1: [2], 2: [1], 3: [1] }, { 1: 9 }], '1(2 3)'],
  ['the same blocker twice, as parallel workers give it', [{ 2: [1, 1] }], '1(2)'],
  ['one that waits for itself, as a parallel leader seems to', [{ 1: [1], 2: [1] }], '1(2)'],
];

describe('blockingTree', () => {
  it.each(cases)('%s', (_, given, expected) => {
    expect(written(tree(...given))).toBe(expected);
  });

  it('counts each that waits once, however many ways lead to it', () => {
    expect(tree({ 2: [1], 3: [1, 2], 4: [3] })[0]).toMatchObject({ pid: 1, waiting: 3 });
  });

  it('is quick with many in one queue', () => {
    const waits: Record<number, number[]> = {};
    for (let pid = 2; pid <= 300; pid++) waits[pid] = [1];
    expect(tree(waits)[0]?.waiting).toBe(299);
  });
});
