/** The verdict as a table: readings of real servers in real trouble, and what one changed fact makes of them. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Receiver, ReplicationFacts } from './facts';
import type { Member } from './find-upstream';
import type { LinkCause, LinkState } from './judge-link';
import { replicationVerdict } from './replication-verdict';

type Cluster = { now: number; members: Member[] };
const reading = (name: string): Cluster =>
  JSON.parse(readFileSync(new URL(`fixtures/clusters/${name}.json`, import.meta.url), 'utf8'));
const judge = ({ now, members }: Cluster) => replicationVerdict(members, now);

type Row = [
  reading: string,
  state: LinkState,
  cause: LinkCause | null,
  lag: [least: number, most: number] | null,
  /** What would be lost if the primary died now. */
  loss: [least: number, most: number] | null,
];
const zero: [number, number] = [0, 0];
const five: [number, number] = [4_500, 5_500];
const ten: [number, number] = [9_500, 10_500];
const real: Row[] = [
  ['postgres-18-steady', 'streaming', null, [0, 50], [0, 50]],
  ['postgres-18-paused', 'stopped', 'replay_paused', five, zero],
  ['postgres-18-delay', 'delayed', 'delayed_on_purpose', five, zero],
  ['postgres-18-cut', 'disconnected', 'receiver_silent', ten, ten],
  ['postgres-18-frozen', 'unknown', 'replica_down', five, null],
  ['postgres-18-idle', 'idle', null, zero, zero],
  ['postgres-15-steady', 'streaming', null, [0, 50], [0, 50]],
  ['postgres-15-paused', 'stopped', 'replay_paused', five, zero],
  ['postgres-15-delay', 'delayed', 'delayed_on_purpose', five, zero],
  ['postgres-15-cut', 'disconnected', 'receiver_silent', ten, ten],
  ['postgres-15-frozen', 'unknown', 'replica_down', five, null],
  ['postgres-15-idle', 'idle', null, zero, zero],
  ['mysql-9.7-steady', 'streaming', null, [0, 50], [0, 50]],
  ['mysql-9.7-no-receiver', 'stopped', 'receiver_stopped', five, five],
  ['mysql-9.7-no-applier', 'stopped', 'applier_stopped', five, zero],
  ['mysql-9.7-delay', 'delayed', 'delayed_on_purpose', five, zero],
  ['mysql-9.7-error', 'stopped', 'applier_error', five, zero],
  ['mysql-9.7-cut', 'disconnected', 'receiver_silent', ten, ten],
  ['mariadb-10.11-steady', 'streaming', null, [0, 50], [0, 50]],
  ['mariadb-10.11-no-receiver', 'stopped', 'receiver_stopped', five, five],
  ['mariadb-10.11-no-applier', 'stopped', 'applier_stopped', five, zero],
  ['mariadb-10.11-delay', 'delayed', 'delayed_on_purpose', five, zero],
  ['mariadb-10.11-error', 'stopped', 'applier_error', five, zero],
  ['mariadb-10.11-cut', 'disconnected', 'receiver_silent', ten, ten],
];
const isWithin = (value: number | null | undefined, range: [number, number] | null) => {
  if (range === null) return expect(value).toBeNull();
  expect(value).toBeGreaterThanOrEqual(range[0]);
  expect(value).toBeLessThanOrEqual(range[1]);
};

test.each(real)('%s: %s, %s', (name, state, cause, lag, loss) => {
  const verdict = judge(reading(name));
  expect(verdict.links).toHaveLength(1);
  const [link] = verdict.links;
  expect(link).toMatchObject({ state, cause, upstream: 'primary' });
  isWithin(link?.lag.ms, lag);
  isWithin(verdict.dataLoss.ms, loss);
  expect(verdict).toMatchObject({ primary: 'primary', splitBrain: [], diverged: [] });
});

