/** All rules on all instances at one moment. Pure: what is known goes in, what changes comes out. */

import type { Engine } from '@/lib/metric/define-metric';
import { ofCluster } from './derived-rules';
import type { AlertContent } from './message-content';
import type { Condition } from './rule';
import { appliesTo, conditionOf, type Rule } from './rules';
import {
  type AlertState,
  advance,
  close,
  type Input,
  initialState,
  type Step,
  type Suppression,
} from './transition';

export type Reading = {
  at: number;
  everyMs: number;
  /** By the labels as text in the order of their names. */
  rows: Map<string, { labels: Record<string, string>; values: Record<string, number> }>;
};

export type WatchedInstance = {
  id: number;
  name: string;
  clusterId: number;
  cluster: string;
  engine: Engine;
  role: string;
  labels: Record<string, string>;
  state: string;
  /** The machine it runs on; those of one machine have the same. */
  machine: string;
  readings: Map<string, Reading>;
  health: Map<string, { lastSuccess: number | null; failed: boolean; everyMs: number }>;
};

export type StoredAlert = {
  id: string;
  ruleId: string;
  instanceId: number;
  labels: Record<string, string>;
  condition: Condition;
  state: AlertState;
  /** As it was last written: its names outlive its instance and its rule. */
  facts: AlertContent | null;
};

export type Silence = {
  kind: 'silence' | 'maintenance';
  ruleId: string | null;
  instanceId: number | null;
  clusterId: number | null;
};

export type Known = {
  now: number;
  rules: readonly Rule[];
  instances: readonly WatchedInstance[];
  alerts: readonly StoredAlert[];
  /** Those in force now. */
  silences: readonly Silence[];
  repeatMs: number;
};

export type Change = Step & {
  alertId: string | null;
  rule: Rule | null;
  ruleId: string;
  instance: WatchedInstance | null;
  instanceId: number;
  labels: Record<string, string>;
  condition: Condition;
  facts: AlertContent | null;
};

/** How often what is known of an instance itself is looked at. */
export const evaluateEveryMs = 10_000;

/** What changes at `now`. An alert that has not moved and holds no timer is not in it. */
export function evaluateRules(known: Known): Change[] {
  const changes: Change[] = [];
  const push = (change: Change, before: AlertState) => {
    if (change.transitions.length > 0 || differs(before, change.next)) changes.push(change);
  };
  const stored = new Map<string, Map<string, StoredAlert>>();
  for (const alert of known.alerts) {
    const place = `${alert.ruleId} ${alert.instanceId}`;
    const some = stored.get(place) ?? new Map<string, StoredAlert>();
    stored.set(place, some.set(labelsText(alert.labels), alert));
  }
  for (const instance of known.instances)
    for (const rule of known.rules) {
      const place = `${rule.id} ${instance.id}`;
      const mine = stored.get(place);
      if (!appliesTo(rule, instance)) continue;
      stored.delete(place);
      evaluateRule(known, rule, instance, mine ?? new Map(), push);
    }
  // What is left belongs to a rule or an instance that is no longer there.
  for (const alerts of stored.values())
    for (const alert of alerts.values()) {
      const instance = known.instances.find(({ id }) => id === alert.instanceId) ?? null;
      const rule = known.rules.find(({ id }) => id === alert.ruleId) ?? null;
      const step = close(
        alert.condition,
        alert.state,
        instance ? 'rule_deleted' : 'target_removed',
        { now: known.now, everyMs: evaluateEveryMs, suppressed: null, repeatMs: 0 },
      );
      push(changeOf(alert, rule, instance, alert.condition, step), alert.state);
    }
  return changes;
}

function evaluateRule(
  known: Known,
  rule: Rule,
  instance: WatchedInstance,
  mine: Map<string, StoredAlert>,
  push: (change: Change, before: AlertState) => void,
) {
  const condition = conditionOf(rule);
  const reading = readingOf(rule, instance, known.now);
  const everyMs = reading?.everyMs ?? instance.health.get(rule.metric)?.everyMs ?? evaluateEveryMs;
  const context = {
    ...{ now: known.now, everyMs, repeatMs: known.repeatMs },
    suppressed: suppressionOf(known, rule, instance),
  };
  for (const [key, row] of reading?.rows ?? []) {
    if (mine.has(key)) continue;
    const value = row.values[rule.column];
    if (!reading || value === undefined || !mayFire(condition, value)) continue;
    const before = initialState(known.now);
    const step = advance(condition, before, { kind: 'sample', at: reading.at, value }, context);
    const ids = { id: null, ruleId: rule.id, instanceId: instance.id };
    const place = { ...ids, labels: row.labels, facts: null };
    if (step.next.phase !== 'ok') push(changeOf(place, rule, instance, condition, step), before);
  }
  for (const [key, alert] of mine) {
    if (JSON.stringify(conditionOf(alert.condition)) !== JSON.stringify(condition)) {
      const step = close(alert.condition, alert.state, 'rule_edited', context);
      push(changeOf(alert, rule, instance, condition, step), alert.state);
      continue;
    }
    const input = inputOf(rule, instance, reading, key);
    const step = advance(condition, alert.state, input, context);
    push(changeOf(alert, rule, instance, condition, step), alert.state);
  }
}

