/** Growth of every entry between two snapshots; resets, restarts, crashes and evictions told apart. Pure. */
import type { Partial, StatementGrowth } from '@/collectors/run/statements-reader';
import { counterNames, type Snapshot, width } from './snapshot';

export type Comparison = {
  partial: Partial | null;
  /** Entries that were called; never negative. */
  growth: Map<string, StatementGrowth>;
  hidden: { calls: number; totalMs: number } | null;
  evictions: number | null;
  /** Growth in all, visible and hidden. */
  calls: number;
  totalMs: number;
};

/** What a server that crashed writes as its reset time: the epoch of PostgreSQL. */
const neverReset = 946_684_800;

/**
 * After a reset the new value is what was counted since: a lower bound of the growth, and the reading is marked.
 * A clean restart keeps the counters, so the growth stays exact, marked all the same because statements were cut off.
 */
export function compare(previous: Snapshot, current: Snapshot): Comparison {
  const evictions = evicted(previous, current);
  if (
    previous.systemIdentifier !== null &&
    current.systemIdentifier !== null &&
    previous.systemIdentifier !== current.systemIdentifier
  )
    return {
      partial: 'failover',
      growth: new Map(),
      hidden: null,
      evictions: null,
      calls: 0,
      totalMs: 0,
    };

  const restarted =
    previous.startedAt !== null &&
    current.startedAt !== null &&
    previous.startedAt !== current.startedAt;
  const allReset =
    previous.resetAt !== current.resetAt || lostWithoutTrace(previous, current, restarted);
  const crashed =
    allReset && (Number(current.resetAt) === neverReset || (restarted && current.resetAt === null));
  const knowsBirth = current.since.length > 0;
  // Entries that a GRANT made visible have a past that was not ours to count.
  const unveiled = !knowsBirth && current.hidden.entries < previous.hidden.entries && !allReset;

  let recreated = false;
  let unknownPast = false;
  let calls = 0;
  let totalMs = 0;
  const growth = new Map<string, StatementGrowth>();
  for (const [key, place] of current.places) {
    const old = previous.places.get(key);
    let base: number | null = null;
    if (old !== undefined && !allReset) {
      const sameEntry = knowsBirth
        ? previous.since[old] === current.since[place]
        : !fell(previous, old, current, place);
      if (sameEntry) base = old;
      else recreated = true;
    } else if (old === undefined && !allReset) {
      const born = knowsBirth ? Number(current.since[place]) * 1000 : null;
      if (unveiled || (born !== null && born < previous.serverClockMs - 1000)) {
        unknownPast = true;
        continue;
      }
    }
    const grown = difference(previous, base, current, place);
    if (grown.calls <= 0 && grown.totalMs <= 0 && !((grown.planMs ?? 0) > 0)) continue;
    growth.set(key, grown);
    calls += grown.calls;
    totalMs += grown.totalMs;
  }

  const hidden = hiddenGrowth(previous, current, allReset);
  const partial: Partial | null = crashed
    ? 'crash'
    : allReset
      ? 'reset'
      : restarted
        ? 'restart'
        : evictions !== null && evictions > 0
          ? 'eviction'
          : recreated
            ? 'reset'
            : unknownPast
              ? 'first'
              : null;
  return {
    partial,
    growth,
    hidden,
    evictions: allReset ? null : evictions,
    calls: calls + (hidden?.calls ?? 0),
    totalMs: totalMs + (hidden?.totalMs ?? 0),
  };
}

function evicted(previous: Snapshot, current: Snapshot): number | null {
  if (previous.dealloc === null || current.dealloc === null) return null;
  return Math.max(0, current.dealloc - previous.dealloc);
}

/** Without a reset time (before 1.9): after a restart, most entries gone or smaller means that a crash threw them away. */
function lostWithoutTrace(previous: Snapshot, current: Snapshot, restarted: boolean): boolean {
  if (!restarted || current.resetAt !== null || previous.places.size === 0) return false;
  let lost = 0;
  for (const [key, old] of previous.places) {
    const place = current.places.get(key);
    if (place === undefined || fell(previous, old, current, place)) lost++;
  }
  return lost * 2 > previous.places.size;
}

function fell(previous: Snapshot, old: number, current: Snapshot, place: number): boolean {
  for (let i = 0; i < width; i++) {
    // The sum of squares is computed from rounded parts and may waver.
    if (counterNames[i] === 'sumSqMs') continue;
    const before = previous.values[old * width + i] ?? Number.NaN;
    const now = current.values[place * width + i] ?? Number.NaN;
    if (now < before) return true;
  }
  return false;
}

function difference(
  previous: Snapshot,
  base: number | null,
  current: Snapshot,
  place: number,
): StatementGrowth {
  const at = (i: number): number => {
    const now = current.values[place * width + i] ?? Number.NaN;
    const before = base === null ? 0 : (previous.values[base * width + i] ?? Number.NaN);
    return Math.max(0, now - before);
  };
  const measured = (i: number): number | null => {
    const value = at(i);
    return Number.isNaN(value) ? null : value;
  };
  const known = (i: number): number => measured(i) ?? 0;
  return {
    calls: known(0),
    totalMs: known(1),
    sumSqMs: known(2),
    planMs: measured(3),
    rows: known(4),
    blocksHit: known(5),
    blocksRead: known(6),
    blocksDirtied: known(7),
    blocksWritten: known(8),
    tempBlocksRead: known(9),
    tempBlocksWritten: known(10),
    readMs: measured(11),
    writeMs: measured(12),
    walBytes: measured(13),
    jitMs: measured(14),
  };
}

function hiddenGrowth(
  previous: Snapshot,
  current: Snapshot,
  allReset: boolean,
): Comparison['hidden'] {
  if (current.hidden.entries === 0) return null;
  const base = allReset ? { calls: 0, totalMs: 0 } : previous.hidden;
  const calls = current.hidden.calls - base.calls;
  const totalMs = current.hidden.totalMs - base.totalMs;
  // Fewer than before: entries were evicted or became visible, and what grew cannot be told.
  return calls < 0 || totalMs < 0 ? null : { calls, totalMs };
}
