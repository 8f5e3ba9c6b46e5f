import type { Pool } from 'pg';
import { clusterState, fleetSentence, severityRank } from '@/lib/alert/cluster-state';
import type {
  ClusterBody,
  ClusterDetailBody,
  ClustersBody,
  InstanceBody,
  LayerBody,
  ReplicationBody,
} from '@/lib/contract';
import { definitionEngine } from '@/lib/metric/engine-source';
import { lagVerdict, type PrimaryView } from '@/lib/replication/lag-verdict';
import { groupBy } from './group-by';
import { readInstances } from './read-instances';
import { type Latest, readLatest } from './read-latest';
import { readSeries } from './read-series';

const metrics = {
  replication: 'postgres.replication',
  replica: 'postgres.replica',
  wal: 'postgres.wal',
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
  return { ...found.cluster, instances: found.instances, replication: found.replication };
}

/** Members and replication of every cluster, and nothing else of it: small enough to be read each second. */
export async function readReplications(db: Pool): Promise<ClusterReplication[]> {
  const instances = await readInstances(db);
  const ids = instances.map((one) => Number(one.id));
  const [latest, servers] = await Promise.all([
    readLatest(db, {
      instanceIds: ids,
      metrics: [metrics.replica, metrics.wal],
      withinMs: presentMs,
    }),
    readServers(db, ids),
  ]);
  const byInstance = groupBy(latest, (one) => one.instanceId);
  const read = (one: InstanceBody) => reader(byInstance.get(Number(one.id)) ?? []);
  return [...groupBy(instances, (one) => one.cluster_id)].map(([cluster, members]) => ({
    cluster,
    instances: members,
    replication: replicationOf(members, read, servers),
  }));
}

async function readFacts(db: Pool, clusterId: number | null) {
  const instances = await readInstances(db, clusterId === null ? {} : { clusterId });
  const ids = instances.map((one) => Number(one.id));
  const latest = await readLatest(db, {
    instanceIds: ids,
    metrics: [...Object.values(metrics), ...Object.values(mysqlMetrics)],
    withinMs: presentMs,
  });
  const byInstance = groupBy(latest, (one) => one.instanceId);
  const sparks = await readSparks(db, ids);
  const servers = await readServers(db, ids);
  const blind = await readBlind(db, ids);
  const clusters = groupBy(instances, (one) => one.cluster_id);
  return [...clusters.values()].map((members) => {
    const read = (one: InstanceBody) => reader(byInstance.get(Number(one.id)) ?? []);
    const replication = replicationOf(members, read, servers);
    const sentence = clusterState(
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
        lagMs: one.lag_ms,
        cause: one.cause,
      })),
    );
    const lead = members.find((one) => one.role === 'primary') ?? members[0];
    const first = lead ? read(lead) : () => null;
    const statements = lead ? metricsOf(lead).statements : metrics.statements;
    const mean = first(statements, 'mean_ms');
    const lags = replication.replicas.map((one) => one.lag_ms).filter((lag) => lag !== null);
    const seen = members.map((one) => one.last_seen).filter((at) => at !== null);
    const spark = lead ? (sparks.get(Number(lead.id)) ?? []) : [];
    const cluster: ClusterBody = {
      id: members[0]?.cluster_id ?? '',
      name: members[0]?.cluster ?? '',
      demo: members.every((one) => one.demo),
      engines: [...new Set(members.map((one) => one.engine))],
      state: sentence.state,
      sentence,
      layers: layersOf(sentence.state, mean, spark, lead?.last_seen ?? null),
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
    return { cluster, instances: members, replication };
  });
}

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
  database: LayerBody['state'],
  mean: number | null,
  spark: (number | null)[],
  at: number | null,
): LayerBody[] {
  const unmeasured = (layer: LayerBody['layer']): LayerBody => ({
    layer,
    state: 'unknown',
    measured: false,
    headline: null,
    spark: [],
  });
  return [
    unmeasured('application'),
    {
      layer: 'database',
      state: database,
      measured: true,
      headline: { name: 'mean_ms', value: mean, unit: 'ms', at },
      spark,
    },
    unmeasured('infrastructure'),
  ];
}

