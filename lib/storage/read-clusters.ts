import { setImmediate } from 'node:timers/promises';
import type { Pool } from 'pg';
import {
  clusterState,
  fleetSentence,
  type InstanceFacts,
  type ReplicaFacts,
  severityRank,
} from '@/lib/alert/cluster-state';
import type {
  ClusterBody,
  ClusterDetailBody,
  ClustersBody,
  InstanceBody,
  LayerBody,
  ReplicationBody,
} from '@/lib/contract';
import { definitionEngine } from '@/lib/metric/engine-source';
import type { Member } from '@/lib/replication/find-upstream';
import { replicationBodyOf } from '@/lib/replication/replication-body';
import { replicationVerdict } from '@/lib/replication/replication-verdict';
import { groupBy } from './group-by';
import {
  hostLayerMetrics,
  infrastructureLayer,
  readHostSparks,
  shortOf,
  sparkAges,
} from './infrastructure-layer';
import { keepFresh } from './keep-fresh';
import { readApplicationLayers } from './read-application-layer';
import { readInstances } from './read-instances';
import { type Latest, readLatest } from './read-latest';
import { readDrift, readMembers } from './read-replication';
import { readSeries } from './read-series';
import { readStaleness } from './read-staleness';

const metrics = {
  use: 'postgres.connection-use',
  activity: 'postgres.activity',
  statements: 'postgres.statements',
} as const;
/** What the definitions of MySQL and MariaDB call the same; columns have the same names. */
const mysqlMetrics = {
  use: 'mysql.connections',
  activity: 'mysql.activity',
  statements: 'mysql.statements',
} as const;
const metricsOf = ({ engine }: InstanceBody) =>
  definitionEngine(engine) === 'mysql' ? mysqlMetrics : metrics;
/** A value older than this is not the present. */
const presentMs = 60_000;

export type ClusterReplication = {
  cluster: string;
  instances: InstanceBody[];
  replication: ReplicationBody;
};

/** All clusters with their state, worst first. */
export async function readClusters(db: Pool): Promise<ClustersBody> {
  const facts = await readFacts(db, null);
  const clusters = facts.map((one) => one.cluster);
  clusters.sort(
    (a, b) => severityRank(b.state) - severityRank(a.state) || a.name.localeCompare(b.name),
  );
  return { sentence: fleetSentence(clusters), clusters };
}

/** Null when there is no such cluster. */
export async function readCluster(db: Pool, id: number): Promise<ClusterDetailBody | null> {
  const [found] = await readFacts(db, id);
  if (!found) return null;
  const { instances, members, replication } = found;
  const drift = await readDrift(db, instances, replication.primary);
  const verdict = replicationVerdict(members, Date.now(), drift);
  const body = replicationBodyOf(verdict);
  const staleness = await readStaleness(
    db,
    body.replicas.map((one) => Number(one.instance)),
  );
  const replicas = body.replicas.map((one) => ({
    ...one,
    staleness: staleness.get(Number(one.instance)) ?? null,
  }));
  return { ...found.cluster, instances, replication: { ...body, replicas } };
}

/** Members and replication of every cluster, and nothing else of it: small enough to be read each second. */
export async function readReplications(db: Pool): Promise<ClusterReplication[]> {
  const instances = await readInstances(db);
  const members = await readMembers(db, instances);
  const now = Date.now();
  const found: ClusterReplication[] = [];
  for (const [cluster, own] of groupBy(instances, (one) => one.cluster_id)) {
    const verdict = replicationVerdict(membersOf(members, own), now);
    found.push({ cluster, instances: own, replication: replicationBodyOf(verdict) });
    // Who is asked a thousand times a second must not stand still for all clusters at once.
    await setImmediate();
  }
  return found;
}

const membersOf = (members: readonly Member[], own: readonly InstanceBody[]) =>
  members.filter(({ instance }) => own.some(({ id }) => id === instance));