describe('more than one', () => {
  test.each(['postgres-18-promoted', 'postgres-15-promoted'])('%s: no lag is left', (name) => {
    const verdict = judge(reading(name));
    expect(verdict).toMatchObject({ primary: 'standby', links: [], splitBrain: [] });
  });

  test.each(['mysql-9.7-two-channels', 'mariadb-10.11-two-channels'])('%s: one each', (name) => {
    const verdict = judge(reading(name));
    expect(verdict.links).toMatchObject([
      { channel: '', upstream: 'primary', state: 'streaming', cause: null },
      { channel: 'second', upstream: 'other', state: 'stopped', cause: 'receiver_stopped' },
    ]);
    expect(verdict.splitBrain).toEqual([]);
    // One that collects from several sources is a copy of none of them.
    expect(verdict.candidates).toEqual([]);
  });
});

type Change = (cluster: Cluster) => Cluster;
type Parts = { replica: ReplicationFacts; primary: ReplicationFacts; link: Receiver };
/** Something is otherwise on the replica, on its first channel, or on the primary. */
const set =
  (change: (parts: Parts) => void): Change =>
  (cluster) => {
    const factsOf = (name: string) =>
      cluster.members.find((one) => one.name === name)?.facts as ReplicationFacts;
    const replica = cluster.members.find((one) => /^(replica|standby)$/.test(one.name))?.facts;
    const [link] = replica?.receivers ?? [];
    if (!replica || !link) throw new Error('no replica');
    change({ replica, primary: factsOf('primary'), link });
    return cluster;
  };
const alone: Change = ({ now, members }) => ({
  now,
  members: members.filter(({ name }) => name === 'replica' || name === 'standby'),
});
const down =
  (name: string): Change =>
  ({ now, members }) => ({
    now,
    members: members.map((one) => (one.name === name ? { ...one, state: 'down' } : one)),
  });
const both =
  (...changes: Change[]): Change =>
  (cluster) =>
    changes.reduce((next, change) => change(next), cluster);
/** Replay runs and stands still for `ms` with something to do. */
const held = (ms: number, more: (parts: Parts) => void = () => {}): Change =>
  set((parts) => {
    const { link, primary } = parts;
    const applied = link.applied.log ?? 0;
    link.applier = 'running';
    link.stalledMs = ms;
    link.replayAgeMs = ms;
    primary.passed = [
      [primary.at - ms, applied],
      [primary.at, primary.position.log ?? 0],
    ];
    more(parts);
  });
