import { describe, expect, it } from 'vitest';
import {
  ancestorIds,
  cheapBranches,
  markRows,
  preparePlanRows,
  visibleRows,
} from './prepare-plan-rows';

type Node = {
  type: string;
  cost: number | null;
  rows_estimated: number | null;
  rows_actual: number | null;
  time_ms: number | null;
  children: Node[];
};

function node(type: string, cost: number | null, rows: number, children: Node[] = []): Node {
  return { type, cost, rows_estimated: rows, rows_actual: null, time_ms: null, children };
}

describe('preparePlanRows', () => {
  it('subtracts the children from a step', () => {
    const rows = preparePlanRows(
      node('Hash Join', 100, 10, [node('Seq Scan', 60, 1000), node('Hash', 30, 10)]),
    );
    expect(rows.map((row) => row.ownCost)).toEqual([10, 60, 30]);
    expect(rows.map((row) => row.id)).toEqual(['0', '0.0', '0.1']);
    expect(rows[1]?.rails).toEqual([true]);
    expect(rows[2]?.rails).toEqual([false]);
  });

  it('never counts more than the root costs when LIMIT stops its child early', () => {
    const rows = preparePlanRows(node('Limit', 5, 1, [node('Seq Scan', 10_000, 500_000)]));
    expect(rows.reduce((sum, row) => sum + (row.costShare ?? 0), 0)).toBeCloseTo(1);
    expect(rows[1]?.ownCost).toBe(5);
  });

  it('keeps an unknown cost unknown', () => {
    const rows = preparePlanRows(node('Something new', null, 1));
    expect(rows[0]?.ownCost).toBeNull();
    expect(rows[0]?.costShare).toBeNull();
    expect(rows[0]?.misestimate).toBeNull();
  });

  it('survives a plan that costs nothing', () => {
    const rows = preparePlanRows(node('Result', 0, 0));
    expect(rows[0]?.costShare).toBeNull();
    expect(rows[0]?.rowsShare).toBeNull();
  });
});

describe('markRows', () => {
  it('marks the costliest step and no misestimate without actual rows', () => {
    const rows = preparePlanRows(node('Sort', 100, 10, [node('Seq Scan', 90, 10)]));
    expect(markRows(rows)).toEqual({ costliest: '0.0', slowest: null, worst: null });
  });

  it('marks the worst estimate only from ten times on', () => {
    const near: Node = { ...node('Seq Scan', 1, 10), rows_actual: 50 };
    const far: Node = { ...node('Seq Scan', 1, 10), rows_actual: 5000 };
    expect(markRows(preparePlanRows(near)).worst).toBeNull();
    expect(markRows(preparePlanRows(far)).worst).toBe('0');
  });
});

describe('visibleRows', () => {
  const rows = preparePlanRows(
    node('Append', 1000, 1, [
      node('Nested Loop', 998, 1, [node('Seq Scan', 900, 1)]),
      node('Hash', 1.5, 1, [node('Index Scan', 1, 1)]),
    ]),
  );

  it('leaves out what is below a folded step', () => {
    expect(visibleRows(rows, new Set(['0.0'])).map((row) => row.id)).toEqual([
      '0',
      '0.0',
      '0.1',
      '0.1.0',
    ]);
  });

  it('folds only branches that hardly cost anything', () => {
    expect([...cheapBranches(rows)]).toEqual(['0.1']);
  });

  it('knows the way down to a step', () => {
    expect(ancestorIds('0.1.0')).toEqual(['0', '0.1']);
    expect(ancestorIds('0')).toEqual([]);
  });
});
