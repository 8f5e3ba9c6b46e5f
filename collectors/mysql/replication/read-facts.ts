/** What a MySQL or MariaDB server says of its replication, as source and as replica. */
import type { ServerIdentity } from '@/collectors/run/engine';
import { Failure } from '@/collectors/run/failure';
import type { RawResult } from '@/lib/metric/row';
import {
  emptyFacts,
  type Group,
  type Receiver,
  type ReplicationFacts,
  type Sender,
} from '@/lib/replication/facts';
import { binlogPosition } from '@/lib/replication/positions';
import { type ReplicaChannel, readReplicaStatus } from '@/lib/replication/replica-status';
import { numberOf, replicaStatusSql } from '../identify';
import type { Session } from '../session/session';
import { auroraMembersSql, auroraNameSql, withAurora } from './aurora-facts';

/** Sets of hundreds of servers that once were sources are not copied at every poll. */
const mostGtid = 32_768;

const variablesSql = {
  mysql: `select @@global.server_id as server_id, @@global.port as port, coalesce(nullif(@@global.report_host, ''), @@global.hostname) as name,
    @@global.read_only as read_only, @@global.super_read_only as super_read_only, null as domain,
    @@global.log_bin and @@global.log_replica_updates as can_be_source, null as origins,
    case when length(@@global.gtid_executed) <= ${mostGtid} then replace(@@global.gtid_executed, '\\n', '') end as gtid`,
  mariadb: `select @@global.server_id as server_id, @@global.port as port, coalesce(nullif(@@global.report_host, ''), @@global.hostname) as name,
    @@global.read_only as read_only, null as super_read_only, @@global.gtid_domain_id as domain,
    @@global.log_bin and @@global.log_slave_updates as can_be_source,
    case when length(@@global.gtid_binlog_state) <= ${mostGtid} then concat_ws(',', nullif(@@global.gtid_binlog_state, ''), nullif(@@global.gtid_slave_pos, '')) end as origins,
    case when length(@@global.gtid_current_pos) <= ${mostGtid} then @@global.gtid_current_pos end as gtid`,
};

const since = (column: string) =>
  `case when ${column} > '1970-01-02' then timestampdiff(microsecond, ${column}, now(6)) / 1000 end`;
/** The single applier, the coordinator and the workers tell of transactions; which of them exist depends on settings. */
const channelsSql = `select c.channel_name as channel,
    ${since('greatest(c.last_heartbeat_timestamp, c.last_queued_transaction_end_queue_timestamp)')} as heard_ms,
    c.last_heartbeat_timestamp > c.last_queued_transaction_end_queue_timestamp as caught_up,
    ${since('c.last_queued_transaction_immediate_commit_timestamp')} as received_age_ms,
    ${since('w.applied')} as replay_age_ms, ${since('w.applying')} as applying_age_ms
  from performance_schema.replication_connection_status c
  left join (
    select channel_name, max(last_applied_transaction_immediate_commit_timestamp) as applied,
      min(case when applying_transaction <> '' and applying_transaction_immediate_commit_timestamp > '1970-01-02'
        then applying_transaction_immediate_commit_timestamp end) as applying
    from performance_schema.replication_applier_status_by_worker group by channel_name
  ) w on w.channel_name = c.channel_name`;

const sendersSql = {
  // A replica tells its uuid in a variable of its session.
  mysql: `select t.processlist_host as host, t.processlist_state as state,
      (select max(u.variable_value) from performance_schema.user_variables_by_thread u
        where u.thread_id = t.thread_id and u.variable_name in ('replica_uuid', 'slave_uuid')) as server
    from performance_schema.threads t where t.processlist_command in ('Binlog Dump', 'Binlog Dump GTID') limit 200`,
  mariadb: `select substring_index(host, ':', 1) as host, state, null as server
    from information_schema.processlist where command in ('Binlog Dump', 'Binlog Dump GTID') limit 200`,
};

