import type { StatementDetailBody } from '@/lib/contract';

type Plan = StatementDetailBody['plans'][number];

/** The same plan found again and again: the newest, and how often and since when. */
export type PlanGroup = {
  plan: Plan;
  times: number;
  since: number;
  changed: boolean;
  /** The plan it took the place of, to be compared with. */
  before: Plan | null;
};

/** Plans newest first; one after another of the same shape on the same instance are one entry, and a new shape is a change. */
export function groupPlans(plans: readonly Plan[]): PlanGroup[] {
  const latest = new Map<string, PlanGroup>();
  const groups: PlanGroup[] = [];
  for (const plan of [...plans].sort((a, b) => a.captured_at - b.captured_at)) {
    // What was executed is no change of what is planned without knowing the parameters.
    const line = `${plan.instance} ${plan.duration_ms === null}`;
    const before = latest.get(line);
    if (before && before.plan.shape === plan.shape) {
      before.plan = plan;
      before.times += 1;
      continue;
    }
    const group = {
      ...{ plan, times: 1, since: plan.captured_at },
      ...{ changed: before !== undefined, before: before?.plan ?? null },
    };
    latest.set(line, group);
    groups.push(group);
  }
  return groups.sort((a, b) => b.plan.captured_at - a.plan.captured_at);
}

/** Where a plan leads: to what it changed from, or to itself. */
export const comparison = ({ plan, before }: PlanGroup): string =>
  before ? `/plans/compare?a=${before.id}&b=${plan.id}` : `/plans/${plan.id}`;
