import type { PlanBody } from '@/lib/contract';

/**
 * What a plan was made from: of a generic one no values are known, of an example one set of values is, and an executed
 * one was logged with its own. MySQL and MariaDB have no generic plans.
 */
export const isExample = (plan: Pick<PlanBody, 'engine' | 'generic' | 'duration_ms'>): boolean =>
  plan.engine !== 'postgres' && !plan.generic && plan.duration_ms === null;
