import { describe, expect, test } from 'vitest';
import {
  evaluateRules,
  type Reading,
  type StoredAlert,
  type WatchedInstance,
} from './evaluate-rules';
import type { Rule } from './rules';

const rule: Rule = {
  ...{ id: 'host.cpu/busy', metric: 'host.cpu', column: 'busy_ratio', unit: 'ratio' },
  ...{ perSecond: false, says: { en: 'Busy.', ja: '高負荷' }, fix: { en: '', ja: '' } },
  ...{ runbook: null, enabled: true, scope: {}, origin: 'default', direction: 'above' },
  ...{ warning: 0.9, critical: null, forMs: 0, recovery: null, keepFiringMs: 0 },
};
const perDatabase: Rule = { ...rule, id: 'postgres.x/y', metric: 'postgres.x' };

const instance = (id: number, machine: string, state = 'up'): WatchedInstance => {
  const rows = new Map([['[]', { labels: {}, values: { busy_ratio: 0.99 } }]]);
  const reading: Reading = { at: 0, everyMs: 10_000, rows };
  return {
    ...{ id, name: `i${id}`, clusterId: 1, cluster: 'c', engine: 'postgres', role: 'replica' },
    ...{ labels: {}, state, machine, health: new Map() },
    readings: new Map(['host.cpu', 'postgres.x'].map((metric) => [metric, reading])),
  };
};

/** What is told at each turn of 10 s, each with its instances. */
function told(turns: WatchedInstance[][], rules = [rule]) {
  const alerts = new Map<string, StoredAlert>();
  return turns.map((instances, n) => {
    const now = n * 10_000;
    const fresh = instances.map((one) => ({
      ...one,
      readings: new Map([...one.readings].map(([id, reading]) => [id, { ...reading, at: now }])),
    }));
    const known = { now, rules, silences: [], repeatMs: 0, alerts: [...alerts.values()] };
    const changes = evaluateRules({ ...known, instances: fresh });
    for (const { ruleId, instanceId, condition, next } of changes) {
      const id = `${ruleId} ${instanceId}`;
      alerts.set(id, {
        ...{ id, ruleId, instanceId, condition, labels: {} },
        state: next,
        facts: null,
      });
    }
    return changes
      .flatMap(({ instanceId, transitions }) =>
        transitions.flatMap(({ message }) => (message ? [`${instanceId} ${message}`] : [])),
      )
      .sort();
  });
}

describe('what is wrong with a machine', () => {
  test('is told once, however many instances run on it, and of each machine', () => {
    const fleet = [instance(3, 'a'), instance(1, 'a'), instance(2, 'a'), instance(4, 'b')];
    expect(told([fleet, fleet, fleet])).toEqual([['1 firing', '4 firing'], [], []]);
  });

  test('is told by another instance when the one that told of it is down', () => {
    const before = [instance(1, 'a'), instance(2, 'a')];
    const after = [instance(1, 'a', 'down'), instance(2, 'a')];
    expect(told([before, after])).toEqual([['1 firing'], ['2 firing']]);
  });

  test('what belongs to each instance is told of each', () => {
    const fleet = [instance(1, 'a'), instance(2, 'a')];
    const own = { ...perDatabase, column: 'busy_ratio' };
    expect(told([fleet], [own])).toEqual([['1 firing', '2 firing']]);
  });
});
