/** The machines of a cluster in one cell: the busiest CPU, and the worst of what is judged. */
import type { LayerBody, Severity } from '@/lib/contract';
import { keepFresh } from './keep-fresh';
import type { Latest } from './read-latest';
import { readSeries } from './read-series';

const cpu = 'host.cpu';
/** The thresholds of the definitions' own alerts. Those of a CPU hold for five minutes: a busy moment is no trouble. */
export const layerThresholds = [
  { metric: cpu, column: 'busy_ratio', above: { warning: 0.9, critical: 0.98 } },
  { metric: 'host.memory', column: 'available_ratio', below: { warning: 0.1, critical: 0.05 } },
  { metric: 'host.filesystems', column: 'used_ratio', above: { warning: 0.85, critical: 0.95 } },
  { metric: 'host.filesystems', column: 'days_to_full', below: { warning: 4, critical: 1 } },
  {
    ...{ metric: 'host.filesystems', column: 'inodes_used_ratio' },
    above: { warning: 0.9, critical: 0.98 },
  },
] as const;
export const hostLayerMetrics = [...new Set(layerThresholds.map(({ metric }) => metric))];

export type MachineFacts = { latest: readonly Latest[]; spark: readonly (number | null)[] };
/** Two minutes each. */
const partsOfFiveMinutes = 3;
const rank: Record<Severity, number> = { ok: 0, unknown: 1, warning: 2, critical: 3 };

/** Null when nothing is known of any machine. A machine of which nothing is known keeps the cell from being green. */
export function infrastructureLayer(machines: readonly MachineFacts[]): LayerBody | null {
  const known = machines.filter(({ latest }) => latest.some(({ metric }) => metric === cpu));
  if (known.length === 0) return null;
  const states = [
    ...known.flatMap(statesOf),
    ...(known.length < machines.length ? (['unknown'] as const) : []),
  ];
  const busy = known.flatMap(({ latest }) => valuesOf(latest, cpu, 'busy_ratio'));
  const ats = known.flatMap(({ latest }) =>
    latest.filter(({ metric }) => metric === cpu).map(({ at }) => at),
  );
  const parts = Math.max(0, ...known.map(({ spark }) => spark.length));
  return {
    layer: 'infrastructure',
    state: states.toSorted((a, b) => rank[b] - rank[a])[0] ?? 'unknown',
    measured: true,
    headline: {
      ...{ name: 'cpu_busy', value: highest(busy), unit: 'ratio', at: Math.max(...ats) },
    },
    spark: Array.from({ length: parts }, (_, i) =>
      highest(known.flatMap(({ spark }) => spark[i] ?? [])),
    ),
  };
}

/** What a machine is short of most; null when nothing is known to be short. */
export function shortOf(
  machines: readonly MachineFacts[],
): { state: 'warning' | 'critical'; what: 'cpu' | 'memory' | 'disk' } | null {
  const what = (metric: string) =>
    metric === cpu ? 'cpu' : metric === 'host.memory' ? 'memory' : 'disk';
  const found = machines
    .flatMap(judged)
    .toSorted((a, b) => rank[b.state] - rank[a.state])
    .map(({ state, metric }) => ({ state, what: what(metric) }) as const)[0];
  return found === undefined || found.state === 'ok' || found.state === 'unknown'
    ? null
    : { state: found.state, what: found.what };
}

const statesOf = (machine: MachineFacts): Severity[] => judged(machine).map(({ state }) => state);

function judged({ latest, spark }: MachineFacts): { state: Severity; metric: string }[] {
  return layerThresholds.flatMap((threshold) => {
    const { metric, column } = threshold;
    const present = valuesOf(latest, metric, column);
    const lately = spark.slice(-partsOfFiveMinutes).filter((value) => value !== null);
    return present.map((value) => {
      if ('below' in threshold) {
        const { critical, warning } = threshold.below;
        return {
          metric,
          state: value < critical ? 'critical' : value < warning ? 'warning' : 'ok',
        };
      }
      const held = metric === cpu ? Math.min(value, ...lately) : value;
      const { critical, warning } = threshold.above;
      return { metric, state: held > critical ? 'critical' : held > warning ? 'warning' : 'ok' };
    });
  });
}

const highest = (values: readonly number[]) => (values.length > 0 ? Math.max(...values) : null);
const valuesOf = (latest: readonly Latest[], metric: string, column: string): number[] =>
  latest.flatMap((one) =>
    one.metric === metric && one.column === column && one.value !== null ? [one.value] : [],
  );

/** An hour in 30 parts moves on every two minutes. */
export const sparkAges = { freshMs: 10_000, lastsMs: 45_000 };

/** CPU busy of the last hour in 30 parts, by instance. */
export const readHostSparks = keepFresh(
  async (db, instanceIds: number[]): Promise<Map<number, (number | null)[]>> => {
    const now = Date.now();
    const { series } = await readSeries(db, {
      ...{ instanceIds, metric: cpu, column: 'busy_ratio', points: 30 },
      ...{ from: now - 3_600_000, to: now },
    });
    return new Map(series.map((one) => [one.instanceId, one.points.map(([, value]) => value)]));
  },
  sparkAges,
);
