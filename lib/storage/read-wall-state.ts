import type { Pool } from 'pg';
import { fleetSentence } from '@/lib/alert/cluster-state';
import type {
  AlertBody,
  ClusterBody,
  IncidentBody,
  SentenceBody,
  WallBody,
  WallCluster,
  WallStateBody,
} from '@/lib/contract';
import { buildId } from './build-id';
import { readAlerts, readEvaluatedAt } from './read-alerts';
import { type ClusterReplication, readClusters, readReplications } from './read-clusters';
import { readIncidents } from './read-incidents';
import { readTopStatements, type TopStatement } from './read-top-statements';
import { shareFor } from './share-for';

/** More would take a wall an hour to show. */
const most = { clusters: 60, alerts: 30, incidents: 10, replicas: 24, statements: 8 };

/** Twenty walls and their screens ask for the same at the same time: the store answers once in this time. */
const freshMs = 2000;
const share = {
  clusters: shareFor(freshMs, readClusters),
  alerts: shareFor(freshMs, async (db: Pool) => ({
    alerts: await readAlerts(db, { state: 'open', limit: 1000 }),
    at: await readEvaluatedAt(db),
  })),
  incidents: shareFor(freshMs, async (db: Pool) => {
    const { incidents } = await readIncidents(db, { state: 'open', limit: 100 });
    return incidents;
  }),
  replication: shareFor(freshMs, readReplications),
};

/** What the screens of a wall show now. What the wall hides is not in it. */
export async function readWallState(db: Pool, wall: WallBody): Promise<WallStateBody> {
  const shows = (panel: WallBody['panels'][number]) => wall.panels.includes(panel);
  const [{ clusters }, { alerts, at }, incidents, replication] = await Promise.all([
    share.clusters(db),
    share.alerts(db),
    share.incidents(db),
    shows('replication') ? share.replication(db) : null,
  ]);
  const scope = scopeOf(wall, clusters);
  const own = clusters.filter((one) => scope.has(one.id));
  const top = shows('statements')
    ? await readTopStatements(
        db,
        own.slice(0, 8).map((one) => one.id),
      )
    : null;
  const firing = alerts.filter((one) => scope.has(one.cluster.id) && isFiring(one));
  const { name, panels, rotate_s, size, theme, language, zone, names, sql } = wall;
  return {
    now: Date.now(),
    build: buildId,
    wall: { name, panels, rotate_s, size, theme, language, zone, names, sql },
    sentence: hidden(fleetSentence(own), names),
    clusters: own.slice(0, most.clusters).map((one) => clusterOf(one, scope, names)),
    alerts: firing.slice(0, most.alerts).map((one) => alertOf(one, scope, names)),
    incidents: incidentsOf(incidents, scope, wall),
    more_alerts: Math.max(0, firing.length - most.alerts),
    evaluated_at: at,
    replicas: replication && replicasOf(replication, scope, names),
    statements: top?.slice(0, most.statements).map((one) => statementOf(one, scope, wall)) ?? null,
  };
}

type Scope = Map<string, { number: number; name: string }>;

/** The wall's clusters with their numbers, which stay when states change: by age, from 1. */
function scopeOf(wall: WallBody, clusters: readonly ClusterBody[]): Scope {
  const own = clusters.filter((one) => wall.clusters === null || wall.clusters.includes(one.id));
  own.sort((a, b) => Number(a.id) - Number(b.id));
  return new Map(own.map((one, at) => [one.id, { number: at + 1, name: one.name }]));
}

const named = (id: string, scope: Scope, names: boolean) => {
  const found = scope.get(id);
  return { number: found?.number ?? 0, cluster: names ? (found?.name ?? null) : null };
};

/** A sentence without the names in it. */
function hidden(sentence: SentenceBody, names: boolean): SentenceBody {
  if (names) return sentence;
  const { instance: _, cluster: __, ...values } = sentence.values;
  return { ...sentence, values };
}

function clusterOf(one: ClusterBody, scope: Scope, names: boolean): WallCluster {
  return {
    ...named(one.id, scope, names),
    ...{ engines: one.engines, state: one.state, sentence: hidden(one.sentence, names) },
    ...{ layers: one.layers, last_seen: one.last_seen },
    ...{ servers: one.primaries + one.replicas + one.unknown_roles, down: one.down },
    ...{ worst_lag_ms: one.worst_lag_ms, replicas: one.replicas, load: one.load },
  };
}

const isFiring = (one: AlertBody) =>
  (one.phase === 'firing' || one.phase === 'recovering') &&
  one.level !== null &&
  one.suppressed === null;

function alertOf(one: AlertBody, scope: Scope, names: boolean): WallStateBody['alerts'][number] {
  const acknowledged = one.acked_until !== null && one.acked_until > Date.now();
  const level = one.level ?? 'warning';
  return {
    ...named(one.cluster.id, scope, names),
    ...{ id: one.id, instance: names ? one.instance.name : null, says: one.says, level },
    ...{ fired_at: one.fired_at ?? one.since, value: one.value, threshold: one.threshold },
    ...{ direction: one.direction, unit: one.unit, per_second: one.per_second },
    ...{ data_at: one.data_at, acknowledged },
    takes_screen: level === 'critical' && one.phase === 'firing' && !acknowledged,
  };
}

/** In these users may feel it still. */
const felt: readonly string[] = ['detect', 'triage', 'mitigate'];

/** One that belongs to no cluster is on the walls of every cluster. */
function incidentsOf(
  incidents: readonly IncidentBody[],
  scope: Scope,
  wall: WallBody,
): WallStateBody['incidents'] {
  return incidents
    .filter(({ cluster }) =>
      cluster?.id ? scope.has(cluster.id) : cluster === null && wall.clusters === null,
    )
    .filter(({ phase }) => felt.includes(phase))
    .map((one) => ({
      ...named(one.cluster?.id ?? '', scope, wall.names),
      ...{ id: one.id, title: wall.names ? one.title : null, severity: one.severity },
      ...{ phase: one.phase, started_at: one.started_at, firing: one.firing },
      takes_screen: one.severity === 'critical',
    }))
    .sort((a, b) => Number(b.takes_screen) - Number(a.takes_screen))
    .slice(0, most.incidents);
}

function replicasOf(
  all: readonly ClusterReplication[],
  scope: Scope,
  names: boolean,
): NonNullable<WallStateBody['replicas']> {
  const troubles = ['stopped', 'disconnected', 'unknown'];
  return all
    .filter(({ cluster }) => scope.has(cluster))
    .flatMap(({ cluster, replication }) =>
      [...replication.replicas]
        .sort((a, b) => Number(a.instance) - Number(b.instance))
        .map(({ name, state, lag_ms, late_ms, at }, index) => ({
          ...named(cluster, scope, names),
          ...{ replica: names ? name : null, rank: index + 1, state, lag_ms, late_ms, at },
        })),
    )
    .sort(
      (a, b) =>
        Number(troubles.includes(b.state)) - Number(troubles.includes(a.state)) ||
        (b.late_ms ?? Number.POSITIVE_INFINITY) - (a.late_ms ?? Number.POSITIVE_INFINITY),
    )
    .slice(0, most.replicas);
}

function statementOf(one: TopStatement, scope: Scope, wall: WallBody) {
  return {
    ...named(one.cluster, scope, wall.names),
    ...{ text: wall.sql ? one.text.slice(0, 300) : null, kind: one.kind, share: one.share },
    ...{ calls_per_second: one.callsPerSecond, mean_ms: one.meanMs },
  };
}
