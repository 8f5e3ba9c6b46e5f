/** Turns a plan tree into the flat rows a screen draws: depth, own share of the cost, marks. Pure. */

/** What this needs of a node; the contract's node has more. */
export type TreeNode<N> = {
  type: string;
  cost: number | null;
  rows_estimated: number | null;
  rows_actual: number | null;
  time_ms: number | null;
  actual?: { self_ms: number | null; loops: number } | undefined;
  children: N[];
};

export type PlanRow<N> = {
  /** Path from the root, `0.1.0`: stable while the shape is. */
  id: string;
  node: N;
  depth: number;
  /** For each ancestor level, whether a line runs on below; the last tells whether this row has a younger sibling. */
  rails: boolean[];
  position: number;
  setSize: number;
  descendants: number;
  /** Cost of this step without its children, scaled so that all rows add up to the root's cost. */
  ownCost: number | null;
  /** `ownCost` as a share of the root's cost, 0..1. */
  costShare: number | null;
  /** Share of the greatest row count of the plan on a logarithmic scale, 0..1. */
  rowsShare: number | null;
  /** Milliseconds in this step alone; null when the plan was not executed. */
  ownTimeMs: number | null;
  timeShare: number | null;
  /** How far the estimate was off, at least 1; null without actual rows. */
  misestimate: number | null;
};

export type PlanMarks = { costliest: string | null; slowest: string | null; worst: string | null };

/** An estimate less than this many times off is not worth a mark. */
const MISESTIMATE = 10;

/**
 * Rows in the order they are drawn, parents before children.
 * A parent may be cheaper than its child (LIMIT stops early): the child's cost is then scaled down to what can really be spent.
 */
export function preparePlanRows<N extends TreeNode<N>>(root: N): PlanRow<N>[] {
  const rows: PlanRow<N>[] = [];
  const greatest = maxRows(root);
  const total = root.cost;
  const totalTime = root.time_ms;

  function visit(
    node: N,
    id: string,
    rails: boolean[],
    place: [position: number, setSize: number],
    allowed: number | null,
  ): number {
    const sum = addUp(node.children.map((child) => child.cost));
    const scale = allowed !== null && sum > allowed && sum > 0 ? allowed / sum : 1;
    const ownCost = allowed === null ? null : Math.max(0, allowed - sum * scale);
    // Only who read the plan knows where InitPlans and CTEs were run.
    const ownTimeMs = node.actual
      ? node.actual.self_ms
      : node.time_ms === null
        ? null
        : Math.max(0, node.time_ms - addUp(node.children.map((child) => child.time_ms)));
    const counted = node.rows_actual ?? node.rows_estimated;
    const row: PlanRow<N> = {
      id,
      node,
      depth: rails.length,
      rails,
      position: place[0],
      setSize: place[1],
      descendants: 0,
      ownCost,
      costShare: ownCost !== null && total ? ownCost / total : null,
      rowsShare:
        counted === null || greatest <= 0 ? null : Math.log1p(counted) / Math.log1p(greatest),
      ownTimeMs,
      timeShare: ownTimeMs !== null && totalTime ? ownTimeMs / totalTime : null,
      misestimate: misestimate(node.rows_estimated, node.rows_actual),
    };
    rows.push(row);
    node.children.forEach((child, index) => {
      const more = index < node.children.length - 1;
      const childAllowed = child.cost === null ? null : child.cost * scale;
      row.descendants +=
        1 +
        visit(
          child,
          `${id}.${index}`,
          [...rails, more],
          [index + 1, node.children.length],
          childAllowed,
        );
    });
    return row.descendants;
  }

  visit(root, '0', [], [1, 1], total);
  return rows;
}

/** The rows worth a mark. A plan of one step has no costliest one: there is nothing to compare. */
export function markRows<N>(rows: readonly PlanRow<N>[]): PlanMarks {
  const top = (value: (row: PlanRow<N>) => number | null, least: number) => {
    let best: PlanRow<N> | null = null;
    for (const row of rows) if ((value(row) ?? 0) > (best ? (value(best) ?? 0) : least)) best = row;
    return best?.id ?? null;
  };
  return {
    costliest: rows.length > 1 ? top((row) => row.costShare, 0) : null,
    slowest: rows.length > 1 ? top((row) => row.timeShare, 0) : null,
    worst: top((row) => row.misestimate, MISESTIMATE),
  };
}

/** Rows that remain when the given steps are folded. */
export function visibleRows<N>(
  rows: readonly PlanRow<N>[],
  folded: ReadonlySet<string>,
): PlanRow<N>[] {
  const shown: PlanRow<N>[] = [];
  let skip = 0;
  for (const row of rows) {
    if (skip > 0) {
      skip -= 1;
      continue;
    }
    shown.push(row);
    if (folded.has(row.id)) skip = row.descendants;
  }
  return shown;
}

/** Steps to fold in a big plan: the outermost branches that together with all below them cost less than `share` of the plan. */
export function cheapBranches<N>(rows: readonly PlanRow<N>[], share = 0.01): Set<string> {
  const folded = new Set<string>();
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index];
    if (!row || row.depth === 0 || row.descendants === 0) continue;
    const branch = rows.slice(index, index + row.descendants + 1);
    if (branch.some((each) => each.costShare === null)) continue;
    if (addUp(branch.map((each) => each.costShare)) >= share) continue;
    folded.add(row.id);
    index += row.descendants;
  }
  return folded;
}

/** The ids from the root down to a row, itself left out: what must be open for it to be seen. */
export function ancestorIds(id: string): string[] {
  const parts = id.split('.');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
}

function misestimate(estimated: number | null, actual: number | null): number | null {
  if (estimated === null || actual === null) return null;
  const [low, high] = [Math.max(1, Math.min(estimated, actual)), Math.max(1, estimated, actual)];
  return high / low;
}

function addUp(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

function maxRows<N extends TreeNode<N>>(node: N): number {
  return Math.max(node.rows_actual ?? node.rows_estimated ?? 0, ...node.children.map(maxRows));
}
