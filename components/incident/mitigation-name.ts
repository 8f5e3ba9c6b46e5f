/** By which name a mitigation's words are found: what a person recorded, or an action the audit knows. */
const names = [
  ...(['cancel', 'terminate', 'fail_over', 'rate_limit', 'setting', 'roll_back'] as const),
  ...(['index', 'scale', 'other', 'session_cancel', 'session_terminate'] as const),
] as const;

export function mitigationName(what: string): (typeof names)[number] {
  const name = what.replace('.', '_');
  return names.find((one) => one === name) ?? 'other';
}
