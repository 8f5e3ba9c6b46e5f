/** What the evaluator must know, in a fixed number of queries whatever the number of instances and rules. */
import {
  type Known,
  labelsText,
  type Reading,
  type Silence,
  type StoredAlert,
  type WatchedInstance,
} from '@/lib/alert/evaluate-rules';
import { mergeRules, type Rule, type StoredRule } from '@/lib/alert/rules';
import type { Engine, Metric } from '@/lib/metric/define-metric';
import { machineOf } from './machine-of';
import type { Db } from './partitions';
import { addDerived } from './read-derived';
import { readInstances } from './read-instances';
import { readLatest } from './read-latest';

/** Firing alerts that nobody acknowledged are told again after this. */
export const repeatMs = 4 * 3_600_000;

/** Rules as they are in force: defaults with what was changed, and what was made. */
export async function readRules(db: Db, defaults: readonly Rule[]): Promise<Rule[]> {
  const { rows } = await db.query<{ id: string; body: StoredRule }>(
    'select id, body from rule order by id',
  );
  return mergeRules(defaults, rows);
}

export async function readAlertFacts(
  db: Db,
  options: { defaults: readonly Rule[]; metrics: readonly Metric[]; now: number; store: object },
): Promise<Known> {
  const { now } = options;
  const rules = await readRules(db, options.defaults);
  const watched = [...new Set(rules.filter((one) => one.enabled).map(({ metric }) => metric))];
  const instances = new Map<number, WatchedInstance>();
  const bodies = await readInstances(db);
  for (const one of bodies)
    instances.set(Number(one.id), {
      ...{ id: Number(one.id), name: one.name, cluster: one.cluster, role: one.role },
      clusterId: Number(one.cluster_id),
      engine: one.engine as Engine,
      labels: one.labels as Record<string, string>,
      state: one.state,
      machine: machineOf(one),
      ...{ readings: new Map(), health: new Map() },
    });
  const columns = new Set(rules.map((one) => `${one.metric} ${one.column}`));
  for (const one of await readLatest(db, { metrics: watched, withinMs: 30 * 60_000 })) {
    const readings = instances.get(one.instanceId)?.readings;
    const value = one.kind === 'counter' ? one.rate : one.value;
    if (!readings) continue;
    const reading: Reading = readings.get(one.metric) ?? {
      ...{ at: one.at, everyMs: one.everyMs, rows: new Map() },
    };
    readings.set(one.metric, reading);
    // Of two layouts the newer one counts.
    if (one.at < reading.at) continue;
    if (one.at > reading.at) Object.assign(reading, { at: one.at, rows: new Map() });
    const key = labelsText(one.labels);
    const row = reading.rows.get(key) ?? { labels: one.labels, values: {} };
    reading.rows.set(key, row);
    if (value !== null && columns.has(`${one.metric} ${one.column}`))
      row.values[one.column] = value;
  }
  await readHealth(db, options.metrics, instances);
  await addDerived(db, options.store, instances, bodies, now);
  return {
    ...{ now, rules, repeatMs, instances: [...instances.values()] },
    alerts: await readStoredAlerts(db),
    silences: await readSilencesAt(db, now),
  };
}

/** Where nothing tells of a machine, nothing about it went wrong. */
async function readHealth(
  db: Db,
  metrics: readonly Metric[],
  instances: Map<number, WatchedInstance>,
) {
  const every = new Map<string, number>(metrics.map(({ id, everyMs }) => [id, everyMs]));
  const { rows } = await db.query<{
    instance_id: number;
    metric: string;
    last_success: Date | null;
    failed: boolean;
  }>(`select instance_id, metric, last_success, error is not null as failed from metric_health
      where error ->> 'code' is distinct from 'no_host_source'`);
  for (const row of rows) {
    const everyMs = every.get(row.metric);
    if (everyMs === undefined) continue;
    const lastSuccess = row.last_success?.getTime() ?? null;
    const health = { lastSuccess, failed: row.failed, everyMs };
    instances.get(row.instance_id)?.health.set(row.metric, health);
  }
}

export async function readStoredAlerts(db: Db): Promise<StoredAlert[]> {
  const { rows } = await db.query<StoredAlert>(
    `select id::text, rule_id as "ruleId", instance_id as "instanceId", labels, condition, state, facts from alert
     where phase in ('pending', 'firing', 'recovering') or state ->> 'told' is not null`,
  );
  return rows;
}

async function readSilencesAt(db: Db, now: number): Promise<Silence[]> {
  const { rows } = await db.query<Silence>(
    `select kind, rule_id as "ruleId", instance_id as "instanceId", cluster_id as "clusterId" from silence
     where starts_at <= $1 and ends_at > $1`,
    [new Date(now)],
  );
  return rows;
}