const statusSql = `show global status where variable_name in ('Rpl_semi_sync_source_status', 'Rpl_semi_sync_source_clients',
    'Rpl_semi_sync_master_status', 'Rpl_semi_sync_master_clients',
    'wsrep_ready', 'wsrep_cluster_status', 'wsrep_cluster_size', 'wsrep_local_state_comment')`;
// Without group replication one row says OFFLINE, or none is there.
const groupSql = `select member_id = @@global.server_uuid as me, member_state as state
    from performance_schema.replication_group_members limit 50`;

/** @throws Failure; what the login may not see is left out */
export async function readFacts(
  session: Session,
  server: ServerIdentity,
  timeoutMs: number,
): Promise<ReplicationFacts> {
  const { flavour } = session;
  const deadline = performance.now() + timeoutMs;
  const ask = async (sql: string): Promise<Record<string, string | null>[]> =>
    recordsOf(await raw(sql));
  const raw = (sql: string) =>
    session.query(sql, {
      doing: 'read the replication',
      timeoutMs: Math.max(100, Math.round(deadline - performance.now())),
    });
  const unlessDenied = <T>(answer: Promise<T[]>): Promise<T[]> =>
    answer.catch((error: unknown) => {
      if (error instanceof Failure && !error.fatal && error.code !== 'timeout') return [];
      throw error;
    });
  const words =
    numberOf(session.versionText) < 80_026 ? 'log_slave_updates' : 'log_replica_updates';
  const [own = {}] = await ask(variablesSql[flavour].replace('log_replica_updates', words));
  const [log = {}] = await unlessDenied(ask(binlogSql(session)));
  // A role that cannot be seen is unknown, not a primary: this one may fail.
  const channels = readReplicaStatus(await raw(replicaStatusSql(session)));
  const more =
    flavour === 'mysql' && channels.length > 0 ? await unlessDenied(ask(channelsSql)) : [];
  const senders = await unlessDenied(ask(sendersSql[flavour]));
  const status = await unlessDenied(ask(statusSql));
  const group = flavour === 'mysql' ? await unlessDenied(ask(groupSql)) : [];
  const facts = emptyFacts(flavour, server.clockMs);
  const receivers = channels.map((channel) =>
    receiverOf(
      channel,
      more.find((row) => row.channel === channel.channel),
    ),
  );
  const found: ReplicationFacts = {
    ...facts,
    identity: {
      ...{ system: null, timeline: null, server: server.systemIdentifier },
      ...{ serverId: number(own.server_id), domain: number(own.domain) },
      ...{ port: number(own.port), name: own.name ?? null },
    },
    writable: {
      ...facts.writable,
      ...{ readOnly: flag(own.read_only), superReadOnly: flag(own.super_read_only) },
    },
    position: {
      log: binlogPosition(log.file ?? null, number(log.position)),
      gtid: own.gtid ?? null,
    },
    ...{ origins: own.origins ?? null, canBeSource: flag(own.can_be_source) },
    receivers,
    senders: senders.map(senderOf),
    synchronous: semiSyncOf(status),
    group: groupOf(group) ?? galeraOf(status),
  };
  const aurora = await auroraName(session, ask);
  return aurora === null ? found : withAurora(found, aurora, await ask(auroraMembersSql));
}

const auroraNames = new WeakMap<Session, string | null>();

/** Asked once per connection; null for any other server. */
async function auroraName(
  session: Session,
  ask: (sql: string) => Promise<Record<string, string | null>[]>,
): Promise<string | null> {
  if (session.flavour !== 'mysql') return null;
  const known = auroraNames.get(session);
  if (known !== undefined) return known;
  const name = (await ask(auroraNameSql))[0]?.value ?? null;
  auroraNames.set(session, name);
  return name;
}

/** MySQL 8.2 brought the new words, 8.4 dropped the old ones; MariaDB keeps the old. */
function binlogSql({ flavour, versionText }: Session): string {
  return flavour === 'mysql' && numberOf(versionText) >= 80_200
    ? 'show binary log status'
    : 'show master status';
}

