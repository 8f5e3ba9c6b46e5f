import type { PlanNode } from '@/lib/contract';
import { addDetail, addSelfTimes, newActual, round } from './new-node';
import { readOperation } from './operation';

/** A step of FORMAT=TREE or of JSON version 2: both print the executor's iterators. */
export type Iterator = {
  operation: string;
  /** `shop.orders`, where the tree has only the alias. */
  table: string | null;
  cost: number | null;
  startup: number | null;
  rows: number | null;
  /** Milliseconds per loop up to the last row; null when it was only planned. */
  actual: { ms: number | null; rows: number; loops: number } | null;
  /** Shown as it is, for example `Hash` above the side that is hashed. */
  heading: string | null;
  inputs: Iterator[];
  /** Subqueries of the select list: printed beside the step, and not within its time. */
  beside: Iterator[];
};

const mostNodes = 5000;

/** The iterators in the vocabulary that all engines share: a condition belongs to the step whose rows it tests. */
export function readIterators(root: Iterator): PlanNode {
  let left = mostNodes;
  const read = (one: Iterator, depth: number): PlanNode => {
    left -= 1;
    const node = nodeOf(one);
    if (depth >= 200) return node;
    for (const input of [...one.inputs, ...one.beside])
      if (left > 0) node.children.push(read(input, depth + 1));
    const outside = node.children
      .slice(one.inputs.length)
      .reduce((sum, child) => sum + (child.time_ms ?? 0), 0);
    if (node.time_ms !== null && outside > 0) node.time_ms = round(node.time_ms + outside);
    return folded(node);
  };
  const node = read(root, 0);
  addSelfTimes(node);
  node.engine = 'mysql';
  return node;
}

const rounded = (value: number | null) => (value === null ? null : round(value));

function nodeOf(one: Iterator): PlanNode {
  const node = readOperation(one.operation);
  if (one.table !== null && node.relation !== null && !node.relation.startsWith('<')) {
    const alias = node.relation;
    node.relation = one.table;
    if (one.table !== alias && one.table.split('.').at(-1) !== alias)
      addDetail(node, 'Alias', alias);
  }
  node.cost = rounded(one.cost);
  node.startup_cost = rounded(one.startup);
  node.rows_estimated = rounded(one.rows);
  if (one.heading !== null) addDetail(node, 'Under', one.heading);
  if (one.actual) {
    const { ms, rows, loops } = one.actual;
    node.actual = newActual(loops);
    node.rows_actual = loops === 0 ? null : rows;
    node.time_ms = loops === 0 || ms === null ? null : round(ms * loops);
  }
  return node;
}

/**
 * `Filter` above a step that has none yet becomes that step's condition, as the other forms print it: rows and cost
 * are those after the filter, what it read is its `rows_examined`.
 */
function folded(filter: PlanNode): PlanNode {
  const [step, ...rest] = filter.children;
  if (filter.type !== 'Filter' || !step || step.details.some(({ name }) => name === 'Filter'))
    return filter;
  const { actual } = filter;
  const removed =
    actual && step.actual && filter.rows_actual !== null && step.rows_actual !== null
      ? Math.max(
          0,
          Math.round(step.rows_actual * step.actual.loops - filter.rows_actual * actual.loops),
        )
      : null;
  return {
    ...step,
    cost: filter.cost ?? step.cost,
    rows_estimated: filter.rows_estimated ?? step.rows_estimated,
    rows_examined: step.rows_estimated,
    rows_actual: filter.rows_actual,
    time_ms: filter.time_ms ?? step.time_ms,
    ...(actual && {
      actual: { ...actual, rows_removed: { ...actual.rows_removed, filter: removed } },
    }),
    details: [...filter.details, ...step.details],
    children: [...step.children, ...rest],
  };
}
