import type { PlanNode } from '@/lib/contract';
import { eachNode } from './plan-shape';

export type Step = { node: PlanNode; path: string };

/**
 * Which step of one plan is which of another. What reads a table is matched by the table, wherever it stands; a step above by
 * its kind and by what it stands on. So a step that was put in, taken out or turned around leaves the others matched.
 * @returns steps of `b` by steps of `a`, both by path
 */
export function matchPlans(a: PlanNode, b: PlanNode): Map<string, string> {
  const [left, right] = [stepsOf(a), stepsOf(b)];
  const matched = new Map<string, string>();
  const taken = new Set<string>();
  const pair = (from: readonly Step[], to: readonly Step[], key: (step: Step) => string) => {
    const waiting = new Map<string, Step[]>();
    for (const step of to)
      if (!taken.has(step.path)) waiting.set(key(step), [...(waiting.get(key(step)) ?? []), step]);
    for (const step of from) {
      const found = matched.has(step.path) ? undefined : waiting.get(key(step))?.shift();
      if (!found) continue;
      matched.set(step.path, found.path);
      taken.add(found.path);
    }
  };
  const anchors = (steps: Step[]) => steps.filter(({ node }) => isAnchor(node));
  const read = anchors(left);
  const readThere = anchors(right);
  pair(read, readThere, ({ node }) => `${node.type} ${node.relation} ${node.index}`);
  pair(read, readThere, ({ node }) => `${node.type} ${node.relation}`);
  pair(
    read.filter(({ node }) => node.relation !== null),
    readThere.filter(({ node }) => node.relation !== null),
    ({ node }) => `${node.relation}`,
  );
  // What a step stands on, in terms of the pairs made so far.
  const names = new Map([...matched].map(([from, to]) => [to, from]));
  const below = (steps: Step[], nameOf: (path: string) => string | undefined) =>
    underEach(steps, nameOf);
  const standsA = below(read, (path) => (matched.has(path) ? path : undefined));
  const standsB = below(readThere, (path) => names.get(path));
  const inner = (steps: Step[]) => steps.filter(({ node }) => !isAnchor(node));
  const stands = (of: Map<string, string[]>, path: string) => (of.get(path) ?? []).sort().join(' ');
  const on = (step: Step, of: Map<string, string[]>) => stands(of, step.path);
  const isA = new Set(left);
  const key = (step: Step) => on(step, isA.has(step) ? standsA : standsB);
  pair(inner(left), inner(right), (step) => `${step.node.type} ${key(step)}`);
  pair(inner(left), inner(right), (step) => `${classOf(step.node)} ${key(step)}`);
  // The rest of the same kind, in order: what it stands on has changed.
  pair(inner(left), inner(right), ({ node }) => node.type);
  return matched;
}

const isAnchor = (node: PlanNode) =>
  node.children.length === 0 ||
  (node.relation !== null && !/^(Insert|Update|Delete|Merge)$/.test(node.type));

/** Kinds that do the same thing in different ways. */
function classOf({ type }: PlanNode): string {
  if (/(Join|Nested Loop)$/.test(type)) return 'join';
  if (/Aggregate|^Group$|^Unique$/.test(type)) return 'group';
  if (/Sort$/.test(type)) return 'sort';
  if (/^Gather/.test(type)) return 'gather';
  if (/Append$/.test(type)) return 'append';
  return type;
}

export function stepsOf(root: PlanNode): Step[] {
  const steps: Step[] = [];
  eachNode(root, (node, path) => void steps.push({ node, path }));
  return steps;
}

/** By each path above: the names of what is below it. */
function underEach(
  anchors: readonly Step[],
  nameOf: (path: string) => string | undefined,
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { path } of anchors) {
    const name = nameOf(path);
    if (name === undefined) continue;
    for (let at = path.lastIndexOf('.'); at > 0; at = path.lastIndexOf('.', at - 1)) {
      const above = path.slice(0, at);
      const names = found.get(above);
      if (names) names.push(name);
      else found.set(above, [name]);
    }
  }
  return found;
}
