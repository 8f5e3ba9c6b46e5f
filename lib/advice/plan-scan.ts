/** What a plan says of the reading of one table. */
import type { PlanNode } from '@/lib/contract';
import { readsAll } from '@/lib/plan/findings/finding';
import { eachNode } from '@/lib/plan/plan-shape';

export type WholeScan = {
  /** `0.1`, the path of the node that reads the table. */
  node: string;
  type: string;
  /** Rows the planner expects to be left over. */
  rows: number;
  /** Cost of reading the table, in the planner's units, not more than the whole plan's. */
  cost: number;
  /** Cost of the whole plan. */
  total: number;
  /** Rows expected from the other side of the join above it; null where there is no join. */
  other_side: number | null;
  filter: string | null;
  /** A sort of these rows stands above it. */
  sorted: boolean;
};

const detail = (node: PlanNode, name: string) =>
  node.details.find((one) => one.name === name)?.value ?? null;

/**
 * The dearest place where the plan reads all of the table: a Seq Scan, or a whole index without an Index Cond.
 * @param names the table as a plan may call it
 * @returns null when the plan reads the table in no such way; undefined when it does not read it at all
 */
export function wholeScanOf(
  root: PlanNode,
  names: ReadonlySet<string>,
): WholeScan | null | undefined {
  let seen = false;
  let found: WholeScan | null = null;
  const parents = new Map<PlanNode, PlanNode | null>();
  eachNode(root, (node, path, parent) => {
    parents.set(node, parent);
    if (!names.has(node.relation ?? '')) return;
    const mysql = root.engine !== undefined;
    if (!mysql && !/Scan$/.test(node.type)) return;
    seen = true;
    const whole = mysql
      ? readsAll({ engine: root.engine ?? 'postgres' }, node)
      : /Seq Scan$/.test(node.type) ||
        (/Index (Only )?Scan/.test(node.type) &&
          detail(node, 'Index Cond') === null &&
          detail(node, 'Filter') !== null);
    const cost = node.cost ?? 0;
    if (!whole || (found && found.cost >= cost)) return;
    let other: number | null = null;
    let sorted = false;
    for (let at: PlanNode = node, up = parent; up; at = up, up = parents.get(up) ?? null) {
      if (/Sort$/.test(up.type)) sorted = true;
      if (/[Aa]ggregate/.test(up.type)) break;
      if (other === null && /(Nested Loop|[Jj]oin)$/.test(up.type))
        other = up.children.find((child) => child !== at)?.rows_estimated ?? null;
    }
    found = {
      node: path,
      type: node.type,
      rows: node.rows_estimated ?? 0,
      // Under a LIMIT only a part of it is paid for.
      cost: Math.min(cost, root.cost ?? cost),
      total: root.cost ?? cost,
      other_side: other,
      filter: detail(node, 'Filter'),
      sorted,
    };
  });
  return seen ? found : undefined;
}
