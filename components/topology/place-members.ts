/** Who is drawn under whom. Pure. */
import type { ClusterDetailBody, InstanceBody, ReplicaBody } from '@/lib/contract';

export type Place = {
  /** Null: somebody follows an address that nobody watches. */
  instance: InstanceBody | null;
  address: string;
  /** Its streams, the one it is drawn at first. */
  streams: ReplicaBody[];
  below: Place[];
};

/**
 * A replica is drawn below what its first stream follows, so that it stays where it is however the lag changes. Replicas in
 * a ring, and those of an unwatched address, begin a tree of their own.
 */
export function placeMembers({
  instances,
  replication,
}: Pick<ClusterDetailBody, 'instances' | 'replication'>): Place[] {
  const places = new Map<string, Place>(
    instances.map((instance) => [
      instance.id,
      {
        ...{ instance, address: '', below: [] },
        streams: replication.replicas
          .filter((one) => one.instance === instance.id)
          .sort((a, b) => a.channel.localeCompare(b.channel)),
      },
    ]),
  );
  const unwatched = new Map<string, Place>();
  const heads: Place[] = [];
  for (const [id, place] of places) {
    const [first] = place.streams;
    const above = first?.upstream ? places.get(first.upstream) : undefined;
    if (above && !leadsTo(places, first?.upstream ?? '', id)) above.below.push(place);
    else if (first && first.upstream === null && first.upstream_address !== '')
      ghostOf(unwatched, first.upstream_address).below.push(place);
    else heads.push(place);
  }
  const all = [...heads, ...unwatched.values()];
  for (const place of [...places.values(), ...unwatched.values()]) place.below.sort(byName);
  return all.sort((a, b) => b.below.length - a.below.length || byName(a, b));
}

function ghostOf(unwatched: Map<string, Place>, address: string): Place {
  const known = unwatched.get(address);
  if (known) return known;
  const ghost: Place = { instance: null, address, streams: [], below: [] };
  unwatched.set(address, ghost);
  return ghost;
}

/** Whether going up from `from` comes to `id`: then it cannot be drawn below. */
function leadsTo(places: ReadonlyMap<string, Place>, from: string, id: string): boolean {
  const seen = new Set<string>();
  for (let at: string | null = from; at !== null && !seen.has(at); ) {
    if (at === id) return true;
    seen.add(at);
    at = places.get(at)?.streams[0]?.upstream ?? null;
  }
  return false;
}

const byName = (a: Place, b: Place) =>
  (a.instance?.name ?? a.address).localeCompare(b.instance?.name ?? b.address, 'en', {
    numeric: true,
  });

const troubled = (place: Place): boolean =>
  place.instance?.state !== 'up' ||
  place.streams.some(({ state }) => state !== 'streaming' && state !== 'idle') ||
  place.below.length > 0;

/** More than these are drawn only when asked for, unless something is the matter with them. */
const mostBelow = 8;

/** What is drawn, and the healthy rest. */
export function foldHealthy(below: readonly Place[]): { shown: Place[]; folded: Place[] } {
  if (below.length <= mostBelow) return { shown: [...below], folded: [] };
  const bad = below.filter(troubled);
  const room = Math.max(0, mostBelow - bad.length);
  const well = below.filter((one) => !troubled(one));
  const shown = new Set([...bad, ...well.slice(0, room)]);
  return { shown: below.filter((one) => shown.has(one)), folded: well.slice(room) };
}
