/** What changed in the replication of a cluster since it was last judged. Pure. */
import type { Member } from './find-upstream';
import type { LinkState } from './judge-link';
import { type KnownPrimary, knownPrimary, recogniseMove } from './recognise-move';
import type { Link, ReplicationVerdict } from './replication-verdict';

type LinkMemory = { state: LinkState; broken: boolean; since: number };

/** What is kept between two verdicts. Plain data. */
export type ClusterReplicationState = {
  primary: KnownPrimary | null;
  /** By instance and channel. */
  links: Record<string, LinkMemory>;
  splitBrain: string[];
  /** Instances with transactions or a timeline of their own. */
  diverged: string[];
};

export type ReplicationEvent = {
  instance: string;
  kind:
    | 'replication_stopped'
    | 'replication_resumed'
    | 'split_brain'
    | 'split_brain_over'
    | 'failover'
    | 'switchover'
    | 'diverged';
  at: number;
  /** English; screens say it by `kind` and `details`. */
  text: string;
  details: Record<string, string | number | null>;
};

/** @param before null at the first look: what is so already did not happen now */
export function replicationEvents(
  before: ClusterReplicationState | null,
  verdict: ReplicationVerdict,
  members: readonly Member[],
  now: number,
): { state: ClusterReplicationState; events: ReplicationEvent[] } {
  const links = linkEvents(before, verdict, members, now);
  const brain = brainEvents(before, verdict, members, now);
  const apart = verdict.diverged.flatMap((one): ReplicationEvent[] =>
    before === null || before.diverged.includes(one.instance)
      ? []
      : [
          {
            ...{ instance: one.instance, kind: 'diverged', at: now },
            text: `Has what the primary never had: ${one.detail}`,
            details: { detail: one.detail, transactions: one.transactions },
          },
        ],
  );
  const known = before?.primary ?? null;
  const moved = known !== null && verdict.primary !== null && known.instance !== verdict.primary;
  const move = moved ? recogniseMove(known, verdict.primary ?? '', members, now) : null;
  const undecided = moved && move === null;
  const primary =
    verdict.primary === null || undecided
      ? known
      : knownPrimary(known, verdict.primary, members, now);
  return {
    state: {
      ...{ primary, links: links.memory, splitBrain: [...verdict.splitBrain].sort() },
      diverged: verdict.diverged.map(({ instance }) => instance),
    },
    events: [...links.events, ...brain, ...apart, ...(move ? [move] : [])],
  };
}

/** One whose state is not known neither stopped nor runs: what was known of it stays. */
function linkEvents(
  before: ClusterReplicationState | null,
  { links, primary }: ReplicationVerdict,
  members: readonly Member[],
  now: number,
) {
  const memory: Record<string, LinkMemory> = {};
  const events: ReplicationEvent[] = [];
  for (const link of links) {
    const key = keyOf(link);
    const old = before?.links[key];
    const broken = link.state === 'stopped' || link.state === 'disconnected';
    if (link.state === 'unknown') {
      memory[key] = old ?? { state: 'unknown', broken: false, since: now };
      continue;
    }
    memory[key] =
      old?.broken === broken
        ? { ...old, state: link.state }
        : { state: link.state, broken, since: now };
    if (old === undefined || old.broken === broken) continue;
    events.push(broken ? stopped(link, now) : resumed(link, old, now));
  }
  // One that is away for a moment is remembered; one that was promoted is a replica no more.
  for (const [key, old] of Object.entries(before?.links ?? {})) {
    const instance = key.slice(0, key.indexOf(' '));
    const gone = instance === primary || !members.some((one) => one.instance === instance);
    if (!(key in memory) && !gone) memory[key] = old;
  }
  return { memory, events };
}

const keyOf = ({ instance, channel }: Link) => `${instance} ${channel}`;

const stopped = (link: Link, now: number): ReplicationEvent => ({
  ...{ instance: link.instance, kind: 'replication_stopped', at: link.at ?? now },
  text: `Replication ${link.state}: ${link.cause ?? 'cause unknown'}`,
  details: {
    ...{ state: link.state, cause: link.cause, channel: link.channel },
    ...{ code: link.error?.code ?? null, error: link.error?.text ?? null },
  },
});

const resumed = (link: Link, old: LinkMemory, now: number): ReplicationEvent => ({
  ...{ instance: link.instance, kind: 'replication_resumed', at: link.at ?? now },
  text: 'Replication goes on',
  details: { channel: link.channel, after_ms: Math.max(0, (link.at ?? now) - old.since) },
});

function brainEvents(
  before: ClusterReplicationState | null,
  { splitBrain, primary }: ReplicationVerdict,
  members: readonly Member[],
  now: number,
): ReplicationEvent[] {
  const names = (ids: readonly string[]) =>
    ids.map((id) => members.find(({ instance }) => instance === id)?.name ?? id).join(', ');
  const torn = [...splitBrain].sort();
  const was = before?.splitBrain ?? [];
  if (torn.length > 0 && torn.join() !== was.join())
    return [
      {
        ...{ instance: torn[0] ?? '', kind: 'split_brain', at: now },
        text: `Take writes at the same time: ${names(torn)}`,
        details: { instances: names(torn) },
      },
    ];
  if (torn.length > 0 || was.length === 0 || primary === null) return [];
  return [
    {
      ...{ instance: primary, kind: 'split_brain_over', at: now },
      text: `Only one takes writes: ${names([primary])}`,
      details: { instances: names(was) },
    },
  ];
}
