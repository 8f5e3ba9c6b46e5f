import { HttpError } from '@/lib/auth/http-error';
import type { PlanReadBody } from '@/lib/contract';
import { nameTables } from '@/lib/plan/mysql/name-tables';
import { planFindings } from '@/lib/plan/plan-findings';
import { PlanTextError } from '@/lib/plan/plan-text-error';
import { readExplain } from '@/lib/plan/read-explain';

/**
 * A plan that was pasted, with what it gives away. Nothing is kept of it.
 * @throws 422 that names the field, what is wrong, and the line where it is one line's fault
 */
export function readGivenPlan(text: string, statement: string): PlanReadBody {
  try {
    const plan = readExplain(text);
    const { root, execution } = plan;
    if (root.engine) nameTables(root, statement, null);
    return { plan, findings: planFindings(root, statement, {}, { execution }) };
  } catch (error) {
    if (!(error instanceof PlanTextError)) throw error;
    throw new HttpError(422, `plan_${error.problem}`, `text: ${error.message}`, {
      fields: { text: error.message },
    });
  }
}
