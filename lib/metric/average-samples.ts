import { rowKey, type TypedRow } from './row';

/** Averages of what was read several times between two polls. */
export type Samples = {
  /** One reading; a row that is not in it counts as zero there. */
  add(rows: readonly TypedRow[]): void;
  /** The averages since the last call, and how many readings they are of; rows that were zero throughout are left out. */
  take(): { rows: TypedRow[]; count: number };
};

/** Pure but for what it remembers. A value that was unknown in one reading is averaged over the others. */
export function averageSamples(): Samples {
  let count = 0;
  let sums = new Map<string, { row: TypedRow; sums: number[]; unknown: number[] }>();
  return {
    add(rows) {
      count++;
      for (const row of rows) {
        const key = rowKey(row.labels);
        const zeros = row.values.map(() => 0);
        const sum = sums.get(key) ?? { row, sums: zeros, unknown: [...zeros] };
        sums.set(key, sum);
        for (const [index, value] of row.values.entries())
          if (value === null) sum.unknown[index] = (sum.unknown[index] ?? 0) + 1;
          else sum.sums[index] = (sum.sums[index] ?? 0) + value;
      }
    },
    take() {
      const taken = {
        count,
        rows: [...sums.values()].map(({ row, sums: of, unknown }) => ({
          ...row,
          values: of.map((sum, index) => {
            const known = count - (unknown[index] ?? 0);
            return known > 0 ? sum / known : null;
          }),
        })),
      };
      count = 0;
      sums = new Map();
      return taken;
    },
  };
}