function replicationOf(
  members: InstanceBody[],
  read: (one: InstanceBody) => Read,
  servers: Map<number, { systemIdentifier: string | null; latest: Latest[] }>,
): ReplicationBody {
  const primaries = members.filter((one) => one.role === 'primary');
  const systems = primaries
    .filter((one) => one.state === 'up')
    .map((one) => servers.get(Number(one.id))?.systemIdentifier)
    .filter((system) => system != null);
  const replicas = members.filter((one) => one.role === 'replica');
  const verdicts = replicas.map((one) => {
    const value = read(one);
    const flag = (column: string) => {
      const found = value(metrics.replica, column);
      return found === null ? null : found === 1;
    };
    const latest = servers.get(Number(one.id))?.latest ?? [];
    const own = latest.find((row) => row.metric === metrics.replica);
    const system = servers.get(Number(one.id))?.systemIdentifier;
    const primary = primaries.find(
      (other) => servers.get(Number(other.id))?.systemIdentifier === system,
    );
    const view = primary ? primaryView(primary, read(primary), servers, own) : null;
    const verdict = lagVerdict(
      {
        up: one.state === 'up',
        receiving: flag('receiving'),
        paused: flag('replay_paused'),
        replayLsn: value(metrics.replica, 'replay_lsn'),
        senderLsn: value(metrics.replica, 'sender_lsn'),
        messageAgeMs: value(metrics.replica, 'message_age_ms'),
        replayAgeMs: value(metrics.replica, 'replay_age_ms'),
        configuredDelayMs: value(metrics.replica, 'configured_delay_ms'),
        at: own?.at ?? null,
      },
      view,
    );
    return {
      instance: one.id,
      name: one.name,
      state: verdict.state,
      lag_ms: verdict.lagMs,
      lag_bytes: verdict.lagBytes,
      cause: verdict.cause,
      staleness: null,
      sync_state: view?.row ? (view.row.synchronous ? 'sync' : 'async') : null,
      at: own?.at ?? null,
    };
  });
  return {
    primary: primaries.length === 1 ? (primaries[0]?.id ?? null) : null,
    split_brain: new Set(systems).size < systems.length,
    replicas: verdicts,
    candidates: verdicts
      .filter((one) => ['streaming', 'idle', 'catching_up'].includes(one.state))
      .sort((a, b) => (a.lag_bytes ?? Infinity) - (b.lag_bytes ?? Infinity))
      .map((one) => ({ instance: one.instance, lag_bytes: one.lag_bytes })),
  };
}

/** The primary's row of this replica: the one of the same application_name, or the only one there is. */
function primaryView(
  primary: InstanceBody,
  value: Read,
  servers: Map<number, { latest: Latest[] }>,
  own: Latest | undefined,
): PrimaryView {
  const rows = (servers.get(Number(primary.id))?.latest ?? []).filter(
    (one) => one.metric === metrics.replication,
  );
  const name = own?.labels.application_name;
  const mine = rows.filter((one) => one.labels.application_name === name);
  const column = (wanted: string) => mine.find((one) => one.column === wanted)?.value ?? null;
  return {
    up: primary.state === 'up',
    position: value(metrics.wal, 'position'),
    row:
      mine.length === 0
        ? null
        : {
            replayLagMs: column('replay_lag_ms'),
            replayLagBytes: column('replay_lag_bytes'),
            synchronous: column('synchronous') === 1,
          },
  };
}

async function readServers(db: Pool, ids: number[]) {
  const { rows } = await db.query<{ instance_id: number; system_identifier: string | null }>(
    'select instance_id, system_identifier from instance_status where instance_id = any($1)',
    [ids],
  );
  const latest = await readLatest(db, {
    instanceIds: ids,
    metrics: [metrics.replication, metrics.replica],
    withinMs: presentMs,
  });
  return new Map(
    rows.map((row) => [
      row.instance_id,
      {
        systemIdentifier: row.system_identifier,
        latest: latest.filter((one) => one.instanceId === row.instance_id),
      },
    ]),
  );
}

/** What this server has no source for is no blindness: its panels say so. */
async function readBlind(db: Pool, ids: number[]): Promise<Map<number, number>> {
  const { rows } = await db.query<{ instance_id: number; n: string }>(
    `select instance_id, count(*) as n from metric_health where instance_id = any($1) and error is not null
       and error ->> 'code' is distinct from 'version_unsupported' group by 1`,
    [ids],
  );
  return new Map(rows.map((row) => [row.instance_id, Number(row.n)]));
}

/** Load of the last hour in 30 parts. */
async function readSparks(db: Pool, ids: number[]): Promise<Map<number, (number | null)[]>> {
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
}