function inputOf(
  rule: Rule,
  instance: WatchedInstance,
  reading: Reading | null,
  key: string,
): Input {
  const health = instance.health.get(rule.metric);
  const row = reading?.rows.get(key);
  const value = row?.values[rule.column];
  const readAt = health?.lastSuccess ?? null;
  // A reading without any row leaves none behind; that it was made is known from its health.
  const emptySince = reading && readAt !== null && readAt > reading.at + reading.everyMs;
  if (reading && value !== undefined && !emptySince)
    return { kind: 'sample', at: reading.at, value };
  if (health?.failed) return { kind: 'none', error: true };
  if (row && !emptySince) return { kind: 'unknown' };
  // A row without labels is always one: without a value it is not known. One with labels comes and goes.
  if (key === '[]') return reading ? { kind: 'unknown' } : { kind: 'none', error: false };
  const at = Math.max(reading?.at ?? 0, readAt ?? 0);
  return at > 0 ? { kind: 'gone', at } : { kind: 'none', error: false };
}

/** What is measured, or for `instance` what is known of it: nothing while no collector looks. */
function readingOf(rule: Rule, instance: WatchedInstance, now: number): Reading | null {
  if (rule.metric !== 'instance') return instance.readings.get(rule.metric) ?? null;
  if (instance.state === 'unknown') return null;
  const down = instance.state === 'down';
  const values: Record<string, number> = { down: down ? 1 : 0 };
  if (!down)
    values.metrics_without_data = [...instance.health.values()].filter(
      ({ lastSuccess, everyMs }) =>
        lastSuccess !== null && now - lastSuccess > Math.max(3 * everyMs + 15_000, 60_000),
    ).length;
  return { at: now, everyMs: evaluateEveryMs, rows: new Map([['[]', { labels: {}, values }]]) };
}

function suppressionOf(known: Known, rule: Rule, instance: WatchedInstance): Suppression | null {
  const ownWord = rule.id === 'instance/down' || ofCluster.includes(rule.metric);
  if (!ownWord && instance.state === 'down') return 'target_down';
  if (rule.metric.startsWith('host.') && speakerOf(known, instance) !== instance)
    return 'same_machine';
  const silence = known.silences.find(
    (one) =>
      (one.ruleId === null || one.ruleId === rule.id) &&
      (one.instanceId === null || one.instanceId === instance.id) &&
      (one.clusterId === null || one.clusterId === instance.clusterId),
  );
  return silence?.kind ?? null;
}

/** A machine is told of once, by the first of its instances that answers. */
function speakerOf(
  { instances }: Known,
  { machine }: WatchedInstance,
): WatchedInstance | undefined {
  const own = instances.filter((one) => one.machine === machine).toSorted((a, b) => a.id - b.id);
  return own.find(({ state }) => state !== 'down') ?? own[0];
}

function changeOf(
  place: Omit<StoredAlert, 'id' | 'condition' | 'state'> & { id: string | null },
  rule: Rule | null,
  instance: WatchedInstance | null,
  condition: Condition,
  step: Step,
): Change {
  const { id, ruleId, instanceId, labels, facts } = place;
  return { ...step, alertId: id, rule, ruleId, instance, instanceId, labels, condition, facts };
}

const mayFire = (condition: Condition, value: number) => {
  const milder = [condition.warning, condition.critical].filter((bound) => bound !== null);
  return milder.some((bound) => (condition.direction === 'above' ? value > bound : value < bound));
};

/** Whether there is something to keep: an alert that rests is not written again for each reading of it. */
function differs(before: AlertState, next: AlertState): boolean {
  if (next.phase === 'ok' || next.phase === 'resolved') return before.phase !== next.phase;
  return JSON.stringify(before) !== JSON.stringify(next);
}

/** Labels as one text, equal whatever the order they came in. */
export function labelsText(labels: Record<string, string>): string {
  const names = Object.keys(labels).sort();
  return JSON.stringify(names.map((name) => [name, labels[name]]));
}
