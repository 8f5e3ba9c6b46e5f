/** What a replica of a replica is behind the one that writes. Pure. */
import type { Member } from './find-upstream';
import type { Link } from './replication-verdict';

const fine = new Set(['idle', 'streaming']);
const behindMs = 10_000;

/**
 * PostgreSQL's positions are of one log and were measured against its writer already. Coordinates of binary logs are of
 * one server only: there the lag of the upstream comes on top, and a zero behind one that is late is none.
 */
export function addUpstreamLag(links: readonly Link[], members: readonly Member[]): Link[] {
  const engineOf = (id: string) =>
    members.find(({ instance }) => instance === id)?.facts?.engine ?? null;
  const done = new Map<string, Link[]>();
  /** @param below those on the way down: a ring ends where it began */
  const totalOf = (instance: string, below: readonly string[]): Link[] => {
    const known = done.get(instance);
    if (known) return known;
    const own = links.filter((link) => link.instance === instance);
    const total = own.map((link) => {
      if (link.upstream === null || below.includes(link.upstream)) return link;
      const above = totalOf(link.upstream, [...below, instance]);
      return above.length === 0 ? link : beneath(link, above, engineOf(instance) === 'postgres');
    });
    done.set(instance, total);
    return total;
  };
  return links.map((link) => {
    const mine = links.filter(({ instance }) => instance === link.instance);
    return totalOf(link.instance, [])[mine.indexOf(link)] ?? link;
  });
}

function beneath(link: Link, above: readonly Link[], measured: boolean): Link {
  const worst = above.some(({ lag }) => lag.ms === null)
    ? null
    : Math.max(...above.map(({ lag }) => lag.ms ?? 0));
  const ms =
    measured || link.lag.source === 'heartbeat'
      ? link.lag.ms
      : link.lag.ms === null || worst === null
        ? null
        : link.lag.ms + worst;
  const lateMs = ms === null ? null : Math.max(0, ms - link.configuredDelayMs);
  const next: Link = { ...link, lag: { ...link.lag, ms }, lateMs };
  const sound = above.every(({ state }) => fine.has(state));
  if (!fine.has(link.state) || (sound && (ms ?? 0) <= behindMs)) return next;
  if (ms === 0) return next;
  return ms === null || ms > behindMs
    ? { ...next, state: ms === null ? 'unknown' : 'catching_up', cause: 'upstream_behind' }
    : next;
}
