/** What state a cluster is in and the sentence that says so: the worst thing wins. Pure. */
import type { SentenceBody, Severity } from '@/lib/contract';

export type InstanceFacts = {
  name: string;
  state: 'up' | 'down' | 'unknown';
  /** Null for each value not read in the last minutes. */
  connectionsUsed: number | null;
  waitingForLock: number | null;
  longestIdleInTransactionMs: number | null;
  /** Metrics that could not be read at the last try. */
  blind: number;
};
export type ReplicaFacts = {
  name: string;
  state: string;
  lagMs: number | null;
  cause: string | null;
};

/** The application layer; null when no service is mapped to the cluster. */
export type ApplicationFacts = { state: Severity; service: string };

/** The machines; null when nothing is known of any. `ok` only when all of them are measured and well. */
export type MachinesFacts = { state: Severity; what: 'cpu' | 'memory' | 'disk' | null };

type Values = SentenceBody['values'];
type Candidate = SentenceBody & { rank: number };
const ranks: Record<Severity, number> = { critical: 4, warning: 3, unknown: 2, ok: 1 };

/** Thresholds are the defaults of the field: connections 80 and 90 %, lag 30 s and 300 s, 5 waiting, 5 minutes idle. */
export function clusterState(
  instances: InstanceFacts[],
  replicas: ReplicaFacts[],
  splitBrain: string[] = [],
  application: ApplicationFacts | null = null,
  machines: MachinesFacts | null = null,
): SentenceBody {
  if (instances.length === 0) return { state: 'unknown', code: 'no_instances', values: {} };
  if (instances.every((one) => one.state === 'unknown'))
    return { state: 'unknown', code: 'nothing_seen', values: {} };
  const found: Candidate[] = [];
  const add = (state: Severity, code: SentenceBody['code'], values: Values) =>
    found.push({ state, code, values, rank: ranks[state] });
  if (splitBrain.length > 0) add('critical', 'split_brain', { instance: splitBrain.join(', ') });
  for (const one of instances) {
    const { name } = one;
    if (one.state === 'down') add('critical', 'instance_down', { instance: name });
    const used = one.connectionsUsed;
    if (used !== null && used >= 0.8)
      add(used >= 0.9 ? 'critical' : 'warning', 'connections_full', { instance: name, used });
    if ((one.waitingForLock ?? 0) > 5)
      add('warning', 'lock_waits', { instance: name, count: one.waitingForLock });
    const idle = one.longestIdleInTransactionMs;
    if (idle !== null && idle > 300_000)
      add('warning', 'idle_in_transaction', { instance: name, idle_ms: idle });
    if (one.state === 'up' && one.blind > 0)
      add('unknown', 'partly_blind', { instance: name, count: one.blind });
    if (one.state === 'unknown') add('unknown', 'nothing_seen', { instance: name });
  }
  for (const { name, state, lagMs, cause } of replicas) {
    if (state === 'stopped' || state === 'disconnected')
      add('critical', 'replica_stopped', { instance: name, cause, lag_ms: lagMs });
    else if (lagMs !== null && lagMs >= 30_000)
      add(lagMs >= 300_000 ? 'critical' : 'warning', 'replica_lags', {
        instance: name,
        lag_ms: lagMs,
      });
    else if (state === 'unknown') add('unknown', 'replica_unknown', { instance: name });
  }
  if (application?.state === 'critical' || application?.state === 'warning')
    add(application.state, 'objective_burning', { instance: application.service });
  if (machines?.state === 'critical' || machines?.state === 'warning')
    add(machines.state, 'machine_short', { what: machines.what });
  const worst = found.sort((a, b) => b.rank - a.rank)[0];
  if (!worst)
    return {
      ...{ state: 'ok', code: 'all_well' },
      values: {
        instances: instances.length,
        application: application?.state === 'ok' ? 'ok' : null,
        infrastructure: machines?.state === 'ok' ? 'ok' : null,
      },
    };
  const { rank: _, ...sentence } = worst;
  return sentence;
}

/** The sentence of the whole fleet: that of its worst cluster, named. */
export function fleetSentence(clusters: { name: string; sentence: SentenceBody }[]): SentenceBody {
  const worst = [...clusters].sort((a, b) => ranks[b.sentence.state] - ranks[a.sentence.state])[0];
  if (!worst) return { state: 'unknown', code: 'no_instances', values: {} };
  const all = (layer: string) =>
    clusters.every(({ sentence }) => sentence.values[layer] === 'ok') ? 'ok' : null;
  if (worst.sentence.state === 'ok')
    return {
      ...{ state: 'ok', code: 'all_well' },
      values: {
        clusters: clusters.length,
        application: all('application'),
        infrastructure: all('infrastructure'),
      },
    };
  return { ...worst.sentence, values: { ...worst.sentence.values, cluster: worst.name } };
}

export const severityRank = (state: Severity): number => ranks[state];