async function readFacts(db: Pool, clusterId: number | null) {
  const instances = await readInstances(db, clusterId === null ? {} : { clusterId });
  const ids = instances.map((one) => Number(one.id));
  const latest = await readLatest(db, {
    instanceIds: ids,
    metrics: [...Object.values(metrics), ...Object.values(mysqlMetrics), ...hostLayerMetrics],
    withinMs: presentMs,
  });
  const byInstance = groupBy(latest, (one) => one.instanceId);
  const [sparks, hostSparks] = await Promise.all([readSparks(db, ids), readHostSparks(db, ids)]);
  const all = await readMembers(db, instances);
  const now = Date.now();
  const blind = await readBlind(db, ids);
  const application = await readApplicationLayers(db);
  const clusters = groupBy(instances, (one) => one.cluster_id);
  return [...clusters.values()].map((members) => {
    const read = (one: InstanceBody) => reader(byInstance.get(Number(one.id)) ?? []);
    const own = membersOf(all, members);
    const replication = replicationBodyOf(replicationVerdict(own, now));
    const facts: DatabaseFacts = [
      members.map((one) => ({
        name: one.name,
        state: one.state,
        connectionsUsed: read(one)(metricsOf(one).use, 'used_ratio'),
        waitingForLock: read(one)(metricsOf(one).activity, 'waiting_for_lock'),
        longestIdleInTransactionMs: read(one)(
          metricsOf(one).activity,
          'longest_idle_in_transaction_ms',
        ),
        blind: blind.get(Number(one.id)) ?? 0,
      })),
      replication.replicas.map((one) => ({
        name: one.name,
        state: one.state,
        lagMs: one.late_ms,
        cause: one.cause,
      })),
      replication.split_brain_instances.map(
        (id) => members.find((one) => one.id === id)?.name ?? id,
      ),
    ];
    const above = application.get(members[0]?.cluster_id ?? '');
    const machines = members.map(({ id }) => ({
      latest: byInstance.get(Number(id)) ?? [],
      spark: hostSparks.get(Number(id)) ?? [],
    }));
    const below = infrastructureLayer(machines);
    const short = shortOf(machines);
    const sentence = clusterState(
      ...facts,
      above ? { state: above.layer.state, service: above.service } : null,
      short
        ? { state: short.state, what: short.what }
        : below && { state: below.state, what: null },
    );
    const lead = members.find((one) => one.role === 'primary') ?? members[0];
    const first = lead ? read(lead) : () => null;
    const statements = lead ? metricsOf(lead).statements : metrics.statements;
    const mean = first(statements, 'mean_ms');
    // A delay that is wanted is no lag to worry about.
    const lags = replication.replicas.map((one) => one.late_ms).filter((lag) => lag !== null);
    const seen = members.map((one) => one.last_seen).filter((at) => at !== null);
    const spark = lead ? (sparks.get(Number(lead.id)) ?? []) : [];
    const cluster: ClusterBody = {
      id: members[0]?.cluster_id ?? '',
      name: members[0]?.cluster ?? '',
      demo: members.every((one) => one.demo),
      engines: [...new Set(members.map((one) => one.engine))],
      state: sentence.state,
      sentence,
      layers: layersOf(
        above?.layer,
        ...([clusterState(...facts).state, mean, spark, lead?.last_seen ?? null] as const),
        below,
      ),
      primaries: members.filter((one) => one.role === 'primary').length,
      replicas: members.filter((one) => one.role === 'replica').length,
      unknown_roles: members.filter((one) => one.role === 'unknown').length,
      down: members.filter((one) => one.state === 'down').length,
      worst_lag_ms: lags.length > 0 ? Math.max(...lags) : null,
      load: first(statements, 'load'),
      mean_ms: mean,
      p95_ms: null,
      last_seen: seen.length > 0 ? Math.max(...seen) : null,
    };
    return { cluster, instances: members, members: own, replication };
  });
}

type DatabaseFacts = [InstanceFacts[], ReplicaFacts[], string[]];
type Read = (metric: string, column: string) => number | null;

/** The present value of a column that has one line; the highest where there are several. */
function reader(latest: Latest[]): Read {
  return (metric, column) => {
    const values = latest
      .filter((one) => one.metric === metric && one.column === column)
      .map((one) => one.value)
      .filter((value) => value !== null);
    return values.length > 0 ? Math.max(...values) : null;
  };
}

function layersOf(
  application: LayerBody | undefined,
  database: LayerBody['state'],
  mean: number | null,
  spark: (number | null)[],
  at: number | null,
  infrastructure: LayerBody | null,
): LayerBody[] {
  const unmeasured = (layer: LayerBody['layer']): LayerBody => ({
    layer,
    state: 'unknown',
    measured: false,
    headline: null,
    spark: [],
  });
  return [
    application ?? unmeasured('application'),
    {
      layer: 'database',
      state: database,
      measured: true,
      headline: { name: 'mean_ms', value: mean, unit: 'ms', at },
      spark,
    },
    infrastructure ?? unmeasured('infrastructure'),
  ];
}

/** What this server has no source for is no blindness: its panels say so. */
async function readBlind(db: Pool, ids: number[]): Promise<Map<number, number>> {
  const { rows } = await db.query<{ instance_id: number; n: string }>(
    `select instance_id, count(*) as n from metric_health where instance_id = any($1) and error is not null
       and coalesce(error ->> 'code', '') not in ('version_unsupported', 'no_host_source') group by 1`,
    [ids],
  );
  return new Map(rows.map((row) => [row.instance_id, Number(row.n)]));
}

/** Load of the last hour in 30 parts. */
const readSparks = keepFresh(async (db, ids: number[]): Promise<Map<number, (number | null)[]>> => {
  const now = Date.now();
  const read = await Promise.all(
    [metrics.statements, mysqlMetrics.statements].map((metric) =>
      readSeries(db, {
        ...{ instanceIds: ids, metric, column: 'mean_ms', points: 30 },
        ...{ from: now - 3_600_000, to: now },
      }),
    ),
  );
  const series = read.flatMap((one) => one.series);
  return new Map(series.map((one) => [one.instanceId, one.points.map(([, value]) => value)]));
}, sparkAges);
