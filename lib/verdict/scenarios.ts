/** Labelled synthetic incidents that the verdict is measured with: what moves, when and by how much. For tests. */
import type { Headline, LayerName } from './layer-verdict';

export const stepMs = 10_000;

/** What a calm system looks like: level, noise as a part of it, and how the noise hangs together. */
type Series = Pick<Headline, 'layer' | 'id' | 'role' | 'worse' | 'floor'> & {
  level: number;
  noise: number;
  /** 0 is white noise, 0.9 wanders. */
  memory?: number;
  /** Part of the level by which it swings over a day. */
  daily?: number;
  /** Values that are mostly nothing and sometimes something. */
  rare?: number;
};

const up = { worse: 'up' as const };
export const calmSystem: readonly Series[] = [
  {
    ...up,
    layer: 'application',
    id: 'requests_per_s',
    role: 'demand',
    level: 120,
    noise: 0.08,
    memory: 0.6,
    daily: 0.4,
    floor: 5,
  },
  {
    ...up,
    layer: 'application',
    id: 'p95_ms',
    role: 'symptom',
    level: 85,
    noise: 0.12,
    memory: 0.3,
    daily: 0.1,
    floor: 20,
  },
  {
    ...up,
    layer: 'application',
    id: 'error_ratio',
    role: 'symptom',
    level: 0.002,
    noise: 0.8,
    rare: 0.3,
    floor: 0.01,
  },
  {
    ...up,
    layer: 'application',
    id: 'database_time_ms',
    role: 'symptom',
    level: 22,
    noise: 0.1,
    memory: 0.3,
    floor: 5,
  },
  {
    ...up,
    layer: 'application',
    id: 'statements_per_request',
    role: 'work',
    level: 6,
    noise: 0.05,
    memory: 0.2,
    floor: 1,
  },
  {
    ...up,
    layer: 'database',
    id: 'lock_waits',
    role: 'symptom',
    level: 0.05,
    noise: 1,
    rare: 0.1,
    floor: 0.5,
  },
  {
    ...up,
    layer: 'database',
    id: 'mean_ms',
    role: 'symptom',
    level: 1.4,
    noise: 0.15,
    memory: 0.4,
    daily: 0.1,
    floor: 0.5,
  },
  {
    ...up,
    layer: 'database',
    id: 'load',
    role: 'symptom',
    level: 1.1,
    noise: 0.3,
    memory: 0.4,
    daily: 0.3,
    floor: 1,
  },
  {
    ...up,
    layer: 'database',
    id: 'statements_per_s',
    role: 'demand',
    level: 720,
    noise: 0.08,
    memory: 0.6,
    daily: 0.4,
    floor: 20,
  },
  {
    ...up,
    layer: 'database',
    id: 'rows_read_per_s',
    role: 'work',
    level: 40_000,
    noise: 0.15,
    memory: 0.5,
    daily: 0.4,
    floor: 2_000,
  },
  {
    ...up,
    layer: 'database',
    id: 'connections_used',
    role: 'resource',
    level: 0.35,
    noise: 0.04,
    memory: 0.8,
    floor: 0.1,
  },
  {
    ...up,
    layer: 'infrastructure',
    id: 'cpu_busy',
    role: 'resource',
    level: 0.3,
    noise: 0.12,
    memory: 0.5,
    daily: 0.3,
    floor: 0.15,
  },
  {
    ...up,
    layer: 'infrastructure',
    id: 'disk_latency_ms',
    role: 'symptom',
    level: 0.9,
    noise: 0.25,
    memory: 0.3,
    floor: 1,
  },
  {
    ...up,
    layer: 'infrastructure',
    id: 'pressure_memory',
    role: 'symptom',
    level: 0.001,
    noise: 1,
    rare: 0.1,
    floor: 0.05,
  },
  {
    ...up,
    layer: 'infrastructure',
    id: 'network_retransmits',
    role: 'symptom',
    level: 0.2,
    noise: 1,
    rare: 0.2,
    floor: 2,
  },
];

/** By id of the series: factor on its level, seconds after the begin, seconds it takes to get there. */
type Effect = [id: string, factor: number, afterS?: number, rampS?: number];
export type Scenario = {
  name: string;
  /** Null: nothing moved. */
  first: LayerName | null;
  effects: readonly Effect[];
};

