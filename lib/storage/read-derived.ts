/** Readings of what is derived from several measurements, for rules on it. */
import { clusterReading, objectiveReading } from '@/lib/alert/derived-rules';
import { evaluateEveryMs, type WatchedInstance } from '@/lib/alert/evaluate-rules';
import type { InstanceBody } from '@/lib/contract';
import { replicationBodyOf } from '@/lib/replication/replication-body';
import { replicationVerdict } from '@/lib/replication/replication-verdict';
import { groupBy } from './group-by';
import type { Db } from './partitions';
import { readObjectives } from './read-objectives';
import { readMembers } from './read-replication';

/** Services say something new once a minute. */
const objectivesEveryMs = 60_000;
type Burning = Parameters<typeof objectiveReading>[0][number] & { cluster: number };
const kept = new WeakMap<object, { at: number; burning: Burning[] }>();

/** Gives instances the readings of `cluster` and `objective`. Objectives are read once a minute for each store. */
export async function addDerived(
  db: Db,
  store: object,
  instances: ReadonlyMap<number, WatchedInstance>,
  bodies: readonly InstanceBody[],
  now: number,
): Promise<void> {
  for (const own of groupBy(await readMembers(db, bodies), (one) =>
    clusterOf(one, instances),
  ).values()) {
    if (own.every(({ facts }) => facts === null)) continue;
    const replication = replicationBodyOf(replicationVerdict(own, now));
    const allUp = own.every(({ state, facts }) => state === 'up' && facts !== null);
    const [speaker] = own.map(({ instance }) => Number(instance)).sort((a, b) => a - b);
    for (const { instance, facts } of own) {
      const watched = instances.get(Number(instance));
      const speaks = Number(instance) === speaker;
      // Whom nobody looks at says nothing of itself: what was last known of it stands.
      if (!watched || (!speaks && (!facts || watched.state === 'unknown'))) continue;
      const about = { instance, allUp, speaks };
      watched.readings.set('cluster', clusterReading(replication, about, now, evaluateEveryMs));
    }
  }
  const { at, burning } = await readBurning(db, store, now);
  const byCluster = groupBy(burning, ({ cluster }) => cluster);
  for (const [cluster, own] of byCluster) {
    // The same one each time, whoever is the primary: an alert stays where it is.
    const [first] = [...instances.values()]
      .filter(({ clusterId }) => clusterId === cluster)
      .sort((a, b) => a.id - b.id);
    first?.readings.set('objective', objectiveReading(own, at, objectivesEveryMs));
  }
}

const clusterOf = (one: { instance: string }, all: ReadonlyMap<number, WatchedInstance>) =>
  all.get(Number(one.instance))?.clusterId ?? 0;

async function readBurning(db: Db, store: object, now: number) {
  const known = kept.get(store);
  if (known && now >= known.at && now - known.at < objectivesEveryMs) return known;
  const { rows } = await db.query<{ id: number; name: string; cluster_id: number }>(
    'select id, name, cluster_id from service where cluster_id is not null order by id',
  );
  const ids = rows.map(({ id }) => id);
  const objectivesOf = ids.length > 0 ? await readObjectives(db, ids) : null;
  const burning = rows.flatMap(({ id, name, cluster_id: cluster }) =>
    (objectivesOf?.(id).objectives ?? []).map((one) => ({
      ...{ cluster, service: name, kind: one.kind, id: one.id, burn: one.burn },
    })),
  );
  const read = { at: now, burning };
  kept.set(store, read);
  return read;
}
