/** What a rule would have done over stored history, through the same state machine as the evaluator. */
import type { Pool } from 'pg';
import { appliesTo, type Rule } from '@/lib/alert/rules';
import { type AlertState, advance, initialState, isOpen } from '@/lib/alert/transition';
import type { BacktestBody } from '@/lib/contract';
import type { Engine } from '@/lib/metric/define-metric';
import { dayMs } from './partitions';
import { readInstances } from './read-instances';
import { readSeries, type SeriesPoints } from './read-series';

/** Steps over the range; a longer range has coarser steps. */
const points = 10_000;
const mostListed = 200;
type Episode = BacktestBody['episodes'][number];

/**
 * Replays a rule. A step's value is its average, or for a rule that fires at once its worst sample; steps without a sample
 * freeze, as they do live.
 */
export async function backtestRule(
  db: Pool,
  rule: Rule,
  options: { now: number; days: number; instance?: number | undefined },
): Promise<BacktestBody> {
  const from = options.now - options.days * dayMs;
  const instances = (await readInstances(db)).filter(
    (one) =>
      (options.instance === undefined || Number(one.id) === options.instance) &&
      appliesTo(rule, {
        engine: one.engine as Engine,
        labels: one.labels as Record<string, string>,
      }),
  );
  const names = new Map(instances.map((one) => [Number(one.id), one.name]));
  const { stepMs, series } = await readSeries(db, {
    ...{ instanceIds: [...names.keys()], metric: rule.metric, column: rule.column },
    ...{ from, to: options.now, points },
  });
  const episodes = series.flatMap((line) =>
    replay(rule, line, stepMs).map((one) => ({
      ...one,
      instance: String(line.instanceId),
      name: names.get(line.instanceId) ?? String(line.instanceId),
      labels: line.labels,
    })),
  );
  episodes.sort((a, b) => b.from - a.from);
  const firingMs = episodes.reduce((sum, one) => sum + (one.to ?? options.now) - one.from, 0);
  return {
    ...{ from, to: options.now, fired: episodes.length, firing_ms: firingMs, step_ms: stepMs },
    instances: new Set(episodes.map((one) => one.instance)).size,
    episodes: episodes.slice(0, mostListed),
    more: Math.max(0, episodes.length - mostListed),
  };
}

type Replayed = Omit<Episode, 'instance' | 'name' | 'labels'>;

function replay(rule: Rule, line: SeriesPoints, stepMs: number): Replayed[] {
  const episodes: Replayed[] = [];
  let state: AlertState = initialState(line.points[0]?.[0] ?? 0);
  let open: Replayed | null = null;
  const worst = rule.direction === 'above' ? line.max : line.min;
  for (const [n, [at, average]] of line.points.entries()) {
    const value = rule.forMs === 0 ? (worst[n] ?? null) : average;
    if (value === null) continue;
    const context = { now: at, everyMs: stepMs, suppressed: null, repeatMs: 0 };
    state = advance(rule, state, { kind: 'sample', at, value }, context).next;
    if (isOpen(state)) {
      if (!open) {
        open = { level: state.level ?? 'warning', from: at, to: null, peak: null };
        episodes.push(open);
      }
      if (state.level === 'critical') open.level = 'critical';
      open.peak = state.peak;
    } else if (open) {
      open.to = at;
      open = null;
    }
  }
  return episodes;
}
