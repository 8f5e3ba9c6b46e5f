/**
 * Aurora MySQL's readers follow no binary log: information_schema.replica_host_status says who is behind. From the public
 * documentation; not run against the service.
 */
import { auroraStreams } from '@/lib/replication/aurora-status';
import type { ReplicationFacts } from '@/lib/replication/facts';

export const auroraNameSql = `show global variables like 'aurora\\_server\\_id'`;
export const auroraMembersSql = `select server_id, session_id, replica_lag_in_milliseconds as lag_ms,
    timestampdiff(microsecond, last_update_timestamp, utc_timestamp(6)) / 1000 as updated_ms
  from information_schema.replica_host_status limit 200`;

type Row = Record<string, string | null>;
const number = (text: string | null | undefined): number | null =>
  text == null ? null : Number(text);

/** A reader that also follows a binary log of its own keeps that stream. */
export function withAurora(
  facts: ReplicationFacts,
  name: string,
  rows: readonly Row[],
): ReplicationFacts {
  const members = rows.map((row) => ({
    ...{ serverId: row.server_id ?? '', sessionId: row.session_id ?? '' },
    ...{ lagMs: number(row.lag_ms), updatedMs: number(row.updated_ms) },
  }));
  const { receivers, senders } = auroraStreams(name, members, facts.identity.port);
  const reads = receivers.length > 0;
  return {
    ...facts,
    identity: { ...facts.identity, name },
    // innodb_read_only keeps writes out of a reader, whatever read_only says.
    writable: reads ? { ...facts.writable, readOnly: true } : facts.writable,
    receivers: facts.receivers.length > 0 ? facts.receivers : receivers,
    senders: [...facts.senders, ...senders],
  };
}
