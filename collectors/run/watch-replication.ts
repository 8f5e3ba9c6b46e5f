/** Judges the replication of all clusters every few seconds: a series for each replica, and an event for each change. */
import type { Pool, PoolClient } from 'pg';
import { appendEvent } from '@/collectors/store/append-event';
import { type Metric, storedColumns } from '@/lib/metric/define-metric';
import { definitionEngine } from '@/lib/metric/engine-source';
import type { Member } from '@/lib/replication/find-upstream';
import {
  type ClusterReplicationState,
  replicationEvents,
} from '@/lib/replication/replication-events';
import {
  type Link,
  type ReplicationVerdict,
  replicationVerdict,
} from '@/lib/replication/replication-verdict';
import { appendReadings, type ReadingBatch } from '@/lib/storage/append-readings';
import { readInstances } from '@/lib/storage/read-instances';
import { readMembers } from '@/lib/storage/read-replication';

const watchLock = 7_274_618;

/**
 * One process at a time; another one returns false at once. The reading of a moment is stored once, however often it is
 * judged. @throws when the store does not answer
 */
export async function watchReplication(
  db: Pool,
  metrics: readonly Metric[],
  now = Date.now(),
): Promise<boolean> {
  const client = await db.connect();
  try {
    const { rows } = await client.query<{ mine: boolean }>(
      'select pg_try_advisory_lock($1) as mine',
      [watchLock],
    );
    if (!rows[0]?.mine) return false;
    try {
      await judgeAll(db, client, metrics, now);
      return true;
    } finally {
      await client.query('select pg_advisory_unlock($1)', [watchLock]);
    }
  } finally {
    client.release();
  }
}

async function judgeAll(db: Pool, client: PoolClient, metrics: readonly Metric[], now: number) {
  const instances = await readInstances(client);
  const all = await readMembers(client, instances);
  const before = await readStates(client);
  const batches: ReadingBatch[] = [];
  for (const clusterId of new Set(instances.map((one) => Number(one.cluster_id)))) {
    const own = instances.filter((one) => Number(one.cluster_id) === clusterId);
    const members = all.filter(({ instance }) => own.some(({ id }) => id === instance));
    // Nothing was ever read of it: there is nothing to say.
    if (members.every(({ facts }) => facts === null)) continue;
    const verdict = replicationVerdict(members, now);
    const { state, events } = replicationEvents(
      before.get(clusterId) ?? null,
      verdict,
      members,
      now,
    );
    for (const { instance, at, ...event } of events)
      await appendEvent(db, { instanceId: Number(instance), clusterId }, event, new Date(at));
    await writeState(client, clusterId, state, now);
    for (const one of own) {
      const metric = metrics.find(
        ({ origin, engine }) => origin === 'verdict' && engine === definitionEngine(one.engine),
      );
      if (metric) batches.push(...readingsOf(metric, one.id, verdict, members, now));
    }
  }
  // Who holds the lease of an instance only read it: the verdict is of all members.
  if (batches.length > 0) await appendReadings(db, batches, { late: true });
}

async function readStates(client: PoolClient) {
  const { rows } = await client.query<{ cluster_id: number; state: ClusterReplicationState }>(
    'select cluster_id, state from replication_state',
  );
  return new Map(rows.map((row) => [row.cluster_id, row.state]));
}

async function writeState(
  client: PoolClient,
  clusterId: number,
  state: ClusterReplicationState,
  now: number,
) {
  await client.query(
    `insert into replication_state (cluster_id, at, state)
     select $1, $2, $3 where exists (select from cluster where id = $1)
     on conflict (cluster_id) do update set at = excluded.at, state = excluded.state`,
    [clusterId, new Date(now), JSON.stringify(state)],
  );
}

const troubles: Record<Link['state'], number> = {
  ...{ streaming: 0, idle: 0, catching_up: 0, delayed: 0 },
  ...{ unknown: 1, stopped: 2, disconnected: 2 },
};

/** Of a replica with its channels; a primary has none, and what it had as a replica ends. */
function readingsOf(
  metric: Metric,
  instance: string,
  { links }: ReplicationVerdict,
  members: readonly Member[],
  now: number,
): ReadingBatch[] {
  const own = links.filter((link) => link.instance === instance);
  if (own.length === 0) return [];
  const columns = storedColumns(metric);
  const rows = own.map((link) => {
    const record: Record<string, number | null> = {
      ...{ lag_ms: link.lag.ms, late_ms: link.lateMs, lag_bytes: link.lag.bytes },
      ...{ shipping_ms: link.lag.shippingMs, applying_ms: link.lag.applyingMs },
      trouble: troubles[link.state],
    };
    const upstream = members.find((one) => one.instance === link.upstream)?.name;
    return {
      labels: { channel: link.channel, upstream: upstream ?? link.upstreamAddress },
      values: columns.map(({ name }) => record[name] ?? null),
      rates: columns.map(() => null),
    };
  });
  const at = Math.floor(now / metric.everyMs) * metric.everyMs;
  const lease = { instanceId: Number(instance), fence: 0n };
  return [{ lease, readings: [{ metric: metric.id, at, everyMs: metric.everyMs, columns, rows }] }];
}
