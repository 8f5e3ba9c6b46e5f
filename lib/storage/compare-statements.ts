/** What statements did in two windows, side by side. */
import type { Pool } from 'pg';
import {
  type ChangeState,
  type ComparedStatement,
  changeStates,
  type StatementsCompareBody,
} from '@/lib/contract';
import { judgeChange, judgeMean, meanOf, stddevOf } from '@/lib/statement/judge-change';
import { type AskedWindows, readEventOf, windowsOf } from './asked-windows';
import {
  readPartial,
  readSums,
  readTexts,
  readWatched,
  type Sums,
  type Watched,
  type Window,
} from './read-window-sums';

export type CompareQuery = AskedWindows & {
  instanceIds: number[];
  state?: ChangeState | undefined;
  statement?: string | undefined;
  limit: number;
};

/** @throws 404 when `around` is no event of these instances' clusters */
export async function compareStatements(
  db: Pool,
  query: CompareQuery,
): Promise<StatementsCompareBody> {
  const event = await readEventOf(db, query);
  const { before, after } = windowsOf(query, event);
  const [was, is, watchedBefore, watchedAfter, partial] = await Promise.all([
    readSums(db, query, before),
    readSums(db, query, after),
    readWatched(db, query.instanceIds, before),
    readWatched(db, query.instanceIds, after),
    readPartial(db, query.instanceIds, [before, after]),
  ]);
  const both = query.instanceIds.filter(
    (id) => (watchedBefore.get(id) ?? 0) > 0 && (watchedAfter.get(id) ?? 0) > 0,
  );
  const own = new Set(
    query.statement === undefined
      ? [...was, ...is].flatMap((one) => (one.own ? one.statement_id : []))
      : [],
  );
  const others = (rows: readonly Sums[]) =>
    rows.filter((one) => !(one.own && own.has(one.statement_id)));
  const all = pairs(others(was), others(is)).map(([rowsBefore, rowsAfter]) =>
    compareOne(rowsBefore, rowsAfter, {
      before: { window: before, watched: watchedBefore },
      after: { window: after, watched: watchedAfter },
    }),
  );
  const counts = Object.fromEntries(
    changeStates.map((state) => [state, all.filter((one) => one.state === state).length]),
  ) as StatementsCompareBody['counts'];
  const shown = all
    .filter(({ state }) => query.state === undefined || state === query.state)
    .toSorted(regressionsFirst)
    .slice(0, query.limit);
  const known = await readTexts(
    db,
    shown.map(({ id }) => id),
  );
  return {
    before: { ...before, watched: leastShare(watchedBefore, query.instanceIds, before) },
    after: { ...after, watched: leastShare(watchedAfter, query.instanceIds, after) },
    event,
    counts,
    own_statements: own.size,
    totals: {
      before_ms_per_s: spent(was, watchedBefore, both),
      after_ms_per_s: spent(is, watchedAfter, both),
    },
    partial,
    statements: shown.flatMap((one) => {
      const text = known.get(one.id);
      return text ? [{ ...one, ...text }] : [];
    }),
  };
}

/** A statement's rows of both windows; in either they may be none. */
function pairs(was: readonly Sums[], is: readonly Sums[]): [Sums[], Sums[]][] {
  const found = new Map<string, [Sums[], Sums[]]>();
  for (const [place, rows] of [was, is].entries())
    for (const row of rows) {
      const key = JSON.stringify([row.statement_id, row.database, row.user]);
      const pair = found.get(key) ?? [[], []];
      found.set(key, pair);
      pair[place]?.push(row);
    }
  return [...found.values()];
}

type Place = { window: Window; watched: Watched };
type Compared = Omit<ComparedStatement, 'text' | 'kind' | 'first_seen'>;