/** Factors that lift what is nearly nothing: levels are small there. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'lock storm, the application 40 s later',
    first: 'database',
    effects: [
      ['lock_waits', 160],
      ['load', 6],
      ['mean_ms', 20, 10],
      ['database_time_ms', 9, 40],
      ['p95_ms', 8, 40],
      ['rows_read_per_s', 0.5],
      ['cpu_busy', 0.6],
    ],
  },
  {
    name: 'lock storm, felt at once',
    first: 'database',
    effects: [
      ['lock_waits', 100],
      ['load', 5],
      ['mean_ms', 12],
      ['database_time_ms', 7],
      ['p95_ms', 6],
      ['requests_per_s', 0.7, 20],
    ],
  },
  {
    name: 'a few sessions wait long, requests time out',
    first: 'database',
    effects: [
      ['lock_waits', 60],
      ['load', 4],
      ['p95_ms', 3, 20],
      ['error_ratio', 15, 30],
    ],
  },
  {
    name: 'ALTER TABLE holds everybody up',
    first: 'database',
    effects: [
      ['lock_waits', 400],
      ['load', 15],
      ['statements_per_s', 0.1],
      ['database_time_ms', 30, 10],
      ['p95_ms', 25, 10],
      ['error_ratio', 60, 30],
      ['requests_per_s', 0.5, 30],
    ],
  },
  {
    name: 'an index is gone',
    first: 'database',
    effects: [
      ['rows_read_per_s', 30, 10],
      ['mean_ms', 8, 10],
      ['load', 4],
      ['cpu_busy', 3],
      ['database_time_ms', 6, 10],
      ['p95_ms', 5, 10],
    ],
  },
  {
    name: 'a plan changed for the worse',
    first: 'database',
    effects: [
      ['rows_read_per_s', 8],
      ['mean_ms', 4],
      ['load', 3],
      ['cpu_busy', 2.2],
      ['p95_ms', 3],
    ],
  },
  {
    name: 'a plan changed, seen late in the statistics',
    first: 'database',
    effects: [
      ['cpu_busy', 2.8],
      ['load', 4, 10],
      ['rows_read_per_s', 12, 50],
      ['mean_ms', 9, 50],
      ['p95_ms', 6, 30],
    ],
  },
  {
    name: 'a report reads everything',
    first: 'database',
    effects: [
      ['rows_read_per_s', 40],
      ['load', 3],
      ['disk_latency_ms', 5],
      ['cpu_busy', 2.5],
      ['p95_ms', 1.9, 20],
    ],
  },
  {
    name: 'a batch job floods the database',
    first: 'database',
    effects: [
      ['statements_per_s', 6],
      ['load', 5],
      ['cpu_busy', 2.8],
      ['mean_ms', 2.2],
      ['p95_ms', 2.5, 20],
    ],
  },
  {
    name: 'checkpoints write too much',
    first: 'database',
    effects: [
      ['rows_read_per_s', 2.6],
      ['disk_latency_ms', 8],
      ['mean_ms', 3],
      ['p95_ms', 2.2, 10],
    ],
  },
  {
    name: 'connections run out',
    first: 'database',
    effects: [
      ['connections_used', 2.8],
      ['error_ratio', 80, 40],
      ['p95_ms', 4, 40],
    ],
  },
  {
    name: 'connections leak slowly',
    first: 'database',
    effects: [
      ['connections_used', 2.8, 0, 200],
      ['error_ratio', 60, 220],
    ],
  },
  {
    name: 'the database alone, nobody above measures anything',
    first: 'database',
    effects: [
      ['mean_ms', 4],
      ['load', 4],
    ],
  },
  {
    name: 'waits inside the server',
    first: 'database',
    effects: [
      ['load', 8],
      ['mean_ms', 5],
      ['database_time_ms', 4],
      ['p95_ms', 4],
    ],
  },
  {
    name: 'autovacuum fights with queries',
    first: 'database',
    effects: [
      ['mean_ms', 3],
      ['load', 3],
      ['rows_read_per_s', 4],
      ['disk_latency_ms', 4],
      ['p95_ms', 2.4, 10],
    ],
  },
  {
    name: 'the lock storm that ends by itself after two minutes is still told',
    first: 'database',
    effects: [
      ['lock_waits', 160],
      ['load', 7],
      ['p95_ms', 5, 20],
    ],
  },
  {
    name: 'a broken release while the evening begins',
    first: 'application',
    effects: [
      ['error_ratio', 45],
      ['statements_per_s', 2.7, 60, 60],
      ['rows_read_per_s', 3, 60, 60],
    ],
  },
  {
    name: 'a longer way to the database, more connections wait for answers',
    first: 'infrastructure',
    effects: [
      ['database_time_ms', 30],
      ['p95_ms', 20],
      ['connections_used', 1.55, 20],
    ],
  },
  {
    name: 'CPU hog on the host',
    first: 'infrastructure',
    effects: [
      ['cpu_busy', 3.2],
      ['mean_ms', 3],
      ['load', 3],
      ['p95_ms', 2.5],
      ['rows_read_per_s', 0.7],
    ],
  },
  {
    name: 'CPU hog, the database slows later',
    first: 'infrastructure',
    effects: [
      ['cpu_busy', 3.2],
      ['mean_ms', 2.5, 40],
      ['load', 2.5, 30],
      ['p95_ms', 2.2, 50],
    ],
  },
  { name: 'CPU hog that nobody feels', first: 'infrastructure', effects: [['cpu_busy', 2.6]] },
  {
    name: 'slow disk',
    first: 'infrastructure',
    effects: [
      ['disk_latency_ms', 40],
      ['mean_ms', 6],
      ['load', 5],
      ['database_time_ms', 5],
      ['p95_ms', 5],
      ['rows_read_per_s', 0.4],
    ],
  },
  {
    name: 'slow disk, felt later',
    first: 'infrastructure',
    effects: [
      ['disk_latency_ms', 20],
      ['mean_ms', 3, 30],
      ['load', 3, 20],
      ['p95_ms', 2.5, 40],
    ],
  },
  {
    name: 'a neighbour takes the disk',
    first: 'infrastructure',
    effects: [
      ['disk_latency_ms', 10],
      ['mean_ms', 2.2, 10],
      ['load', 2.4, 10],
    ],
  },
  {
    name: 'swap',
    first: 'infrastructure',
    effects: [
      ['pressure_memory', 300],
      ['disk_latency_ms', 6, 10],
      ['mean_ms', 4, 10],
      ['p95_ms', 4, 10],
      ['load', 4, 10],
    ],
  },
  {
    name: 'memory runs short, the application feels it',
    first: 'infrastructure',
    effects: [
      ['pressure_memory', 200],
      ['p95_ms', 3, 20],
    ],
  },
  {
    name: 'network delay between application and database',
    first: 'infrastructure',
    effects: [
      ['database_time_ms', 6],
      ['p95_ms', 4],
    ],
  },
  {
    name: 'network loses packets',
    first: 'infrastructure',
    effects: [
      ['network_retransmits', 60],
      ['database_time_ms', 4],
      ['p95_ms', 5],
    ],
  },
  {
    name: 'network delay, fewer requests come through',
    first: 'infrastructure',
    effects: [
      ['database_time_ms', 10],
      ['p95_ms', 8],
      ['requests_per_s', 0.5, 20],
      ['statements_per_s', 0.5, 20],
    ],
  },
  {
    name: 'backup takes disk and processor',
    first: 'infrastructure',
    effects: [
      ['disk_latency_ms', 6],
      ['cpu_busy', 2],
      ['mean_ms', 1.9, 30],
      ['p95_ms', 1.8, 40],
    ],
  },
  { name: 'application bug: errors', first: 'application', effects: [['error_ratio', 100]] },
  { name: 'application bug: a few errors', first: 'application', effects: [['error_ratio', 12]] },
  { name: 'application bug: slow code', first: 'application', effects: [['p95_ms', 4]] },
  {
    name: 'application bug: errors and fewer statements',
    first: 'application',
    effects: [
      ['error_ratio', 150],
      ['statements_per_s', 0.4],
      ['rows_read_per_s', 0.4],
      ['cpu_busy', 0.6],
    ],
  },
  {
    name: 'garbage collection',
    first: 'application',
    effects: [
      ['p95_ms', 6],
      ['requests_per_s', 0.8],
    ],
  },
  {
    name: 'N+1 in a new release',
    first: 'application',
    effects: [
      ['statements_per_request', 9],
      ['statements_per_s', 8],
      ['load', 3],
      ['p95_ms', 3],
      ['database_time_ms', 5],
      ['cpu_busy', 2],
    ],
  },
  {
    name: 'N+1 that only the application feels',
    first: 'application',
    effects: [
      ['statements_per_request', 5],
      ['statements_per_s', 4],
      ['p95_ms', 2.2],
      ['database_time_ms', 3],
    ],
  },
  {
    name: 'more requests than ever',
    first: 'application',
    effects: [
      ['requests_per_s', 4],
      ['statements_per_s', 4],
      ['rows_read_per_s', 4],
      ['load', 5],
      ['cpu_busy', 2.9],
      ['mean_ms', 2.5],
      ['p95_ms', 3],
    ],
  },
  {
    name: 'more requests, felt later',
    first: 'application',
    effects: [
      ['requests_per_s', 3],
      ['statements_per_s', 3],
      ['rows_read_per_s', 3],
      ['load', 4, 20],
      ['cpu_busy', 2.6, 10],
      ['p95_ms', 2.5, 40],
    ],
  },
  {
    name: 'requests rise slowly until it is too much',
    first: 'application',
    effects: [
      ['requests_per_s', 4, 0, 120],
      ['statements_per_s', 4, 0, 120],
      ['rows_read_per_s', 4, 0, 120],
      ['cpu_busy', 2.8, 20, 120],
      ['p95_ms', 3, 80, 60],
    ],
  },
  {
    name: 'a service it calls is slow',
    first: 'application',
    effects: [
      ['p95_ms', 10],
      ['connections_used', 1.02],
    ],
  },
  {
    name: 'a service it calls fails',
    first: 'application',
    effects: [
      ['error_ratio', 200],
      ['p95_ms', 3],
    ],
  },
  {
    name: 'transactions are left open: the application first, then locks',
    first: 'application',
    effects: [
      ['p95_ms', 5],
      ['lock_waits', 100, 60],
      ['load', 4, 60],
      ['mean_ms', 4, 60],
    ],
  },
  {
    name: 'twice as many requests, nobody feels it',
    first: null,
    effects: [
      ['requests_per_s', 2],
      ['statements_per_s', 2],
      ['rows_read_per_s', 2],
    ],
  },
  { name: 'nothing', first: null, effects: [] },
  {
    name: 'a little more of everything',
    first: null,
    effects: [
      ['requests_per_s', 1.15],
      ['statements_per_s', 1.15],
      ['load', 1.15],
      ['cpu_busy', 1.15],
      ['p95_ms', 1.05],
    ],
  },
  {
    name: 'everything falls by night',
    first: null,
    effects: [
      ['requests_per_s', 0.4, 0, 120],
      ['statements_per_s', 0.4, 0, 120],
      ['rows_read_per_s', 0.4, 0, 120],
      ['load', 0.4, 0, 120],
      ['cpu_busy', 0.5, 0, 120],
    ],
  },
];

/** Deterministic noise: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Readings of the calm system from `from` to `to`, with a scenario that begins at `beginsAt`. */
export function play(
  scenario: Pick<Scenario, 'effects'>,
  { from, to, beginsAt, seed }: { from: number; to: number; beginsAt: number; seed: number },
): Headline[] {
  const random = seeded(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return calmSystem.map(({ level, noise, memory = 0, daily = 0, rare, ...series }) => {
    const effect = scenario.effects.find(([id]) => id === series.id);
    let wander = normal();
    const points: [number, number | null][] = [];
    for (let at = from; at <= to; at += stepMs) {
      wander = memory * wander + Math.sqrt(1 - memory * memory) * normal();
      const day = 1 + daily * Math.sin((2 * Math.PI * at) / 86_400_000);
      const quiet = rare !== undefined && random() > rare;
      // Latencies and rates have a long tail upwards.
      const usual = quiet ? 0 : level * day * Math.exp(noise * wander);
      const [, factor = 1, afterS = 0, rampS = 0] = effect ?? [];
      const since = (at - beginsAt) / 1000 - afterS;
      const part =
        effect === undefined || since < 0 ? 0 : rampS === 0 ? 1 : Math.min(1, since / rampS);
      const lifted = quiet && part > 0 ? level : usual;
      const value = lifted * (1 + (factor - 1) * part);
      const most = /ratio|used|busy|pressure/.test(series.id) ? 1 : Number.POSITIVE_INFINITY;
      // One reading in two hundred is missing.
      points.push([at, random() < 0.005 ? null : Math.min(most, value)]);
    }
    return { ...series, stepMs, points };
  });
}
