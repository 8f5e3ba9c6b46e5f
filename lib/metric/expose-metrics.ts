import type { Metric } from './define-metric';

export type LatestValue = {
  instanceId: number;
  metric: string;
  column: string;
  labels: Record<string, string>;
  /** Epoch ms of the reading. */
  at: number;
  everyMs: number;
  /** As read; null is unknown and is not exposed. */
  value: number | null;
};
export type ExposedInstance = {
  id: string;
  name: string;
  cluster: string;
  engine: string;
  state: 'up' | 'down' | 'unknown';
};
export type OwnHealth = {
  version: string;
  collectors: { id: string; last_seen_ms: number }[];
};

type Sample = { labels: Record<string, string>; value: number };

/** Prometheus' text format 0.0.4: our own health, and the last value of every gauge, counter and flag. What is unknown or old is left out. */
export function exposeMetrics(input: {
  metrics: readonly Metric[];
  latest: readonly LatestValue[];
  instances: readonly ExposedInstance[];
  health: OwnHealth;
  now: number;
}): string {
  const { metrics, latest, instances, health, now } = input;
  const lines: string[] = [];
  const family = (name: string, type: 'gauge' | 'counter', help: string, samples: Sample[]) => {
    if (samples.length === 0) return;
    lines.push(`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`);
    for (const sample of samples) lines.push(`${name}${labelText(sample.labels)} ${sample.value}`);
  };
  family('yagura_build_info', 'gauge', 'The running version.', [
    { labels: { version: health.version }, value: 1 },
  ]);
  family(
    'yagura_collector_last_seen_timestamp_seconds',
    'gauge',
    'When a collector last reported.',
    health.collectors.map((one) => ({
      labels: { collector: one.id },
      value: one.last_seen_ms / 1000,
    })),
  );
  const known = new Map(instances.map((one) => [one.id, identity(one)]));
  family(
    'yagura_instance_up',
    'gauge',
    'Whether the instance answers; absent while that is not known.',
    instances.flatMap((one) =>
      one.state === 'unknown' ? [] : [{ labels: identity(one), value: one.state === 'up' ? 1 : 0 }],
    ),
  );
  const samples = new Map<string, Sample[]>();
  for (const one of latest) {
    const owner = known.get(String(one.instanceId));
    if (!owner || one.value === null || !Number.isFinite(one.value)) continue;
    if (now - one.at > Math.max(60_000, 3 * one.everyMs)) continue;
    const key = `${one.metric} ${one.column}`;
    const labels = { ...owner, ...ownLabels(one.labels, owner) };
    samples.set(key, [...(samples.get(key) ?? []), { labels, value: one.value }]);
  }
  for (const metric of metrics)
    for (const [column, { kind, ...rest }] of Object.entries(metric.columns)) {
      if (kind === 'label' || !('help' in rest)) continue;
      const type = kind === 'counter' ? 'counter' : 'gauge';
      const name = exposedName(metric.id, column, type);
      family(name, type, rest.help.en, samples.get(`${metric.id} ${column}`) ?? []);
    }
  return `${lines.join('\n')}\n`;
}

/** `postgres.replication-slots` and `retained_bytes` make `yagura_postgres_replication_slots_retained_bytes`. */
export function exposedName(metric: string, column: string, type: 'gauge' | 'counter'): string {
  const name = `yagura_${metric}_${column}`.replace(/[^a-zA-Z0-9_]/g, '_');
  return type === 'counter' && !name.endsWith('_total') ? `${name}_total` : name;
}

const identity = (one: ExposedInstance): Record<string, string> => ({
  instance_id: one.id,
  instance_name: one.name,
  cluster: one.cluster,
  engine: one.engine,
});

/** A metric's label never hides whose value it is. */
function ownLabels(labels: Record<string, string>, owner: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => {
      const safe = name.replace(/[^a-zA-Z0-9_]/g, '_');
      return [Object.hasOwn(owner, safe) ? `label_${safe}` : safe, value];
    }),
  );
}

function labelText(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

const escapeHelp = (text: string) => text.replace(/\\/g, '\\\\').replace(/[\r\n]+/g, ' ');

/** Names come from databases: a line break in one must not begin a line of ours. */
const escapeLabel = (text: string) =>
  text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n').replace(/\r/g, ' ');
