/** Who satisfies the consistency that a read needs, now. Pure. */
import type { Consistency, ReadPathBody, RouteBody } from '@/lib/contract';

export type Need = { consistency: Consistency; maxLagMs: number | null };

/**
 * The primary serves every read. A replica serves one that may be late, and one that must see the user's own write only
 * when 99 of 100 fresh writes of the last hour could be read on it within the time that passes between both.
 * @param route of the cluster, with the need's own lag as its limit
 * @param staleness 99th percentile by instance; those without a heartbeat are not in it
 */
export function whoServes(
  need: Need,
  route: RouteBody,
  staleness: ReadonlyMap<string, number>,
): Pick<ReadPathBody, 'served_by' | 'not_served_by'> {
  const served: ReadPathBody['served_by'] = [];
  const not: ReadPathBody['not_served_by'] = [];
  const primary = route.primary;
  if (primary) {
    const server = { instance: primary.instance, name: primary.name };
    if (primary.reason === null) served.push(server);
    else not.push({ ...server, reason: primary.reason });
  }
  for (const replica of route.replicas) {
    const server = { instance: replica.instance, name: replica.name };
    const reason = against(need, replica.reason, staleness.get(replica.instance));
    if (reason === null) served.push(server);
    else not.push({ ...server, reason });
  }
  return { served_by: served, not_served_by: not };
}

function against(
  { consistency, maxLagMs }: Need,
  reason: RouteBody['replicas'][number]['reason'],
  p99: number | undefined,
): ReadPathBody['not_served_by'][number]['reason'] | null {
  // Even one that commits wait for may have it on disk and not yet to be read.
  if (consistency === 'strong') return 'strong_needs_primary';
  if (reason !== null) return reason;
  if (consistency === 'eventual') return null;
  if (p99 === undefined) return 'staleness_unknown';
  return p99 > (maxLagMs ?? 0) ? 'staleness_too_high' : null;
}
