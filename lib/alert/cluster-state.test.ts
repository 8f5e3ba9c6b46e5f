import { expect, test } from 'vitest';
import { clusterState, fleetSentence, type InstanceFacts } from './cluster-state';

const well: InstanceFacts = {
  name: 'a',
  state: 'up',
  connectionsUsed: 0.2,
  waitingForLock: 0,
  longestIdleInTransactionMs: 0,
  blind: 0,
};

test.each<[string, Partial<InstanceFacts>, string, string]>([
  ['nothing wrong', {}, 'ok', 'all_well'],
  ['down', { state: 'down' }, 'critical', 'instance_down'],
  ['nothing heard', { state: 'unknown' }, 'unknown', 'nothing_seen'],
  ['80 % of connections', { connectionsUsed: 0.8 }, 'warning', 'connections_full'],
  ['90 % of connections', { connectionsUsed: 0.9 }, 'critical', 'connections_full'],
  ['six wait for locks', { waitingForLock: 6 }, 'warning', 'lock_waits'],
  [
    'idle in transaction',
    { longestIdleInTransactionMs: 300_001 },
    'warning',
    'idle_in_transaction',
  ],
  ['blind in part is not ok', { blind: 1 }, 'unknown', 'partly_blind'],
])('%s', (_, change, state, code) => {
  expect(clusterState([{ ...well, ...change }], [])).toMatchObject({ state, code });
});

test('values that are not known are not taken for trouble nor for health', () => {
  const blind = {
    ...well,
    connectionsUsed: null,
    waitingForLock: null,
    longestIdleInTransactionMs: null,
    blind: 3,
  };
  expect(clusterState([blind], []).state).toBe('unknown');
});

test('a stopped replica is critical, a late one warns, an unknown lag is not zero', () => {
  const state = (replica: object) =>
    clusterState([well], [{ name: 'r', state: 'streaming', lagMs: null, cause: null, ...replica }])
      .state;
  expect(state({ state: 'stopped' })).toBe('critical');
  expect(state({ lagMs: 30_000 })).toBe('warning');
  expect(state({ lagMs: 300_000 })).toBe('critical');
  expect(state({ lagMs: 10 })).toBe('ok');
  expect(state({ state: 'unknown' })).toBe('unknown');
});

test('the fleet says what its worst cluster says, and an empty one says so', () => {
  const ok = { name: 'x', sentence: clusterState([well], []) };
  const bad = { name: 'y', sentence: clusterState([{ ...well, state: 'down' as const }], []) };
  expect(fleetSentence([ok, bad])).toMatchObject({ state: 'critical', values: { cluster: 'y' } });
  expect(fleetSentence([ok])).toMatchObject({ state: 'ok' });
  expect(fleetSentence([])).toMatchObject({ state: 'unknown', code: 'no_instances' });
});

test('an objective that burns is said, unless the database has something worse to say', () => {
  const application = (state: 'ok' | 'warning' | 'critical' | 'unknown') => ({
    ...{ state, service: 'web' },
  });
  const burning = clusterState([well], [], [], application('warning'));
  expect(burning).toMatchObject({ code: 'objective_burning', values: { instance: 'web' } });
  const down = { ...well, state: 'down' as const };
  expect(clusterState([down], [], [], application('warning')).code).toBe('instance_down');
  expect(clusterState([well], [], [], application('ok')).values.application).toBe('ok');
  expect(clusterState([well], [], [], application('unknown')).values.application).toBeNull();
});

test('a machine that is short of something is said; calm speaks of the layers that are known to be', () => {
  const short = { state: 'critical', what: 'cpu' } as const;
  expect(clusterState([well], [], [], null, short)).toMatchObject({
    ...{ state: 'critical', code: 'machine_short', values: { what: 'cpu' } },
  });
  const fine = { state: 'ok', what: null } as const;
  const calm = clusterState([well], [], [], null, fine);
  expect(calm.values).toMatchObject({ application: null, infrastructure: 'ok' });
  // Not all machines are known.
  const partly = { state: 'unknown', what: null } as const;
  expect(clusterState([well], [], [], null, partly).values.infrastructure).toBeNull();
  expect(clusterState([well], [], []).values.infrastructure).toBeNull();
  const both = [
    { name: 'x', sentence: calm },
    { name: 'y', sentence: clusterState([well], []) },
  ];
  expect(fleetSentence(both).values.infrastructure).toBeNull();
  expect(fleetSentence(both.slice(0, 1)).values.infrastructure).toBe('ok');
});