function receiverOf(
  one: ReplicaChannel,
  more: Record<string, string | null> | undefined,
): Receiver {
  const port = Number(one.sourcePort);
  return {
    channel: one.channel,
    name: null,
    upstream: {
      host: one.sourceHost,
      port: Number.isInteger(port) && port > 0 ? port : null,
      ...{ server: one.sourceServer, slot: null },
    },
    ...{ fromArchive: false, receiver: one.receiver, applier: one.applier },
    received: { log: one.receivedLog, gtid: one.receivedGtid?.replaceAll('\n', '') ?? null },
    applied: { log: one.appliedLog, gtid: one.appliedGtid?.replaceAll('\n', '') ?? null },
    // A source sends its heartbeat when it has nothing else to send.
    told: more?.caught_up === '1' ? one.receivedLog : null,
    heardMs: number(more?.heard_ms),
    replayAgeMs: number(more?.replay_age_ms),
    applyingAgeMs: number(more?.applying_age_ms),
    receivedAgeMs: number(more?.received_age_ms),
    saidMs: one.lagMs,
    ...{ quietMs: null, stalledMs: null },
    ...{ configuredDelayMs: one.configuredDelayMs, remainingDelayMs: one.remainingDelayMs },
    waiting: null,
    receiverError: errorOf(one.receiverErrorCode, one.receiverError),
    applierError: errorOf(one.applierErrorCode, one.applierError),
  };
}

const errorOf = (code: number | null, text: string | null) =>
  code === null || code === 0 ? null : { code, text: text ?? '' };

const senderOf = (row: Record<string, string | null>): Sender => ({
  ...{ name: null, address: row.host ?? null, server: row.server ?? null },
  ...{ kind: 'logical', state: row.state ?? null, sync: null },
  ...{ sent: null, written: null, flushed: null, replayed: null },
  ...{ writeLagMs: null, flushLagMs: null, replayLagMs: null, answerAgeMs: null },
});

function groupOf(members: Record<string, string | null>[]): Group | null {
  const own = members.find(({ me }) => me === '1')?.state ?? null;
  if (own === null || (own === 'OFFLINE' && members.length === 1)) return null;
  const answering = members.filter(({ state }) => state === 'ONLINE' || state === 'RECOVERING');
  return {
    ...{ kind: 'group_replication', state: own, quorum: answering.length * 2 > members.length },
    ...{ members: members.length, answering: answering.length },
  };
}

/** A node that lost its group still counts those that it sees. */
function galeraOf(rows: Record<string, string | null>[]): Group | null {
  const value = (name: string) =>
    rows.find((row) => row.variable_name?.toLowerCase() === name)?.value ?? null;
  const status = value('wsrep_cluster_status');
  const size = number(value('wsrep_cluster_size'));
  if (status === null || status === 'Disconnected' || size === 0) return null;
  return {
    ...{ kind: 'galera', state: value('wsrep_local_state_comment'), quorum: status === 'Primary' },
    ...{ members: null, answering: size },
  };
}

function semiSyncOf(rows: Record<string, string | null>[]): ReplicationFacts['synchronous'] {
  const value = (end: string) =>
    rows.find((row) => row.variable_name?.toLowerCase().endsWith(end))?.value ?? null;
  return value('_status') === 'ON' ? { names: null, clients: number(value('_clients')) } : null;
}

const number = (text: string | null | undefined): number | null =>
  text === null || text === undefined || !/^-?\d+(\.\d+)?$/.test(text) ? null : Number(text);
const flag = (text: string | null | undefined): boolean | null =>
  text === null || text === undefined ? null : !/^(0|OFF)$/i.test(text);

const recordsOf = ({ columns, rows }: RawResult): Record<string, string | null>[] =>
  rows.map((row) =>
    Object.fromEntries(columns.map((name, index) => [name.toLowerCase(), row[index] ?? null])),
  );
