/** Objectives of services: error budgets and how fast they burn. Google, The Site Reliability Workbook, chapter 5. */
import { countBelow, countWithin, type Interval } from './durations';

export type Objective =
  | { kind: 'availability'; target: number }
  | { kind: 'latency'; target: number; thresholdMs: number };

/** What was served in some time; null when nothing is known of it. */
export type Counted = { requests: number; errors: number; intervals: readonly Interval[] } | null;

/** How many requests were good. A bucket that the threshold lies in may be on either side: `least` and `most` say so. */
export type Good = { total: number; good: number; least: number; most: number };

export function goodOf(objective: Objective, counted: Counted): Good | null {
  if (!counted || counted.requests <= 0) return null;
  const { requests: total, errors, intervals } = counted;
  if (objective.kind === 'availability') {
    const good = total - errors;
    return { total, good, least: good, most: good };
  }
  const { least, most } = countWithin(intervals, objective.thresholdMs);
  return { total, good: countBelow(intervals, objective.thresholdMs), least, most };
}

/** How many times faster than allowed the budget is spent: at 1 it lasts exactly its window. Null is not known. */
export function burnRate(objective: Objective, good: Good | null): number | null {
  if (!good) return null;
  return (good.total - good.good) / good.total / (1 - objective.target);
}

/**
 * Both windows of a pair must burn: the long one says that it matters, the short one that it is still going on. At these
 * rates a budget of 30 days loses 2 % in an hour, or 5 % in six.
 */
export const burnPairs = [
  { long: '1h', short: '5m', rate: 14.4, state: 'critical' },
  { long: '6h', short: '30m', rate: 6, state: 'warning' },
] as const;
export const burnWindows = { '5m': 5, '30m': 30, '1h': 60, '6h': 360 } as const;
export type BurnWindow = keyof typeof burnWindows;
export type BurnRates = Record<BurnWindow, number | null>;

/**
 * How an objective stands. A spent budget is a warning for as long as its window remembers it.
 * @param left part of the budget that is left, below 0 when more was spent; null when not known
 */
export function objectiveState(
  rates: BurnRates,
  left: number | null,
): 'ok' | 'warning' | 'critical' | 'unknown' {
  for (const { long, short, rate, state } of burnPairs)
    if ((rates[long] ?? 0) >= rate && (rates[short] ?? 0) >= rate) return state;
  if (left === null) return 'unknown';
  return left <= 0 ? 'warning' : 'ok';
}

/** The lecture's 100 ms: 40 for the application, 30 for the database, 20 for the network, 10 for all else. */
export const lectureBudget = {
  application_ms: 40,
  database_ms: 30,
  network_ms: 20,
  other_ms: 10,
} as const;
export type BudgetPart = keyof typeof lectureBudget;
export const budgetParts = Object.keys(lectureBudget) as BudgetPart[];

/** Of a service that has no objective on latency: this share of requests within its latency budget. */
export const defaultLatencyTarget = 0.95;
