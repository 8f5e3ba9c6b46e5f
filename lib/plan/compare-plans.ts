import type { z } from 'zod';
import type { PlanNode, planDifference } from '@/lib/contract';
import { matchPlans, type Step, stepsOf } from './match-plans';

export type PlanDifference = z.infer<typeof planDifference>;

/**
 * Two plans step by step, in the order of the first; a step on one side only is added or removed, and those around it stay
 * matched.
 */
export function comparePlans(a: PlanNode, b: PlanNode): PlanDifference[] {
  const matched = matchPlans(a, b);
  const taken = new Set(matched.values());
  const right = stepsOf(b);
  const byPath = new Map(right.map((step) => [step.path, step]));
  const found: PlanDifference[] = [];
  let next = 0;
  /** Added steps stand before the step that they stand before in their own plan. */
  const addUntil = (path: string | null) => {
    for (; next < right.length && right[next]?.path !== path; next += 1) {
      const step = right[next] as Step;
      if (!taken.has(step.path)) found.push(difference(null, step));
    }
  };
  for (const step of stepsOf(a)) {
    const path = matched.get(step.path);
    const other = path === undefined ? undefined : byPath.get(path);
    if (!other) {
      found.push(difference(step, null));
      continue;
    }
    if (right.indexOf(other, next) >= 0) addUntil(other.path);
    found.push(difference(step, other));
  }
  addUntil(null);
  return found;
}

function difference(a: Step | null, b: Step | null): PlanDifference {
  const same =
    a?.node.type === b?.node.type &&
    a?.node.relation === b?.node.relation &&
    a?.node.index === b?.node.index;
  return {
    kind: !a ? 'added' : !b ? 'removed' : same ? 'same' : 'changed',
    node_a: a?.path ?? null,
    node_b: b?.path ?? null,
    type_a: a?.node.type ?? null,
    type_b: b?.node.type ?? null,
    relation: b?.node.relation ?? a?.node.relation ?? null,
    cost_a: a?.node.cost ?? null,
    cost_b: b?.node.cost ?? null,
  };
}
