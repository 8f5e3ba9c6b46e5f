import type { PlanNode } from '@/lib/contract';

/** The plan's shape as text: types, relations and indexes, without costs and conditions. Equal shapes are the same plan. */
export function planShape(node: PlanNode): string {
  const own = [node.type, node.relation ?? '', node.index ?? ''].join(':');
  return node.children.length === 0 ? own : `${own}(${node.children.map(planShape).join(',')})`;
}

/** Visits nodes with their path from the root, `0.1.0`. */
export function eachNode(
  root: PlanNode,
  see: (node: PlanNode, path: string, parent: PlanNode | null) => void,
  path = '0',
  parent: PlanNode | null = null,
): void {
  see(root, path, parent);
  for (const [index, child] of root.children.entries())
    eachNode(child, see, `${path}.${index}`, root);
}
