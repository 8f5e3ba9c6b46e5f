/** One verdict on the replication of a cluster, from what its members say of themselves and of each other. Pure. */

import { addUpstreamLag } from './add-upstream-lag';
import { type Candidate, type Drift, rankCandidates } from './candidates';
import { type DataLoss, dataLoss } from './data-loss';
import type { Group, Receiver, ReplicationFacts, Sender, Slot } from './facts';
import { takesWrites } from './facts';
import { findUpstream, isPresent, type Member, presentFacts, senderTo } from './find-upstream';
import { heartbeatLag } from './heartbeat';
import { groupsOf, judgeGroup } from './judge-group';
import { type Judgement, judgeLink } from './judge-link';
import { slotsOf } from './judge-slots';
import { judgeSubscriptions, type SubscriptionVerdict } from './judge-subscriptions';
import { type Lag, measureLag } from './measure-lag';
import { passedAt } from './positions';
import { type Divergence, divergenceFrom, haveOneHistory, splitBrain } from './split-brain';

export type Link = Judgement & {
  instance: string;
  name: string;
  /** Empty for the only one. */
  channel: string;
  /** The instance it follows; null when nobody watches that. */
  upstream: string | null;
  upstreamAddress: string;
  lag: Lag;
  /** Lag above the delay that is wanted. */
  lateMs: number | null;
  configuredDelayMs: number;
  sync: Sender['sync'];
  /** When it was read; null when it never was. */
  at: number | null;
};

export type ReplicationVerdict = {
  /** The one that takes writes and that nothing else contradicts. */
  primary: string | null;
  /** Those that take writes at the same time. */
  splitBrain: string[];
  links: Link[];
  diverged: Divergence[];
  candidates: Candidate[];
  dataLoss: DataLoss;
  slots: (Slot & {
    instance: string;
    /** Until it is lost, at the pace of the last minutes; null without a limit. */
    lostInMs: number | null;
  })[];
  subscriptions: SubscriptionVerdict[];
  /** What members of one group see of it, and those who are in it. */
  groups: (Pick<Group, 'kind' | 'quorum' | 'members' | 'answering'> & { instances: string[] })[];
};

const noLag: Lag = {
  ...{ ms: null, source: null, bytes: null, behind: null },
  ...{ shippingMs: null, applyingMs: null, shippingBytes: null, applyingBytes: null },
};

/** @param drift how each member differs from the primary, where that was looked up */
export function replicationVerdict(
  members: readonly Member[],
  now: number,
  drift: ReadonlyMap<string, Drift> = new Map(),
): ReplicationVerdict {
  const presentHeads = members.filter(({ facts, role, state, ...member }) =>
    facts === null
      ? role === 'primary' && state === 'up'
      : isHead(facts) && isPresent({ facts, role, state, ...member }, now),
  );
  const torn = splitBrain(members, now);
  const links = addUpstreamLag(
    members.flatMap((member) => linksOf(member, members, now)),
    members,
  );
  const primary = onlyOne(presentHeads, links, torn);
  const facts = presentFacts(primary, now);
  const diverged =
    facts === null
      ? []
      : members.flatMap((member) => {
          const own = member === primary ? null : presentFacts(member, now);
          const found = own && divergenceFrom({ instance: member.instance, facts: own }, facts);
          return found ? [found] : [];
        });
  const given = { members, primary, links, diverged, now, drift };
  const candidates = rankCandidates(given);
  return {
    primary: primary?.instance ?? null,
    splitBrain: torn,
    links,
    diverged,
    candidates,
    dataLoss: dataLoss({ ...given, candidates }),
    slots: members.flatMap((member) => slotsOf(member, presentFacts(member, now))),
    subscriptions: judgeSubscriptions(members, now),
    groups: groupsOf(members, now),
  };
}

/** Of several that do not share a history, a subscriber beside its publisher, the one that others follow. */
function onlyOne(
  heads: readonly Member[],
  links: readonly Link[],
  torn: readonly string[],
): Member | null {
  if (heads.length <= 1) return heads[0] ?? null;
  const followed = heads.filter(
    ({ instance }) =>
      !torn.includes(instance) && links.some(({ upstream }) => upstream === instance),
  );
  return torn.length === 0 && followed.length === 1 ? (followed[0] ?? null) : null;
}

/** One that follows nobody and takes writes, or may. */
const isHead = (facts: ReplicationFacts) =>
  takesWrites(facts) !== false && facts.receivers.length === 0;

function linksOf(member: Member, members: readonly Member[], now: number): Link[] {
  const { facts } = member;
  if (facts === null)
    return member.role === 'replica'
      ? [{ ...linkOf(member, null, null), ...downOrOld(member) }]
      : [];
  if (isHead(facts)) return [];
  if (facts.receivers.length === 0) {
    const base = linkOf(member, null, null);
    if (!isPresent(member, now)) return [{ ...base, ...downOrOld(member) }];
    // One that never was a replica of these is a server that nobody may write to, and nothing else.
    const kin = members.some(
      (other) => other !== member && other.facts !== null && haveOneHistory(facts, other.facts),
    );
    if (!facts.group && !kin) return [];
    return [{ ...base, ...judgeGroup(facts.group) }];
  }
  return facts.receivers.map((receiver) => judge(member, facts, receiver, members, now));
}

