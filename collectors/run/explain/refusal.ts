/** Why there is no plan, and what to do about it. */
export type Refusal = {
  status: 'refused' | 'unavailable' | 'error';
  code: string;
  reason: string;
  fix: string | null;
};

/** The product itself declines, before the server is asked. */
export const refused = (code: string, reason: string, fix: string | null = null): Refusal => ({
  status: 'refused',
  code,
  reason,
  fix,
});
