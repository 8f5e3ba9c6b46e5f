/** From what a server answered to what is stored: rates of counters, rows of one record, an identity that does not fall back. Pure. */
import { type LoadReading, loadByWait } from '@/lib/activity/sum-load';
import { type CounterReading, type Identity, rates } from '@/lib/metric/counters';
import { type Metric, storedColumns } from '@/lib/metric/define-metric';
import { rowKey, type TypedRow } from '@/lib/metric/row';
import type { SeriesReading } from '@/lib/storage/append-readings';
import type { ServerIdentity } from './engine';
import { Failure } from './failure';
import type { StatementsPoll } from './statements-reader';

/** A standby names its timeline from what it receives; without a receiver it would seem to fall back. */
export function sameLifeTimeline(
  before: ServerIdentity | null,
  now: ServerIdentity,
): ServerIdentity {
  if (
    before === null ||
    before.systemIdentifier !== now.systemIdentifier ||
    before.timeline === null ||
    (now.timeline !== null && now.timeline >= before.timeline)
  )
    return now;
  return { ...now, timeline: before.timeline };
}

/** Rates need the reading before, which `state` keeps. */
export function toReading(
  metric: Metric,
  at: number,
  rows: TypedRow[],
  state: { previous: CounterReading | null },
  identity: Identity,
): SeriesReading {
  const columns = storedColumns(metric);
  const current: CounterReading = {
    monotonicMs: performance.now(),
    identity,
    rows: rows.map(({ labels, values, resetAt }) => ({ key: rowKey(labels), values, resetAt })),
  };
  const rated = rates(
    state.previous,
    current,
    columns.map(({ kind }) => kind === 'counter'),
    metric.everyMs * 3,
  );
  state.previous = current;
  return {
    metric: metric.id,
    at,
    everyMs: metric.everyMs,
    columns,
    rows: rows.map(({ labels, values }, i) => ({
      labels,
      values,
      rates: rated[i]?.rates ?? values.map(() => null),
    })),
  };
}

/** Load by class of wait, as a metric with the columns `sessions` and `cores`. */
export function loadReading(
  metric: Metric,
  at: number,
  load: LoadReading,
  cores: number | null,
): SeriesReading {
  const columns = storedColumns(metric);
  const rows = [...loadByWait(load)].map(([wait, sessions]) => {
    const record: Record<string, number | null> = { sessions, cores };
    return {
      labels: { wait },
      values: columns.map(({ name }) => record[name] ?? null),
      rates: columns.map(() => null),
    };
  });
  return { metric: metric.id, at, everyMs: metric.everyMs, columns, rows };
}

/** A reading of one row without labels and counters, from values by column name; what is not named is unknown. */
export function fromRecord(
  metric: Metric,
  at: number,
  record: Record<string, number | null>,
): SeriesReading {
  const columns = storedColumns(metric);
  return {
    metric: metric.id,
    at,
    everyMs: metric.everyMs,
    columns,
    rows: [
      {
        labels: {},
        values: columns.map(({ name }) => record[name] ?? null),
        rates: columns.map(() => null),
      },
    ],
  };
}

/** Columns of a summary that count since the reading before; the others are as true of each part of that time. */
const sinceLast = new Set([
  ...['calls', 'total_ms', 'errors', 'warnings', 'lost', 'evictions', 'hidden_calls'],
]);
const mostSteps = 6;

/**
 * What was counted since the reading before, in all the steps of the grid it spans: a full table of statements is read more
 * seldom than the others, which is no gap.
 */
export function summaryReadings(
  metric: Metric,
  at: number,
  poll: Pick<StatementsPoll, 'fromAt' | 'toAt' | 'summary'>,
): SeriesReading[] {
  const spanned = Math.round((poll.toAt - poll.fromAt) / metric.everyMs);
  const steps = Math.max(1, Math.min(mostSteps, spanned));
  const shared = Object.fromEntries(
    Object.entries(poll.summary).map(([name, value]) => [
      name,
      value !== null && sinceLast.has(name) ? value / steps : value,
    ]),
  );
  return Array.from({ length: steps }, (_, n) =>
    fromRecord(metric, at - (steps - 1 - n) * metric.everyMs, shared),
  );
}

/** Any error as a reason to show: of our own code too. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { name, message } = error as Error;
  return name === 'RowError'
    ? new Failure('wrong_shape', message)
    : new Failure('not_understood', message);
}