const linkOf = (member: Member, receiver: Receiver | null, upstream: Member | null): Link => ({
  ...{ instance: member.instance, name: member.name, channel: receiver?.channel ?? '' },
  upstream: upstream?.instance ?? null,
  upstreamAddress: receiver ? addressOf(receiver) : '',
  ...{ state: 'unknown', cause: 'not_read', error: null, lag: noLag, lateMs: null, sync: null },
  configuredDelayMs: receiver?.configuredDelayMs ?? 0,
  at: member.facts?.at ?? null,
});

const addressOf = ({ upstream: { host, port } }: Receiver) =>
  port === null ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** What the server or the login refused is told with its reason. */
const downOrOld = ({ state, readError }: Member): Judgement => ({
  ...{ state: 'unknown', cause: state === 'down' ? 'replica_down' : 'not_read' },
  error: state === 'up' && readError ? { code: readError.code, text: readError.message } : null,
});

function judge(
  member: Member,
  facts: ReplicationFacts,
  receiver: Receiver,
  members: readonly Member[],
  now: number,
): Link {
  const upstream = findUpstream(member, receiver, members);
  const sender = upstream && isPresent(upstream, now) ? senderTo(upstream, member, receiver) : null;
  const base = { ...linkOf(member, receiver, upstream), sync: sender?.sync ?? null };
  const direct = presentFacts(upstream, now);
  if (!isPresent(member, now))
    return { ...base, ...seenFromUpstream(member, direct, sender), at: direct?.at ?? base.at };
  const measured = (source: ReplicationFacts | null, from: Sender | null) =>
    measureLag({
      ...{ at: facts.at, receiver, skewMs: facts.skewMs, engine: facts.engine, source },
      ...{ sender: from, heartbeat: beatOf(member, members, now) },
    });
  const own = measured(direct, sender);
  // All standbys of PostgreSQL count in the log of the one that writes it, however many are in between.
  const root = facts.engine === 'postgres' ? rootOf(member, members, now) : null;
  const lag = root === null || root === direct ? own : measured(root, null);
  const up = upstream === null ? null : isPresent(upstream, now);
  const judged = judgeLink(receiver, direct ? own : lag, { up, facts: direct ?? root }, facts);
  const delay = receiver.configuredDelayMs ?? 0;
  return {
    ...{ ...base, ...judged, lag },
    lateMs: lag.ms === null ? null : Math.max(0, lag.ms - delay),
  };
}

/** By the beat of the one that writes, for a replica of one source; with several, one row says nothing of the others. */
function beatOf(member: Member, members: readonly Member[], now: number) {
  if (member.facts === null || member.facts.receivers.length !== 1) return null;
  const writers = members
    .map((other) => presentFacts(other, now))
    .filter((facts) => facts !== null && facts.heartbeat?.server != null);
  return writers.length === 1 ? heartbeatLag(member.facts, writers[0] ?? null) : null;
}

function rootOf(member: Member, members: readonly Member[], now: number): ReplicationFacts | null {
  const system = member.facts?.identity.system;
  const heads = members.filter(
    (other) => other.facts?.identity.system === system && other.facts && isHead(other.facts),
  );
  const present = heads.map((head) => presentFacts(head, now)).filter((facts) => facts !== null);
  return present.length === 1 ? (present[0] ?? null) : null;
}

/** The receiver's answers come every 10 s: without any for three times that, it is gone. */
const answersWithinMs = 30_000;

/** A replica that does not answer us: its upstream still knows how far it was when it last answered that. */
function seenFromUpstream(
  member: Member,
  upstream: ReplicationFacts | null,
  sender: Sender | null,
): Judgement & { lag: Lag; lateMs: number | null } {
  const none = { ...downOrOld(member), lag: noLag, lateMs: null };
  if (upstream === null || upstream.engine !== 'postgres') return none;
  if (sender === null || (sender.answerAgeMs ?? 0) > answersWithinMs)
    return { ...none, state: 'disconnected', ...positionsOf(upstream, sender) };
  return { ...none, ...positionsOf(upstream, sender) };
}

function positionsOf(upstream: ReplicationFacts, sender: Sender | null) {
  const [replayed, newest] = [sender?.replayed ?? null, upstream.position.log];
  if (replayed === null || newest === null) return { lag: noLag, lateMs: null };
  const passed = passedAt(upstream.passed, replayed);
  const behind = newest > replayed;
  const ms = behind ? (passed === null ? null : upstream.at - passed) : 0;
  const flushed = sender?.flushed ?? null;
  const lag: Lag = {
    ...{ ...noLag, ms, behind, source: ms === null ? null : 'positions' },
    bytes: Math.max(0, newest - replayed),
    shippingBytes: flushed === null ? null : Math.max(0, newest - flushed),
    applyingBytes: flushed === null ? null : Math.max(0, flushed - replayed),
  };
  return { lag, lateMs: ms };
}
