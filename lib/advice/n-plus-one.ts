/** One query for each row of another: found in how often statements are called, interval by interval. Pure. */

/** What one statement of one user in one database of one instance did in each interval, in the same order for all. */
export type CallPattern = {
  id: string;
  user: string | null;
  database: string | null;
  /** Finds rows of one table by columns that equal a value. */
  lookup: boolean;
  calls: readonly number[];
  rows: readonly number[];
};

export type NPlusOne = {
  parent: string;
  child: string;
  user: string | null;
  database: string | null;
  /** Calls of the child for one call of the parent. */
  ratio: number;
  /**
   * Pearson's correlation of the changes from interval to interval, parent's rows against child's calls: of the changes,
   * because all of a shop's statements rise and fall with the day.
   */
  correlation: number;
  intervals: number;
  calls: number;
};

/** Fewer calls of the child may be chance, and cost nothing. */
const leastCalls = 100;
/** Intervals in which the parent ran. */
const leastIntervals = 5;
/** Below this the parent returns single rows: two statements of one transaction, not a loop over a list. */
const leastRatio = 2;
/** The child's calls and the parent's rows may differ by this, for loops that were cut by the edges of an interval. */
const tolerance = 0.04;
const intervalTolerance = 0.25;
const agreeing = 0.8;
const leastCorrelation = 0.7;

/**
 * Pairs in which a lookup is called once for each row that another statement of the same user returned: in the sum, and
 * in nearly every interval. A child is blamed on the parent that explains it best.
 */
export function findNPlusOne(patterns: readonly CallPattern[]): NPlusOne[] {
  const found: (NPlusOne & { error: number })[] = [];
  for (const child of patterns) {
    const calls = sum(child.calls);
    if (!child.lookup || calls < leastCalls) continue;
    for (const parent of patterns) {
      if (parent === child || parent.user !== child.user || parent.database !== child.database)
        continue;
      const pair = compare(parent, child, calls);
      if (pair) found.push(pair);
    }
  }
  const best = new Map<string, NPlusOne & { error: number }>();
  for (const pair of found) {
    const key = JSON.stringify([pair.child, pair.user, pair.database]);
    const known = best.get(key);
    if (!known || pair.error < known.error) best.set(key, pair);
  }
  return [...best.values()]
    .toSorted((a, b) => b.calls - a.calls)
    .map(({ error: _, ...pair }) => pair);
}

function compare(
  parent: CallPattern,
  child: CallPattern,
  calls: number,
): (NPlusOne & { error: number }) | null {
  const parentCalls = sum(parent.calls);
  const rows = sum(parent.rows);
  if (parentCalls === 0 || calls / parentCalls < leastRatio) return null;
  const error = Math.abs(calls - rows) / calls;
  if (error > tolerance) return null;
  const perCall = rows / parentCalls;
  let intervals = 0;
  let agree = 0;
  for (const [index, expected] of parent.rows.entries()) {
    const seen = child.calls[index] ?? 0;
    if (expected === 0 && seen === 0) continue;
    intervals++;
    // A loop may lie across the edge of an interval: the rows of one call on either side.
    if (Math.abs(seen - expected) <= expected * intervalTolerance + perCall) agree++;
  }
  if (intervals < leastIntervals || agree < intervals * agreeing) return null;
  const correlation = pearson(changes(parent.rows), changes(child.calls));
  if (correlation !== null && correlation < leastCorrelation) return null;
  return {
    ...{ parent: parent.id, child: child.id, user: child.user, database: child.database },
    ...{ ratio: calls / parentCalls, correlation: correlation ?? 1, intervals, calls, error },
  };
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

const changes = (values: readonly number[]) =>
  values.slice(1).map((value, index) => value - (values[index] ?? 0));

/** Null when one of both never changes: nothing can be said of how they move. */
function pearson(a: readonly number[], b: readonly number[]): number | null {
  const [meanA, meanB] = [sum(a) / a.length, sum(b) / b.length];
  let [both, squareA, squareB] = [0, 0, 0];
  for (const [index, x] of a.entries()) {
    const [dx, dy] = [x - meanA, (b[index] ?? 0) - meanB];
    both += dx * dy;
    squareA += dx * dx;
    squareB += dy * dy;
  }
  return squareA === 0 || squareB === 0 ? null : both / Math.sqrt(squareA * squareB);
}
