/** What keeps a text from being read as a plan. */
export type PlanTextProblem =
  | 'empty'
  | 'no_plan'
  | 'xml'
  | 'yaml'
  | 'json'
  | 'json_no_plan'
  | 'too_large'
  | 'line';

/** A text that is not a plan: what is wrong, and in which line where it is one line's fault. */
export class PlanTextError extends Error {
  constructor(
    readonly problem: PlanTextProblem,
    message: string,
    /** From 1. */
    readonly line: number | null = null,
  ) {
    super(message);
  }
}
