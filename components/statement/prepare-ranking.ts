/** What the ranking says in a sentence, and how each row changed against the window before. Pure. */

export type RankingSentence =
  | { kind: 'unknown' }
  | { kind: 'quiet' }
  | { kind: 'hidden'; share: number }
  | { kind: 'one'; share: number; calls: number; meanMs: number | null }
  | { kind: 'few'; count: number; share: number; calls: number; totalMs: number }
  | { kind: 'even'; count: number; totalMs: number };

type Ranked = { share: number | null; calls: number; mean_ms: number | null };
type Totals = { calls: number | null; total_ms: number | null };

/** One statement from this share of the load on is the answer by itself. */
const ONE = 0.4;
/** At most this many statements making at least this share are "a few that matter". */
const FEW_COUNT = 5;
const FEW = 0.6;
/** From this share on, what the login may not see is the answer: the rest would mislead. */
const HIDDEN = 0.4;

/** All that ran: what is seen and what the login may not see; null when not known. Shares are of this. */
export function wholeMs(totals: Totals, hidden: { total_ms: number } | null): number | null {
  return totals.total_ms === null ? null : totals.total_ms + (hidden?.total_ms ?? 0);
}

/**
 * The answer on top of the page.
 * @param statements in the order of their share, highest first; any other order is sorted here.
 * @param hidden what the login may not see; not part of `totals`.
 */
export function rankingSentence(
  statements: readonly Ranked[],
  totals: Totals,
  hidden: { total_ms: number } | null = null,
): RankingSentence {
  if (totals.calls === null || totals.total_ms === null) return { kind: 'unknown' };
  if (totals.calls === 0 && !hidden?.total_ms) return { kind: 'quiet' };
  const hiddenShare = (hidden?.total_ms ?? 0) / (wholeMs(totals, hidden) || 1);
  if (hiddenShare >= HIDDEN) return { kind: 'hidden', share: hiddenShare };
  const byShare = [...statements].sort((a, b) => (b.share ?? 0) - (a.share ?? 0));
  const first = byShare[0];
  if (first && (first.share ?? 0) >= ONE)
    return { kind: 'one', share: first.share ?? 0, calls: first.calls, meanMs: first.mean_ms };
  let share = 0;
  let calls = 0;
  for (const [index, statement] of byShare.slice(0, FEW_COUNT).entries()) {
    share += statement.share ?? 0;
    calls += statement.calls;
    if (share >= FEW)
      return { kind: 'few', count: index + 1, share, calls, totalMs: share * totals.total_ms };
  }
  return { kind: 'even', count: statements.length, totalMs: totals.total_ms };
}

export type Change =
  | { kind: 'unknown' }
  | { kind: 'new' }
  | { kind: 'same' }
  | { kind: 'more' | 'less'; ratio: number };

/** A difference below this share of the old value is not called a change. */
const SAME = 0.05;

/**
 * Now against before, in the same unit.
 * @param before null when the window before is not known, 0 when it is known that nothing ran.
 */
export function changeOf(now: number | null, before: number | null | undefined): Change {
  if (now === null || before === null || before === undefined) return { kind: 'unknown' };
  if (before === 0) return now === 0 ? { kind: 'same' } : { kind: 'new' };
  const ratio = (now - before) / before;
  if (Math.abs(ratio) < SAME) return { kind: 'same' };
  return { kind: ratio > 0 ? 'more' : 'less', ratio: Math.abs(ratio) };
}
