/** Reads the channels of a replica in the server's dialect. */
import type { Metric } from '@/lib/metric/define-metric';
import type { RawResult } from '@/lib/metric/row';
import { type ReplicaChannel, readReplicaStatus } from '@/lib/replication/replica-status';
import { replicaStatusSql } from '../identify';
import type { Session } from '../session/session';

/** @throws Failure */
export async function readReplica(
  session: Session,
  metric: Metric,
  sql: string,
  timeoutMs: number,
): Promise<RawResult> {
  const options = { doing: metric.id, timeoutMs };
  const channels = readReplicaStatus(await session.query(replicaStatusSql(session), options));
  const applier = session.flavour === 'mysql' ? await session.query(sql, options) : null;
  const columns = Object.keys(metric.columns);
  return {
    columns,
    rows: channels.map((channel) => {
      const more = applier?.rows.find((row) => row[0] === channel.channel);
      const facts = factsOf(channel);
      return columns.map((name) => {
        if (name in facts) return textOf(facts[name] ?? null);
        const index = applier?.columns.indexOf(name) ?? -1;
        return index < 0 ? null : (more?.[index] ?? null);
      });
    }),
  };
}

function factsOf(one: ReplicaChannel): Record<string, string | number | boolean | null> {
  const known = one.receiver !== null && one.applier !== null;
  const late = one.lagMs === null ? null : Math.max(0, one.lagMs - (one.configuredDelayMs ?? 0));
  return {
    channel: one.channel,
    source_host: one.sourceHost,
    source_port: one.sourcePort,
    receiving: one.receiver === null ? null : one.receiver === 'running',
    applying: one.applier === null ? null : one.applier === 'running',
    stopped_threads: known
      ? Number(one.receiver !== 'running') + Number(one.applier !== 'running')
      : null,
    lag_ms: one.lagMs,
    late_ms: late,
    configured_delay_ms: one.configuredDelayMs,
    unapplied_transactions: one.unappliedTransactions,
    unapplied_bytes: one.unappliedBytes,
    relay_log_bytes: one.relayLogBytes,
    receiver_error_code: one.receiverErrorCode,
    applier_error_code: one.applierErrorCode,
  };
}

const textOf = (value: string | number | boolean | null) =>
  value === null ? null : typeof value === 'boolean' ? String(Number(value)) : String(value);
