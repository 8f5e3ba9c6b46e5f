/** From counters as read to rates per second, with resets, restarts, failovers and evictions told apart. Pure. */

/** Why a counter gives no rate at a poll. */
export type Break =
  /** Nothing to compare with: the first reading, or a row that was not there before. */
  | 'first'
  /** The source says that it was reset, or a value fell. */
  | 'reset'
  | 'restart'
  /** The same address is another server now, or its role or timeline changed. */
  | 'failover'
  /** Polls are missing in between: a mean over the hole would be drawn as if it were one moment. */
  | 'gap';

/** Who answered: any difference ends every series of the reading. */
export type Identity = {
  systemIdentifier: string | null;
  timeline: number | null;
  startedAt: string | null;
  role: string;
};

export type CounterRow = { key: string; values: (number | null)[]; resetAt: string | null };

export type CounterReading = {
  /** Monotonic clock of the collector; a step of the wall clock must not bend a rate. */
  monotonicMs: number;
  identity: Identity;
  rows: CounterRow[];
};

export type RatedRow = {
  key: string;
  /** Per second; null for what is not a counter, unknown, or broken off. Never negative. */
  rates: (number | null)[];
  break: Break | null;
};

/** What changed between two identities, the gravest first; null when it is the same server in the same life. */
export function identityBreak(
  previous: Identity,
  current: Identity,
): 'failover' | 'restart' | null {
  const differs = (a: string | number | null, b: string | number | null) =>
    a !== null && b !== null && a !== b;
  if (
    differs(previous.systemIdentifier, current.systemIdentifier) ||
    differs(previous.timeline, current.timeline) ||
    previous.role !== current.role
  )
    return 'failover';
  return differs(previous.startedAt, current.startedAt) ? 'restart' : null;
}

/**
 * Rates of the counters between two readings of one metric.
 * A row breaks as a whole: a source resets all its counters together, and one that overtook its old value cannot be seen alone.
 * @param counters which of the values are counters, by position
 * @param maxGapMs longest distance over which a rate still describes a moment
 */
export function rates(
  previous: CounterReading | null,
  current: CounterReading,
  counters: readonly boolean[],
  maxGapMs: number,
): RatedRow[] {
  const none = counters.map(() => null);
  const broken = (reason: Break): RatedRow[] =>
    current.rows.map(({ key }) => ({ key, rates: [...none], break: reason }));
  if (previous === null) return broken('first');
  const identity = identityBreak(previous.identity, current.identity);
  if (identity !== null) return broken(identity);
  const elapsedMs = current.monotonicMs - previous.monotonicMs;
  if (elapsedMs <= 0 || elapsedMs > maxGapMs) return broken('gap');

  const before = new Map(previous.rows.map((row) => [row.key, row]));
  return current.rows.map((row) => {
    const old = before.get(row.key);
    if (old === undefined) return { key: row.key, rates: [...none], break: 'first' };
    const fell = counters.some((isCounter, i) => {
      const a = old.values[i] ?? null;
      const b = row.values[i] ?? null;
      return isCounter && a !== null && b !== null && b < a;
    });
    if (fell || old.resetAt !== row.resetAt)
      return { key: row.key, rates: [...none], break: 'reset' };
    return {
      key: row.key,
      rates: counters.map((isCounter, i) => {
        const a = old.values[i] ?? null;
        const b = row.values[i] ?? null;
        return isCounter && a !== null && b !== null ? ((b - a) * 1000) / elapsedMs : null;
      }),
      break: null,
    };
  });
}
