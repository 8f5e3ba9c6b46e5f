/** What is said of a cluster as a whole: who writes, who is apart, who could take over, what would be lost. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ReplicationFacts } from './facts';
import type { Member } from './find-upstream';
import { replicationEvents } from './replication-events';
import { replicationVerdict } from './replication-verdict';

type Cluster = { now: number; members: Member[] };
const reading = (name: string): Cluster =>
  JSON.parse(readFileSync(new URL(`fixtures/clusters/${name}.json`, import.meta.url), 'utf8'));
const factsOf = ({ members }: Cluster, name: string) =>
  members.find((one) => one.name === name)?.facts as ReplicationFacts;
const judge = ({ now, members }: Cluster) => replicationVerdict(members, now);
const copyOf = (member: Member, name: string): Member => ({
  ...structuredClone(member),
  ...{ name, instance: name },
});
const later = ({ now, members }: Cluster, ms: number): Cluster => ({
  now: now + ms,
  members: members.map((one) => ({
    ...one,
    facts: one.facts && {
      ...structuredClone(one.facts),
      at: one.facts.at + ms,
      passed: one.facts.passed.map(([at, log]) => [at + ms, log]),
    },
  })),
});

describe('split brain', () => {
  test('two of one system that both take writes', () => {
    const verdict = judge(reading('postgres-18-split-brain'));
    expect(verdict.splitBrain).toEqual(['primary', 'standby']);
    expect(verdict).toMatchObject({ primary: null, dataLoss: { ms: null, reason: 'no_primary' } });
  });
  test('not in a failover: the old primary was last read before the new one became one', () => {
    const cluster = reading('postgres-18-split-brain');
    factsOf(cluster, 'standby').writable.since = factsOf(cluster, 'primary').at + 1;
    expect(judge(cluster).splitBrain).toEqual([]);
  });
  test('not of two systems that only share a name', () => {
    const cluster = reading('postgres-18-split-brain');
    factsOf(cluster, 'standby').identity.system = '7';
    expect(judge(cluster).splitBrain).toEqual([]);
  });
  test('not when one of them does not answer', () => {
    const cluster = reading('postgres-18-split-brain');
    cluster.members = cluster.members.map((one) =>
      one.name === 'primary' ? { ...one, state: 'down' } : one,
    );
    expect(judge(cluster)).toMatchObject({ splitBrain: [], primary: 'standby' });
  });
  test.each(['mysql-9.7-steady', 'mariadb-10.11-steady'])(
    '%s: a replica that forgot its source and takes writes',
    (name) => {
      const cluster = reading(name);
      const replica = factsOf(cluster, 'replica');
      const since = Math.min(replica.at, factsOf(cluster, 'primary').at);
      replica.origins = `${replica.origins},${replica.receivers[0]?.applied.gtid}`;
      replica.receivers = [];
      for (const one of ['primary', 'replica'])
        Object.assign(factsOf(cluster, one).writable, {
          ...{ readOnly: false, superReadOnly: false, since },
        });
      expect(judge(cluster).splitBrain).toEqual(['primary', 'replica']);
      for (const one of ['primary', 'replica'])
        factsOf(cluster, one).group = {
          ...{ kind: 'galera', state: 'Synced', quorum: true, members: null, answering: 2 },
        };
      expect(judge(cluster).splitBrain).toEqual([]);
    },
  );
});

describe('histories that went apart', () => {
  test('MySQL: transactions of the replica itself are named', () => {
    const cluster = reading('mysql-9.7-steady');
    const replica = factsOf(cluster, 'replica');
    replica.position.gtid = `${replica.position.gtid},11111111-2222-3333-4444-555555555555:1-3:7`;
    expect(judge(cluster).diverged).toEqual([
      {
        ...{ instance: 'replica', kind: 'gtid', transactions: 4 },
        detail: '11111111-2222-3333-4444-555555555555:1-3:7',
      },
    ]);
    expect(judge(cluster).candidates[0]?.fit).toBe(false);
  });
  test('MySQL: what the primary wrote after it was read is not errant', () => {
    const cluster = reading('mysql-9.7-steady');
    const primary = factsOf(cluster, 'primary');
    primary.position.gtid = `${primary.identity.server}:1-2`;
    expect(judge(cluster).diverged).toEqual([]);
  });
  test('MariaDB: a write of the replica itself', () => {
    const cluster = reading('mariadb-10.11-steady');
    const replica = factsOf(cluster, 'replica');
    const id = replica.identity.serverId;
    replica.position.gtid = `0-${id}-999999`;
    expect(judge(cluster).diverged).toMatchObject([{ detail: `0-${id}-999999` }]);
  });
  test('PostgreSQL: a standby on another timeline that follows nobody', () => {
    const cluster = reading('postgres-18-cut');
    factsOf(cluster, 'primary').identity.timeline = 2;
    Object.assign(factsOf(cluster, 'standby').receivers[0] ?? {}, { receiver: 'stopped' });
    expect(judge(cluster).diverged).toMatchObject([{ instance: 'standby', kind: 'timeline' }]);
  });
});

describe('who could take over', () => {
  const drift = { settings: [], extensions: [], version: null };
  test('the one with the most of the primary first, one that does not replicate last', () => {
    const cluster = reading('postgres-18-steady');
    const [primary, standby] = cluster.members as [Member, Member];
    const behind = copyOf(standby, 'behind');
    const broken = copyOf(standby, 'broken');
    Object.assign(broken.facts?.receivers[0] ?? {}, { receiver: 'stopped' });
    const [link] = behind.facts?.receivers ?? [];
    if (!link) throw new Error('no receiver');
    link.received.log = (link.received.log ?? 0) - 1000;
    link.applied.log = (link.applied.log ?? 0) - 1000;
    const verdict = replicationVerdict(
      [primary, broken, behind, standby],
      cluster.now,
      new Map([['standby', drift]]),
    );
    expect(verdict.candidates.map(({ instance }) => instance)).toEqual([
      ...['standby', 'behind', 'broken'],
    ]);
    expect(verdict.candidates[0]).toMatchObject({
      fit: true,
      reasons: [
        { code: 'least_behind', detail: null },
        { code: 'same_settings', detail: null },
      ],
    });
    expect(verdict.candidates[1]?.lossBytes).toBe(1000);
    expect(verdict.candidates[2]).toMatchObject({ fit: false });
  });
  test('what differs from the primary is listed; a missing extension speaks against it', () => {
    const { now, members } = reading('postgres-18-steady');
    const verdict = replicationVerdict(
      members,
      now,
      new Map([
        [
          'standby',
          {
            settings: ['work_mem'],
            extensions: ['postgis'],
            version: { own: '18.1', primary: '18.2' },
          },
        ],
      ]),
    );
    expect(verdict.candidates[0]).toMatchObject({
      fit: false,
      reasons: [
        { code: 'version_differs', detail: '18.1 ≠ 18.2' },
        { code: 'extensions_differ', detail: 'postgis' },
        { code: 'settings_differ', detail: 'work_mem' },
      ],
    });
  });
  test('a server without binary log cannot be a source', () => {
    const cluster = reading('mysql-9.7-steady');
    factsOf(cluster, 'replica').canBeSource = false;
    expect(judge(cluster).candidates[0]).toMatchObject({ fit: false });
  });
});

describe('what would be lost', () => {
  test('nothing that was confirmed, with a synchronous standby', () => {
    const cluster = reading('postgres-18-steady');
    Object.assign(factsOf(cluster, 'primary').senders[0] ?? {}, { sync: 'sync' });
    expect(judge(cluster).dataLoss).toMatchObject({ ms: 0, synchronous: true, reason: null });
  });
  test('everything, without a copy: no number at all', () => {
    const cluster = reading('postgres-18-steady');
    cluster.members = cluster.members.slice(0, 1);
    factsOf(cluster, 'primary').senders = [];
    expect(judge(cluster).dataLoss).toMatchObject({ ms: null, bytes: null, reason: 'no_copy' });
  });
  test('the gap of the archive, where that holds the most', () => {
    const cluster = reading('postgres-18-steady');
    cluster.members = cluster.members.slice(0, 1);
    const primary = factsOf(cluster, 'primary');
    primary.archive = {
      ...{ failing: false, ageMs: 42_000 },
      archivedTo: (primary.position.log ?? 0) - 5000,
    };
    primary.passed = [];
    expect(judge(cluster).dataLoss).toMatchObject({
      ...{ ms: 42_000, bytes: 5000, instance: null, reason: null },
      archive: { ms: 42_000, bytes: 5000, failing: false },
    });
  });
});

test('cascades: PostgreSQL counts in one log, coordinates of binary logs add up', () => {
  const standby = reading('postgres-18-paused');
  const last = copyOf(standby.members[1] as Member, 'last');
  const [link] = last.facts?.receivers ?? [];
  if (!link || !last.facts) throw new Error('no receiver');
  Object.assign(link, { name: 'last', applier: 'running' });
  link.upstream = { ...link.upstream, port: standby.members[1]?.port ?? null };
  link.received = link.applied;
  link.told = link.applied.log;
  standby.members.push(last);
  const postgres = judge(standby).links.find(({ instance }) => instance === 'last');
  expect(postgres?.upstream).toBe('standby');
  expect(postgres?.lag.ms).toBeGreaterThan(4_500);

  const chain = reading('mysql-9.7-no-applier');
  const end = copyOf(chain.members[1] as Member, 'end');
  const middle = factsOf(chain, 'replica');
  const [own] = end.facts?.receivers ?? [];
  if (!own || !end.facts) throw new Error('no receiver');
  end.facts.identity.server = 'ffffffff-2222-3333-4444-555555555555';
  own.upstream = { ...own.upstream, server: middle.identity.server };
  Object.assign(own, { applier: 'running', applyingAgeMs: null, stalledMs: 0 });
  own.received = { log: middle.position.log, gtid: null };
  own.applied = own.received;
  own.told = middle.position.log;
  chain.members.push(end);
  const last2 = judge(chain).links.find(({ instance }) => instance === 'end');
  expect(last2?.upstream).toBe('replica');
  expect(last2?.lag.ms).toBeGreaterThan(4_500);
});

describe('events', () => {
  const see = (before: Parameters<typeof replicationEvents>[0], cluster: Cluster) =>
    replicationEvents(before, judge(cluster), cluster.members, cluster.now);

  test('what is so at the first look did not happen now', () => {
    expect(see(null, reading('postgres-18-cut')).events).toEqual([]);
  });
  test('a stream stops, for a reason, and goes on again', () => {
    const steady = reading('postgres-18-steady');
    const first = see(null, steady);
    const second = see(first.state, reading('postgres-18-paused'));
    expect(second.events).toMatchObject([
      {
        ...{ instance: 'standby', kind: 'replication_stopped' },
        details: { state: 'stopped', cause: 'replay_paused' },
      },
    ]);
    expect(see(second.state, reading('postgres-18-paused')).events).toEqual([]);
    const third = see(second.state, later(reading('postgres-18-steady'), 600_000));
    expect(third.events).toMatchObject([{ kind: 'replication_resumed' }]);
    expect(Number(third.events[0]?.details.after_ms)).toBeGreaterThan(0);
  });
  test('unknown neither stops nor goes on', () => {
    const first = see(null, reading('postgres-18-steady'));
    const second = see(first.state, reading('postgres-18-frozen'));
    expect(second.events).toEqual([]);
    expect(see(second.state, later(reading('postgres-18-steady'), 600_000)).events).toEqual([]);
  });
  test('split brain begins once and ends', () => {
    const first = see(null, reading('postgres-18-steady'));
    const torn = reading('postgres-18-split-brain');
    const second = see(first.state, torn);
    expect(second.events).toMatchObject([
      { kind: 'split_brain', details: { instances: 'primary, standby' } },
    ]);
    expect(see(second.state, torn).events).toEqual([]);
    const over = see(second.state, reading('postgres-18-promoted'));
    expect(over.events.map(({ kind }) => kind)).toContain('split_brain_over');
  });
  test('a failover is told with the time in which nobody took writes, a switchover as one', () => {
    const first = see(null, reading('postgres-18-steady'));
    const failed = reading('postgres-18-promoted');
    factsOf(failed, 'standby').writable.since = (first.state.primary?.lastAt ?? 0) + 30_000;
    failed.now = Math.max(failed.now, (first.state.primary?.lastAt ?? 0) + 60_000);
    factsOf(failed, 'standby').at = failed.now - 1000;
    const second = see(first.state, failed);
    expect(second.events).toMatchObject([
      {
        ...{ instance: 'standby', kind: 'failover' },
        details: { from: 'primary', to: 'standby', gap_ms: 30_000 },
      },
    ]);
    expect(second.state.links).toEqual({});
    expect(see(second.state, failed).events).toEqual([]);

    const switched = structuredClone(failed);
    const old = reading('postgres-18-steady').members[1]?.facts as ReplicationFacts;
    switched.members = switched.members.map((one) =>
      one.name === 'primary'
        ? { ...one, state: 'up', facts: { ...old, at: switched.now - 500 } }
        : one,
    );
    expect(see(first.state, switched).events.map(({ kind }) => kind)).toEqual(['switchover']);
  });
});