type Case = [
  what: string,
  reading: string,
  change: Change,
  state: LinkState,
  cause: LinkCause | null,
  /** null: not known. */
  lag: number | [number, number] | null,
];
const changed: Case[] = [
  [
    'the primary is not watched: told of all and heard, nothing is missing',
    'postgres-18-idle',
    alone,
    'idle',
    null,
    0,
  ],
  [
    'the primary is not watched and the sender is silent',
    'postgres-18-idle',
    both(
      set(({ link }) => {
        link.heardMs = 31_000;
      }),
      alone,
    ),
    'disconnected',
    'receiver_silent',
    0,
  ],
  [
    'a silent sender, both sides equal: nothing is missing, and yet',
    'postgres-18-idle',
    set(({ link }) => {
      link.heardMs = 31_000;
    }),
    'disconnected',
    'receiver_silent',
    0,
  ],
  [
    'the receiver is gone',
    'postgres-18-cut',
    set(({ link }) => {
      link.receiver = 'stopped';
      link.told = null;
      link.heardMs = null;
    }),
    'disconnected',
    'receiver_not_running',
    [9_500, 10_500],
  ],
  [
    'the receiver is starting',
    'postgres-15-cut',
    set(({ link }) => {
      link.receiver = 'connecting';
    }),
    'disconnected',
    'receiver_not_running',
    [9_500, 10_500],
  ],
  [
    'the receiver is gone, and so is the primary',
    'postgres-18-cut',
    both(
      set(({ link }) => {
        link.receiver = 'stopped';
        link.told = null;
      }),
      down('primary'),
    ),
    'disconnected',
    'source_down',
    null,
  ],
  [
    'the receiver is gone, on another timeline',
    'postgres-18-cut',
    set(({ link, primary }) => {
      link.receiver = 'stopped';
      primary.identity.timeline = 2;
    }),
    'disconnected',
    'timeline_diverged',
    [9_500, 10_500],
  ],
  [
    'the slot it used is lost',
    'postgres-18-cut',
    set(({ link, primary }) => {
      link.receiver = 'stopped';
      link.upstream.slot = 's1';
      primary.slots = [
        {
          name: 's1',
          kind: 'physical',
          database: null,
          active: false,
          retainedBytes: null,
          walStatus: 'lost',
          safeBytes: null,
        },
      ];
    }),
    'disconnected',
    'slot_lost',
    [9_500, 10_500],
  ],
  [
    'paused, and the receiver gone too: the pause is what somebody did',
    'postgres-18-paused',
    set(({ link }) => {
      link.receiver = 'stopped';
    }),
    'stopped',
    'replay_paused',
    [4_500, 5_500],
  ],
  [
    'paused on an idle primary: nothing is missing',
    'postgres-18-idle',
    set(({ link }) => {
      link.applier = 'paused';
    }),
    'stopped',
    'replay_paused',
    0,
  ],
  [
    'a query holds up replay',
    'postgres-18-paused',
    held(12_000, ({ link }) => {
      link.waiting = 'RecoveryConflictSnapshot';
    }),
    'catching_up',
    'recovery_conflict',
    [11_500, 17_500],
  ],
  [
    'a lock holds up replay',
    'postgres-15-paused',
    held(12_000, ({ link }) => {
      link.waiting = 'Lock';
    }),
    'catching_up',
    'recovery_conflict',
    [11_500, 17_500],
  ],
  [
    'replay is slow',
    'postgres-15-paused',
    held(12_000),
    'catching_up',
    'slow_apply',
    [11_500, 17_500],
  ],
  [
    'bytes alone make it late',
    'postgres-18-paused',
    set(({ link, primary }) => {
      link.applier = 'running';
      const behind = 65 * 2 ** 20;
      primary.passed = [
        [primary.at - 500, link.applied.log ?? 0],
        [primary.at, (link.applied.log ?? 0) + behind],
      ];
      link.received.log = (link.applied.log ?? 0) + behind;
    }),
    'catching_up',
    'slow_apply',
    [0, 600],
  ],
  [
    'a little behind is streaming',
    'postgres-18-paused',
    set(({ link }) => {
      link.applier = 'running';
    }),
    'streaming',
    null,
    [4_500, 5_500],
  ],
  [
    'the sender measured, while replay moves',
    'postgres-18-paused',
    set(({ link, primary }) => {
      link.applier = 'running';
      link.stalledMs = 0;
      (primary.senders[0] as { replayLagMs: number }).replayLagMs = 123;
    }),
    'streaming',
    null,
    123,
  ],
  [
    'the sender measured, but replay stalls: its value is of the past',
    'postgres-18-paused',
    set(({ link, primary }) => {
      link.applier = 'running';
      link.stalledMs = 5_000;
      (primary.senders[0] as { replayLagMs: number }).replayLagMs = 123;
    }),
    'streaming',
    null,
    [4_500, 5_500],
  ],
  [
    'an age that grows on an idle primary is no lag',
    'postgres-18-idle',
    set(({ link }) => {
      link.replayAgeMs = 86_400_000;
    }),
    'idle',
    null,
    0,
  ],
  [
    'behind after a long pause of writes: as old as the write, not as the last one before',
    'postgres-18-paused',
    set(({ link }) => {
      link.replayAgeMs = 86_400_000;
    }),
    'stopped',
    'replay_paused',
    [4_500, 5_500],
  ],
  [
    'clocks apart by an hour: the difference is measured and taken off',
    'postgres-18-paused',
    set(({ link, replica, primary }) => {
      replica.skewMs = 3_600_000;
      link.replayAgeMs = 3_604_000;
      primary.passed = primary.passed.slice(-1);
    }),
    'stopped',
    'replay_paused',
    [3_500, 4_500],
  ],
  [
    'a delay of 5 s, 20 s behind: late',
    'postgres-18-paused',
    held(20_000, ({ link }) => {
      link.configuredDelayMs = 5_000;
    }),
    'catching_up',
    'slow_apply',
    [19_500, 25_500],
  ],
  [
    'a delay that is wanted, on an idle primary',
    'postgres-18-idle',
    set(({ link }) => {
      link.configuredDelayMs = 5_000;
    }),
    'idle',
    null,
    0,
  ],
  [
    'it does not answer and its sender is gone',
    'postgres-18-frozen',
    set(({ primary }) => {
      primary.senders = [];
    }),
    'disconnected',
    'replica_down',
    null,
  ],
  [
    'it does not answer us nor its sender',
    'postgres-15-frozen',
    set(({ primary }) => {
      (primary.senders[0] as { answerAgeMs: number }).answerAgeMs = 40_000;
    }),
    'disconnected',
    'replica_down',
    [4_500, 5_500],
  ],
  [
    'it does not answer, nor does its primary',
    'postgres-18-frozen',
    down('primary'),
    'unknown',
    'replica_down',
    null,
  ],
  [
    'what was read is old',
    'postgres-18-steady',
    (c) => ({ ...c, now: c.now + 60_000 }),
    'unknown',
    'not_read',
    null,
  ],
  [
    'a heartbeat is believed before all',
    'postgres-18-steady',
    (c) => ({
      ...c,
      members: c.members.map((one) => ({ ...one, heartbeat: { lagMs: 777, at: c.now } })),
    }),
    'streaming',
    null,
    [0, 777],
  ],
  [
    'the upstream does not answer, the link is up',
    'postgres-18-idle',
    down('primary'),
    'idle',
    null,
    0,
  ],
  [
    'MySQL: both threads stopped',
    'mysql-9.7-no-receiver',
    set(({ link }) => {
      link.applier = 'stopped';
    }),
    'stopped',
    'replication_stopped',
    [4_500, 5_500],
  ],
  [
    'MySQL: it cannot connect',
    'mysql-9.7-no-receiver',
    set(({ link }) => {
      link.receiver = 'connecting';
      link.receiverError = { code: 2003, text: 'error connecting to source ?' };
    }),
    'disconnected',
    'source_unreachable',
    [4_500, 5_500],
  ],
  [
    'MySQL: it cannot connect, and the source is down',
    'mysql-9.7-no-receiver',
    both(
      set(({ link }) => {
        link.receiver = 'connecting';
      }),
      down('primary'),
    ),
    'disconnected',
    'source_down',
    null,
  ],
  [
    'MySQL: the receiver ended with an error',
    'mysql-9.7-no-receiver',
    set(({ link }) => {
      link.receiverError = { code: 1236, text: 'Got fatal error 1236' };
    }),
    'stopped',
    'receiver_error',
    [4_500, 5_500],
  ],
  [
    'MySQL: its threads are not told',
    'mysql-9.7-steady',
    set(({ link }) => {
      link.receiver = null;
      link.applier = null;
    }),
    'unknown',
    'not_read',
    [0, 50],
  ],
  [
    'MySQL: the source is not watched, all applied: a zero nobody saw on the source',
    'mysql-9.7-steady',
    both(
      set(({ link }) => {
        link.applyingAgeMs = null;
        link.received = link.applied;
        link.told = null;
      }),
      alone,
    ),
    'unknown',
    'source_not_seen',
    null,
  ],
  [
    'MySQL: the source is not watched, and its heartbeat came after all that was received',
    'mysql-9.7-steady',
    both(
      set(({ link }) => {
        link.applyingAgeMs = null;
        link.received = link.applied;
        link.told = link.applied.log;
      }),
      alone,
    ),
    'idle',
    null,
    0,
  ],
  [
    'MySQL: the source is not watched, and the server says 12 s',
    'mysql-9.7-no-applier',
    both(
      set(({ link }) => {
        link.applier = 'running';
        link.saidMs = 12_000;
        link.replayAgeMs = null;
        link.applyingAgeMs = null;
      }),
      alone,
    ),
    'catching_up',
    'slow_apply',
    12_000,
  ],
  [
    'MySQL: the source is not watched, silent for longer than two heartbeats',
    'mysql-9.7-steady',
    both(
      set(({ link }) => {
        link.heardMs = 80_000;
      }),
      alone,
    ),
    'disconnected',
    'receiver_silent',
    [0, 50],
  ],
  [
    'MySQL: a large transaction is being applied since 40 s',
    'mysql-9.7-no-applier',
    set(({ link }) => {
      link.applier = 'running';
      link.stalledMs = 0;
      link.applyingAgeMs = 40_000;
    }),
    'catching_up',
    'slow_apply',
    [39_000, 41_000],
  ],
  [
    'MySQL: the network is slow, and data comes',
    'mysql-9.7-no-receiver',
    set(({ link, primary }) => {
      link.receiver = 'running';
      link.heardMs = 100;
      link.quietMs = 0;
      link.replayAgeMs = 20_000;
      link.applyingAgeMs = null;
      primary.passed = [
        [primary.at - 30_000, link.received.log ?? 0],
        [primary.at - 15_000, (link.received.log ?? 0) + 1],
        [primary.at, (link.received.log ?? 0) + 5_000],
      ];
    }),
    'catching_up',
    'slow_network',
    [14_000, 30_500],
  ],
  [
    'MariaDB: a lag is unknown to the server, not to both sides',
    'mariadb-10.11-no-applier',
    set(({ link }) => {
      link.saidMs = null;
    }),
    'stopped',
    'applier_stopped',
    [4_500, 5_500],
  ],
  [
    'MariaDB: the source is not watched, and the server says 0',
    'mariadb-10.11-steady',
    both(
      set(({ link }) => {
        link.saidMs = 0;
      }),
      alone,
    ),
    'unknown',
    'source_not_seen',
    null,
  ],
  [
    'MariaDB: a delayed replica that stopped is stopped',
    'mariadb-10.11-delay',
    set(({ link }) => {
      link.applier = 'stopped';
    }),
    'stopped',
    'applier_stopped',
    [4_500, 5_500],
  ],
  [
    'MariaDB: an error of the applier while the receiver cannot connect',
    'mariadb-10.11-error',
    set(({ link }) => {
      link.receiver = 'connecting';
    }),
    'stopped',
    'applier_error',
    [4_500, 5_500],
  ],
];

test.each(changed)('%s', (_, name, change, state, cause, lag) => {
  const link = judge(change(reading(name))).links.find(({ channel }) => channel === '');
  expect(link).toMatchObject({ state, cause });
  if (Array.isArray(lag)) isWithin(link?.lag.ms, lag);
  else expect(link?.lag.ms).toBe(lag);
});

test('what could not be read is unknown, with the reason', () => {
  const { now, members } = reading('mysql-9.7-steady');
  const readError = { code: 'permission_denied', message: 'needs REPLICATION CLIENT' };
  const never = members.map((one) =>
    one.name === 'replica' ? { ...one, role: 'replica' as const, facts: null, readError } : one,
  );
  const [link] = judge({ now, members: never }).links;
  expect(link).toMatchObject({
    ...{ state: 'unknown', cause: 'not_read' },
    error: { code: 'permission_denied', text: 'needs REPLICATION CLIENT' },
  });
});
