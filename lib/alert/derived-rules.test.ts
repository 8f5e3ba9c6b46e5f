import { describe, expect, test } from 'vitest';
import { clusterReading, derivedRules, objectiveReading } from './derived-rules';
import { evaluateRules, type Known, type Reading } from './evaluate-rules';
import { defaultRules } from './rules';

const calm = { split_brain_instances: [], groups: [], slots: [] };
const about = { instance: '1', allUp: true, speaks: true };
const valuesOf = (reading: Reading) =>
  Object.fromEntries([...reading.rows].map(([key, row]) => [key, row.values]));
const cluster = (
  given: Partial<Parameters<typeof clusterReading>[0]>,
  who: Partial<typeof about> = {},
) => valuesOf(clusterReading({ ...calm, ...given }, { ...about, ...who }, 0, 10_000));

describe('what is derived of a cluster', () => {
  test('calm is said only when every member is seen', () => {
    expect(cluster({})).toEqual({ '[]': { split_brain: 0 } });
    expect(cluster({}, { allUp: false })).toEqual({ '[]': {} });
  });
  test('split brain is said of those in it', () => {
    const split = { split_brain_instances: ['1', '2'] };
    expect(cluster(split, { allUp: false })).toEqual({ '[]': { split_brain: 1 } });
  });
  test('a smaller group, through one member only', () => {
    const group = {
      kind: 'galera' as const,
      quorum: true,
      members: 3,
      answering: 2,
      instances: ['2'],
    };
    expect(cluster({ groups: [group] })).toEqual({
      '[]': { split_brain: 0, members_away: 1, no_quorum: 0 },
    });
    expect(cluster({ groups: [group] }, { speaks: false })).toEqual({ '[]': { split_brain: 0 } });
    expect(cluster({ groups: [{ ...group, quorum: null, answering: null }] })).toEqual({
      '[]': { split_brain: 0 },
    });
  });
  test('days of a slot, unknown without a pace', () => {
    const slot = {
      ...{ instance: '1', name: 's', kind: 'physical' as const, database: null, active: false },
      ...{ retained_bytes: 1, wal_status: null, safe_bytes: null },
    };
    const slots = [
      { ...slot, lost_in_ms: 60_000 },
      { ...slot, name: 't', lost_in_ms: null },
    ];
    expect(cluster({ slots })).toMatchObject({
      '[["slot","s"]]': { slot_lost_in_ms: 60_000 },
      '[["slot","t"]]': {},
    });
  });
});

test.each([
  ['both windows', 20, 30, 1, 1, { fast_burn: 20, slow_burn: 1 }],
  ['only the long one', 20, 2, 8, 7, { fast_burn: 2, slow_burn: 7 }],
  ['nothing served in five minutes', 20, null, 8, 7, { slow_burn: 7 }],
] as const)('burn: %s', (_name, hour, five, six, thirty, values) => {
  const burn = { '1h': hour, '5m': five, '6h': six, '30m': thirty };
  const reading = objectiveReading([{ service: 'shop', kind: 'latency', id: null, burn }], 0, 1);
  expect([...reading.rows.values()]).toEqual([
    { labels: { service: 'shop', objective: 'latency' }, values },
  ]);
});

describe('the rules on them', () => {
  const ruleIds = (values: Record<string, number>, state = 'up', metric = 'cluster') => {
    const reading: Reading = {
      at: 0,
      everyMs: 10_000,
      rows: new Map([['[]', { labels: {}, values }]]),
    };
    const known: Known = {
      ...{ now: 0, rules: derivedRules, alerts: [], silences: [], repeatMs: 0 },
      instances: [
        {
          ...{ id: 1, name: 'a', clusterId: 1, cluster: 'c', engine: 'postgres', role: 'primary' },
          machine: 'm',
          ...{ labels: {}, state, readings: new Map([[metric, reading]]), health: new Map() },
        },
      ],
    };
    return evaluateRules(known).map(
      ({ ruleId, next, transitions }) =>
        `${ruleId} ${next.phase} ${transitions.at(-1)?.message ?? '-'}`,
    );
  };
  test('are there from the first minute', () => {
    const ids = defaultRules([]).map(({ id }) => id);
    for (const { id } of derivedRules) expect(ids).toContain(id);
  });
  test.each([
    [{ split_brain: 1 }, ['cluster/split-brain firing firing']],
    [{ split_brain: 0, members_away: 0, no_quorum: 0 }, []],
    [{ members_away: 1 }, ['cluster/group-smaller pending -']],
    [{ no_quorum: 1 }, ['cluster/no-quorum firing firing']],
  ])('%j', (values, expected) => {
    expect(ruleIds(values)).toEqual(expected);
  });
  test.each([
    [{ fast_burn: 14.5, slow_burn: 5 }, ['objective/fast-burn firing firing']],
    [{ fast_burn: 14, slow_burn: 6.1 }, ['objective/slow-burn firing firing']],
  ])('%j', (values, expected) => {
    expect(ruleIds(values, 'up', 'objective')).toEqual(expected);
  });
  test('an instance that is down does not hide them', () => {
    expect(ruleIds({ split_brain: 1 }, 'down')).toEqual(['cluster/split-brain firing firing']);
  });
});
