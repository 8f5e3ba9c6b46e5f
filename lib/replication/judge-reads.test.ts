import { expect, test } from 'vitest';
import type { InstanceBody, ReplicationBody } from '@/lib/contract';
import { judgeCluster, judgeInstance, type Known } from './judge-reads';

const now = 1_790_000_000_000;
const wish = { maxLagMs: 1000, maxAgeMs: 30_000 };

const server = (id: string, role: InstanceBody['role'], more: Partial<InstanceBody> = {}) =>
  ({
    ...{ id, name: `db-${id}`, cluster: 'shop', cluster_id: '7', engine: 'postgres', role },
    ...{ host: `10.0.0.${id}`, port: 5432, state: 'up', last_seen: now - 2000 },
    ...more,
  }) as InstanceBody;
type Replica = ReplicationBody['replicas'][number];
const replica = (id: string, more: Partial<Replica> = {}) =>
  ({
    ...{ instance: id, name: `db-${id}`, state: 'streaming', lag_ms: 20, lag_bytes: 100 },
    ...{ cause: null, staleness: null, sync_state: 'async', at: now - 2000 },
    ...more,
  }) as Replica;

function known(more: {
  servers?: InstanceBody[];
  replicas?: Replica[];
  splitBrain?: boolean;
  readAt?: number;
}): Known {
  const instances = more.servers ?? [server('1', 'primary'), server('2', 'replica')];
  const primaries = instances.filter((one) => one.role === 'primary');
  return {
    cluster: '7',
    instances,
    replication: {
      primary: primaries.length === 1 ? (primaries[0]?.id ?? null) : null,
      split_brain: more.splitBrain ?? false,
      replicas: more.replicas ?? [replica('2')],
      split_brain_instances: [],
      diverged: [],
      candidates: [],
      data_loss: {
        ...{ ms: null, bytes: null, synchronous: false, instance: null, archive: null },
        reason: 'not_known',
      },
      slots: [],
      subscriptions: [],
      groups: [],
    } satisfies ReplicationBody,
    readAt: more.readAt ?? now - 500,
  };
}
const asReplica = (given: Known) => judgeInstance(given, '2', 'replica', wish, now);

test('a replica that streams within the lag that was asked for may serve', () => {
  expect(asReplica(known({}))).toEqual({
    ...{ instance: '2', role: 'replica', eligible: true, reason: null },
    ...{ state: 'streaming', cause: null, lag_ms: 20, age_ms: 2000 },
  });
});

test.each<[string, Partial<Replica>, string | null]>([
  ['true zero', { state: 'idle', lag_ms: 0 }, null],
  ['exactly as late as allowed', { lag_ms: 1000 }, null],
  ['later than allowed', { lag_ms: 1001 }, 'lag_too_high'],
  ['catching up, near enough', { state: 'catching_up', lag_ms: 900 }, null],
  ['catching up, far behind', { state: 'catching_up', lag_ms: 90_000 }, 'lag_too_high'],
  ['stopped with a lag of 0', { state: 'stopped', lag_ms: 0 }, 'replica_stopped'],
  ['disconnected with a lag of 0', { state: 'disconnected', lag_ms: 0 }, 'replica_disconnected'],
  ['delayed on purpose, by more than allowed', { state: 'delayed', lag_ms: 5000 }, 'lag_too_high'],
  ['delayed on purpose, by less', { state: 'delayed', lag_ms: 900 }, null],
  ['unknown with a lag of 0', { state: 'unknown', lag_ms: 0 }, 'replica_unknown'],
  ['a state of a newer version', { state: 'other' as Replica['state'] }, 'replica_unknown'],
  ['streaming with an unknown lag', { lag_ms: null }, 'lag_unknown'],
  ['read long ago', { at: now - 30_001 }, 'reading_old'],
  ['never read', { at: null }, 'reading_old'],
])('a replica: %s', (_, more, reason) => {
  expect(asReplica(known({ replicas: [replica('2', more)] }))?.reason).toBe(reason);
});

