/** The way an incident goes: detect, triage, mitigate, permanent fix, review. Pure. */

export const phases = ['detect', 'triage', 'mitigate', 'fix', 'review', 'closed'] as const;
export type Phase = (typeof phases)[number];

/**
 * What may follow. Somebody who knows the cause at once goes from detection to mitigation; one that comes back goes back to
 * mitigation from wherever it is; nothing is closed that was not reviewed.
 */
const next: Record<Phase, readonly Phase[]> = {
  detect: ['triage', 'mitigate', 'review'],
  triage: ['mitigate', 'review'],
  mitigate: ['fix', 'review', 'triage'],
  fix: ['review', 'mitigate'],
  review: ['closed', 'mitigate'],
  closed: ['mitigate'],
};
export const mayFollow = (from: Phase): readonly Phase[] => next[from];

/** Epoch ms. */
export type Stamps = {
  /** Since when it was so: of the first alert, or as somebody said. */
  started_at: number;
  detected_at: number;
  /** A person took it on. */
  acknowledged_at: number | null;
  /** Users no longer feel it. */
  mitigated_at: number | null;
  /** Its cause is gone, or it was found to need no more. */
  resolved_at: number | null;
  closed_at: number | null;
};

/** The stamps after a change of phase. @throws when `to` may not follow */
export function enterPhase(stamps: Stamps, from: Phase, to: Phase, now: number): Stamps {
  if (!next[from].includes(to)) throw new Error(`${to} does not follow ${from}`);
  const acknowledged_at = stamps.acknowledged_at ?? now;
  // It is not over after all: what was stamped as its end was none.
  if (to === 'mitigate' || to === 'triage')
    return { ...stamps, acknowledged_at, mitigated_at: null, resolved_at: null, closed_at: null };
  const mitigated_at = stamps.mitigated_at ?? now;
  if (to === 'fix') return { ...stamps, acknowledged_at, mitigated_at };
  const resolved_at = stamps.resolved_at ?? now;
  const closed_at = to === 'closed' ? now : null;
  return { ...stamps, acknowledged_at, mitigated_at, resolved_at, closed_at };
}

/** How long each part took, ms; null is not known yet. */
export const durationsOf = (stamps: Stamps) => ({
  /** From its begin to the first that was told. */
  to_detect_ms: Math.max(0, stamps.detected_at - stamps.started_at),
  /** From then until a person took it on. */
  to_acknowledge_ms: between(stamps.detected_at, stamps.acknowledged_at),
  /** From its begin until users no longer felt it: time to recover. */
  to_recover_ms: between(stamps.started_at, stamps.mitigated_at),
});

const between = (from: number, to: number | null) => (to === null ? null : Math.max(0, to - from));