function compareOne(
  was: readonly Sums[],
  is: readonly Sums[],
  places: { before: Place; after: Place },
): Compared {
  const first = (was[0] ?? is[0]) as Sums;
  const instances = [...new Set([...was, ...is].map((row) => row.instance_id))];
  const before = sideOf(was, places.before, instances);
  const after = sideOf(is, places.after, instances);
  const sums = (rows: readonly Sums[]) => ({
    calls: total(rows, 'calls'),
    total_ms: total(rows, 'total_ms'),
    sum_sq_ms: total(rows, 'sum_sq_ms'),
  });
  const { ratio, beyond_noise } = judgeMean(sums(was), sums(is));
  const watchedOf = ({ window, watched }: Place) => ({
    share: leastShare(watched, instances, window) ?? 0,
    seconds: Math.min(...instances.map((id) => watched.get(id) ?? 0)),
  });
  return {
    id: first.statement_id,
    database: first.database,
    user: first.user,
    state: judgeChange(sums(was), sums(is), {
      before: watchedOf(places.before),
      after: watchedOf(places.after),
    }),
    before,
    after,
    mean_ratio: ratio,
    beyond_noise,
    change_ms_per_s:
      before.total_ms_per_s === null || after.total_ms_per_s === null
        ? null
        : after.total_ms_per_s - before.total_ms_per_s,
  };
}

/** @param instances all the statement runs on: where it did not run in this window it did nothing, if that was watched */
function sideOf(rows: readonly Sums[], { watched }: Place, instances: readonly number[]) {
  const sums = {
    calls: total(rows, 'calls'),
    total_ms: total(rows, 'total_ms'),
    sum_sq_ms: total(rows, 'sum_sq_ms'),
  };
  const known = instances.every((id) => (watched.get(id) ?? 0) > 0);
  const perSecond = (name: 'calls' | 'total_ms') =>
    known
      ? rows.reduce((sum, row) => sum + row[name] / (watched.get(row.instance_id) ?? 1), 0)
      : null;
  const blocks = rows.flatMap(({ blocks_read }) => blocks_read ?? []);
  return {
    calls: sums.calls,
    total_ms: sums.total_ms,
    mean_ms: meanOf(sums),
    stddev_ms: stddevOf(sums),
    rows: total(rows, 'rows'),
    blocks_read: blocks.length === 0 ? null : blocks.reduce((a, b) => a + b, 0),
    calls_per_s: perSecond('calls'),
    total_ms_per_s: perSecond('total_ms'),
  };
}

const total = (rows: readonly Sums[], name: 'calls' | 'total_ms' | 'sum_sq_ms' | 'rows') =>
  rows.reduce((sum, row) => sum + row[name], 0);

function leastShare(
  watched: Watched,
  instances: readonly number[],
  { from, to }: Window,
): number | null {
  if (watched.size === 0) return null;
  const shares = instances.map((id) => ((watched.get(id) ?? 0) * 1000) / (to - from));
  return Math.max(0, Math.min(1, ...shares));
}

/** @param instances watched in both windows: one that was added or lost is neither a rise nor a fall */
function spent(
  rows: readonly Sums[],
  watched: Watched,
  instances: readonly number[],
): number | null {
  if (instances.length === 0) return null;
  return rows
    .filter((row) => instances.includes(row.instance_id))
    .reduce((sum, row) => sum + row.total_ms / (watched.get(row.instance_id) as number), 0);
}

const rank = Object.fromEntries(changeStates.map((state, index) => [state, index]));

function regressionsFirst(a: Compared, b: Compared): number {
  return (
    (rank[a.state] ?? 0) - (rank[b.state] ?? 0) || weight(b) - weight(a) || (a.id < b.id ? -1 : 1)
  );
}

/** How much time is at stake: what changed, and of those that did not change what they take. */
function weight({ state, change_ms_per_s, after, before }: Compared): number {
  if (state === 'same' || state === 'unknown') return after.total_ms + before.total_ms;
  return Math.abs(change_ms_per_s ?? 0);
}
