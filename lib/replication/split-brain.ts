/** Two that take writes, and histories that went apart. Pure. */
import type { ReplicationFacts } from './facts';
import { takesWrites } from './facts';
import { type Member, presentFacts } from './find-upstream';
import { countOf, formatGtidSet, type GtidSet, parseGtidSet, subtractSet } from './gtid-set';

export type Divergence = {
  instance: string;
  kind: 'gtid' | 'timeline';
  /** Transactions that only this one has; null when it cannot be counted. */
  transactions: number | null;
  /** Their names; the timelines. Cut at 300 characters. */
  detail: string;
};

/**
 * The members that take writes at the same time although they have one history. Both must have been read after the other
 * began: in a failover the old primary is last read as a primary before the new one is one.
 */
export function splitBrain(members: readonly Member[], now: number): string[] {
  const writers = members.flatMap((member) => {
    const facts = presentFacts(member, now);
    return facts !== null && isHead(facts) ? [{ instance: member.instance, facts }] : [];
  });
  return writers
    .filter((one) =>
      writers.some(
        (other) =>
          other !== one &&
          one.facts.at >= (other.facts.writable.since ?? Number.POSITIVE_INFINITY) &&
          other.facts.at >= (one.facts.writable.since ?? Number.POSITIVE_INFINITY) &&
          haveOneHistory(one.facts, other.facts) &&
          !(one.facts.group?.quorum && other.facts.group?.quorum),
      ),
    )
    .map(({ instance }) => instance);
}

/** A replica that also takes writes is another fault; two that follow each other are meant to. */
const isHead = (facts: ReplicationFacts) =>
  takesWrites(facts) === true && facts.receivers.every(({ receiver }) => receiver !== 'running');

/** Two servers that nothing but a name puts into one cluster do not share data. */
export function haveOneHistory(a: ReplicationFacts, b: ReplicationFacts): boolean {
  if (a.engine !== b.engine) return false;
  if (a.engine === 'postgres')
    return a.identity.system !== null && a.identity.system === b.identity.system;
  // Within one history numbers differ: servers that nobody gave one all have the same.
  if (a.identity.serverId !== null && a.identity.serverId === b.identity.serverId) return false;
  const [mine, theirs] = [originsOf(a), originsOf(b)];
  return [...mine].some((origin) => theirs.has(origin));
}

/** Servers, by uuid or `domain-server`, whose transactions it has. */
export function originsOf({ engine, position, origins, receivers }: ReplicationFacts): Set<string> {
  if (engine === 'mysql') return new Set(parseGtidSet(position.gtid ?? '')?.keys() ?? []);
  const texts = [origins, position.gtid, ...receivers.map(({ applied }) => applied.gtid)];
  return new Set(
    texts.flatMap((text) =>
      [...(text ?? '').matchAll(/(\d+)-(\d+)-\d+/g)].map((m) => `${m[1]}-${m[2]}`),
    ),
  );
}

/**
 * What `one` has and the primary never had: its errant transactions. Those of the primary itself and of other sources are
 * left out: they only arrived after the primary was read.
 */
export function divergenceFrom(
  one: { instance: string; facts: ReplicationFacts },
  primary: ReplicationFacts,
): Divergence | null {
  const { instance, facts } = one;
  const found = (kind: Divergence['kind'], transactions: number | null, detail: string) => ({
    ...{ instance, kind, transactions },
    detail: detail.length > 300 ? `${detail.slice(0, 299)}…` : detail,
  });
  if (facts.engine === 'postgres') {
    const [own, theirs] = [facts.identity.timeline, primary.identity.timeline];
    if (own === null || theirs === null || own === theirs) return null;
    const follows = facts.receivers.some(({ receiver }) => receiver === 'running');
    return follows || facts.identity.system !== primary.identity.system
      ? null
      : found('timeline', null, `${own} ≠ ${theirs}`);
  }
  if (facts.engine === 'mariadb') return mariadbDivergence(facts, primary, found);
  const [own, theirs] = [
    parseGtidSet(facts.position.gtid ?? ''),
    parseGtidSet(primary.position.gtid ?? ''),
  ];
  if (own === null || theirs === null || theirs.size === 0) return null;
  const elsewhere = new Set(
    [primary.identity.server, ...facts.receivers.map(({ upstream }) => upstream.server)].map(
      (uuid) => uuid?.toLowerCase(),
    ),
  );
  const errant: GtidSet = new Map(
    [...subtractSet(own, theirs)].filter(([key]) => !elsewhere.has(key.slice(0, 36))),
  );
  const count = countOf(errant);
  return count === 0 ? null : found('gtid', count, formatGtidSet(errant));
}

/** MariaDB names the last transaction of each server in each domain: what a replica wrote itself comes after what it applied. */
function mariadbDivergence(
  facts: ReplicationFacts,
  primary: ReplicationFacts,
  found: (kind: 'gtid', transactions: number | null, detail: string) => Divergence,
): Divergence | null {
  if (facts.wroteAsReplica) return found('gtid', null, facts.wroteAsReplica);
  const own = facts.identity.serverId;
  const last = (text: string | null | undefined, domain: string, server: string | null) =>
    [...(text ?? '').matchAll(/(\d+)-(\d+)-(\d+)/g)]
      .filter((m) => m[1] === domain && (server === null || m[2] === server))
      .reduce((most, m) => (BigInt(m[3] ?? 0) > most ? BigInt(m[3] ?? 0) : most), 0n);
  for (const { applied } of facts.receivers)
    for (const [, domain = ''] of (applied.gtid ?? '').matchAll(/(\d+)-\d+-\d+/g)) {
      const written = last(facts.position.gtid, domain, String(own));
      const taken = last(applied.gtid, domain, null);
      const known = last(primary.origins, domain, String(own));
      if (written > taken && written > known)
        return found('gtid', null, `${domain}-${own}-${written}`);
    }
  return null;
}
