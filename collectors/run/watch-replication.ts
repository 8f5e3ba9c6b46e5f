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
      const metricOf = (name: string) =>
        metrics.find(({ id }) => id === `${definitionEngine(one.engine)}.${name}`);
      const lag = lagRows(one.id, verdict, members);
      const point = pointRow(one.id, verdict);
      batches.push(
        ...batchOf(metricOf('replication-lag'), one.id, lag, now),
        ...batchOf(metricOf('recovery-point'), one.id, point, now),
      );
    }
  }
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

type Row = { labels: Record<string, string>; record: Record<string, number | null> };

/** Of a replica with its channels; a primary has none, and what it had as a replica ends. */
function lagRows(
  instance: string,
  { links }: ReplicationVerdict,
  members: readonly Member[],
): Row[] {
  return links
    .filter((link) => link.instance === instance)
    .map((link) => {
      const upstream = members.find((one) => one.instance === link.upstream)?.name;
      return {
        labels: { channel: link.channel, upstream: upstream ?? link.upstreamAddress },
        record: {
          ...{ lag_ms: link.lag.ms, late_ms: link.lateMs, lag_bytes: link.lag.bytes },
          ...{ shipping_ms: link.lag.shippingMs, applying_ms: link.lag.applyingMs },
          trouble: troubles[link.state],
        },
      };
    });
}

/** Of the one that takes writes; of each of them when there are several. */
function pointRow(instance: string, { primary, splitBrain, dataLoss }: ReplicationVerdict): Row[] {
  if (splitBrain.includes(instance))
    return [
      { labels: {}, record: { loss_ms: null, loss_bytes: null, writers: splitBrain.length } },
    ];
  if (primary !== instance) return [];
  return [{ labels: {}, record: { loss_ms: dataLoss.ms, loss_bytes: dataLoss.bytes, writers: 1 } }];
}

function batchOf(
  metric: Metric | undefined,
  instance: string,
  rows: readonly Row[],
  now: number,
): ReadingBatch[] {
  if (metric === undefined || rows.length === 0) return [];
  const columns = storedColumns(metric);
  const at = Math.floor(now / metric.everyMs) * metric.everyMs;
  return [
    {
      // The verdict is of all members: whoever holds the lease of this one has only read it.
      lease: { instanceId: Number(instance), fence: 0n },
      readings: [
        {
          ...{ metric: metric.id, at, everyMs: metric.everyMs, columns },
          rows: rows.map(({ labels, record }) => ({
            labels,
            values: columns.map(({ name }) => record[name] ?? null),
            rates: columns.map(() => null),
          })),
        },
      ],
    },
  ];
}
