/** Why there is no plan, and what to do about it. */
export type Refusal = {
  status: 'refused' | 'unavailable' | 'error';
  code: string;
  reason: string;
  fix: string | null;
};
