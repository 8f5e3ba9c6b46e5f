/** Who follows whom, by what both sides say. Pure. */
import type { Receiver, ReplicationFacts, Sender } from './facts';

/** One instance of a cluster, as it was last read. */
export type Member = {
  instance: string;
  name: string;
  host: string;
  port: number;
  state: 'up' | 'down' | 'unknown';
  /** As it was last seen, for one whose facts nobody read yet. */
  role: 'primary' | 'replica' | 'unknown';
  /** The newest, however old; null when it was never read. */
  facts: ReplicationFacts | null;
  /** Why they are not of the last poll; null when they are. */
  readError?: { code: string; message: string } | null;
};

/**
 * The member that a receiver follows: by its server_uuid; else, of those that have the same system identifier or are of
 * the same product, by its address as the replica was told it, by its own name, or by what it sends to that replica.
 */
export function findUpstream(
  member: Member,
  receiver: Receiver,
  members: readonly Member[],
): Member | null {
  const { upstream } = receiver;
  const others = members.filter((other) => other !== member && isKin(member, other));
  if (upstream.server !== null) {
    const known = others.find((other) => other.facts?.identity.server === upstream.server);
    // Who has another uuid is another server, whatever its address.
    return known ?? null;
  }
  const named = others.filter((other) => isNamed(other, receiver));
  if (named.length === 1) return named[0] ?? null;
  const sending = (named.length > 1 ? named : others).filter(
    (other) => senderTo(other, member, receiver) !== null,
  );
  if (sending.length === 1) return sending[0] ?? null;
  if (named.length > 0) return null;
  // Behind a proxy or a virtual address: one that writes, is the origin of what was received, and no other channel names.
  const { facts } = member;
  const gtid = receiver.received.gtid || receiver.applied.gtid || '';
  const channels = facts?.receivers.filter((one) => one !== receiver) ?? [];
  const heads = others.filter(
    (other) =>
      other.facts?.receivers.length === 0 &&
      (facts?.engine === 'postgres' || gtid.includes(`-${other.facts.identity.serverId}-`)) &&
      !channels.some((one) => isNamed(other, one)),
  );
  return heads.length === 1 ? (heads[0] ?? null) : null;
}

/** Whether the address in the replica's own configuration is this member's. */
function isNamed({ host, port, facts }: Member, { upstream }: Receiver): boolean {
  const ports = [port, facts?.identity.port];
  if (upstream.port === null || !ports.includes(upstream.port)) return false;
  return sameHost(host, upstream.host) || facts?.identity.name === upstream.host;
}

function isKin(member: Member, other: Member): boolean {
  const [a, b] = [member.facts, other.facts];
  if (a === null || b === null || a.engine !== b.engine) return false;
  return a.identity.system === b.identity.system;
}

/** The row that the upstream has of this replica: by name or server_uuid; of several the one of its address. */
export function senderTo(upstream: Member, member: Member, receiver: Receiver): Sender | null {
  const senders = upstream.facts?.senders ?? [];
  const server = member.facts?.identity.server ?? null;
  const mine =
    upstream.facts?.engine === 'postgres'
      ? senders.filter(({ kind, name }) => kind === 'physical' && name === receiver.name)
      : senders.filter((one) => one.server !== null && one.server === server);
  if (mine.length <= 1) return mine[0] ?? null;
  const here = mine.filter((one) => one.address !== null && sameHost(one.address, member.host));
  return here.length === 1 ? (here[0] ?? null) : null;
}

const localNames = new Set(['localhost', '127.0.0.1', '::1', '']);
const isLocal = (host: string) => localNames.has(host.toLowerCase());
/** A socket's folder is this machine. */
const sameHost = (a: string, b: string) =>
  a.toLowerCase() === b.toLowerCase() ||
  ((isLocal(a) || a.startsWith('/')) && (isLocal(b) || b.startsWith('/')));

/** Reads of them are of another time: nothing is said of the present by these. */
const presentMs = 45_000;

export const isPresent = (member: Member, now: number): boolean =>
  member.state === 'up' && member.facts !== null && now - member.facts.at <= presentMs;

/** The facts of a member that answers. */
export const presentFacts = (member: Member | null, now: number): ReplicationFacts | null =>
  member !== null && isPresent(member, now) ? member.facts : null;