test('a server that is down or unheard of, a split brain and a store that is away exclude everybody', () => {
  for (const state of ['down', 'unknown'] as const) {
    const servers = [server('1', 'primary', { state }), server('2', 'replica', { state })];
    expect(asReplica(known({ servers }))?.reason).toBe('instance_down');
    expect(judgeInstance(known({ servers }), '1', 'primary', wish, now)?.reason).toBe(
      'instance_down',
    );
  }
  for (const [given, reason] of [
    [known({ splitBrain: true }), 'split_brain'],
    [known({ readAt: now - 10_001 }), 'store_away'],
  ] as const) {
    expect(asReplica(given)?.reason).toBe(reason);
    expect(judgeInstance(given, '1', 'primary', wish, now)?.reason).toBe(reason);
    expect(judgeCluster(given, wish, now).eligible).toEqual([]);
  }
});

test('a server asked as what it is not may not serve', () => {
  const servers = [server('1', 'primary'), server('2', 'replica'), server('3', 'unknown')];
  const given = known({ servers });
  const reason = (id: string, role: 'replica' | 'primary') =>
    judgeInstance(given, id, role, wish, now)?.reason;
  expect(reason('1', 'primary')).toBeNull();
  expect(reason('1', 'replica')).toBe('not_a_replica');
  expect(reason('2', 'primary')).toBe('not_the_primary');
  expect(reason('3', 'primary')).toBe('role_unknown');
  expect(reason('3', 'replica')).toBe('role_unknown');
  expect(judgeInstance(given, '9', 'replica', wish, now)).toBeNull();
  const two = known({ servers: [server('1', 'primary'), server('2', 'primary')], replicas: [] });
  expect(judgeInstance(two, '1', 'primary', wish, now)?.reason).toBe('not_the_primary');
});

test('a primary that was last seen too long ago may not serve', () => {
  const servers = [server('1', 'primary', { last_seen: now - 30_001 })];
  const given = known({ servers, replicas: [] });
  expect(judgeInstance(given, '1', 'primary', wish, now)?.reason).toBe('reading_old');
});

test('the route names the primary, and those that may serve before those that may not, the least behind first', () => {
  const servers = ['2', '3', '4', '5'].map((id) => server(id, 'replica'));
  const replicas = [
    replica('2', { lag_ms: 500 }),
    replica('3', { state: 'stopped', lag_ms: 0 }),
    replica('4', { lag_ms: 5 }),
    replica('5', { state: 'unknown', lag_ms: null, cause: 'not_read' }),
  ];
  const route = judgeCluster(
    known({ servers: [server('1', 'primary'), ...servers], replicas }),
    wish,
    now,
  );
  expect(route.eligible).toEqual(['4', '2']);
  expect(route.replicas.map((one) => [one.instance, one.reason])).toEqual([
    ['4', null],
    ['2', null],
    ['3', 'replica_stopped'],
    ['5', 'replica_unknown'],
  ]);
  expect(route.primary).toMatchObject({ instance: '1', host: '10.0.0.1', eligible: true });
  expect(route).toMatchObject({ cluster: '7', max_lag_ms: 1000, as_of: now - 500 });
});

test('one with several sources may serve when each of its streams may', () => {
  const streams = (second: Partial<Replica>) =>
    asReplica(
      known({
        replicas: [replica('2', { channel: 'a' }), replica('2', { channel: 'b', ...second })],
      }),
    );
  expect(streams({ lag_ms: 400 })).toMatchObject({ eligible: true, lag_ms: 400 });
  expect(streams({ state: 'stopped', lag_ms: 0 })).toMatchObject({ reason: 'replica_stopped' });
  expect(streams({ lag_ms: 2000 })).toMatchObject({ reason: 'lag_too_high', lag_ms: 2000 });
  const both = known({
    replicas: [replica('2', { channel: 'a' }), replica('2', { channel: 'b' })],
  });
  expect(judgeCluster(both, wish, now).eligible).toEqual(['2']);
});
