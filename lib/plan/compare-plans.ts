import type { z } from 'zod';
import type { PlanNode, planDifference } from '@/lib/contract';

export type PlanDifference = z.infer<typeof planDifference>;

/** Two plans step by step, matched by their place in the tree; a step on one side only is added or removed. */
export function comparePlans(a: PlanNode, b: PlanNode): PlanDifference[] {
  const found: PlanDifference[] = [];
  const visit = (left: PlanNode | undefined, right: PlanNode | undefined, path: string): void => {
    const same =
      left?.type === right?.type &&
      left?.relation === right?.relation &&
      left?.index === right?.index;
    found.push({
      kind: !left ? 'added' : !right ? 'removed' : same ? 'same' : 'changed',
      node_a: left ? path : null,
      node_b: right ? path : null,
      type_a: left?.type ?? null,
      type_b: right?.type ?? null,
      relation: right?.relation ?? left?.relation ?? null,
      cost_a: left?.cost ?? null,
      cost_b: right?.cost ?? null,
    });
    const count = Math.max(left?.children.length ?? 0, right?.children.length ?? 0);
    for (let index = 0; index < count; index++)
      visit(left?.children[index], right?.children[index], `${path}.${index}`);
  };
  visit(a, b, '0');
  return found;
}
