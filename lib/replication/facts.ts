/** What one server says of its replication at one moment, from every engine into one shape. Pure. */

import type { HeartbeatFacts } from './heartbeat';

/**
 * A place in a log. `log` is a number that grows with every byte written: PostgreSQL's LSN, or the coordinates of the
 * source's binary log (see binlogPosition). `gtid` is a set or position as the server writes it.
 */
export type LogPosition = { log: number | null; gtid: string | null };

/** No word of it is a literal of a statement or a value of a row. */
export type ReplicationError = { code: number | string; text: string };

/** One stream that this server follows: a WAL receiver, or a channel. */
export type Receiver = {
  /** CHANNEL_NAME or Connection_name; empty for the only one. */
  channel: string;
  /** By which its upstream knows it: application_name. Null for MySQL and MariaDB. */
  name: string | null;
  upstream: { host: string; port: number | null; server: string | null; slot: string | null };
  /** It follows no server: what it applies comes out of an archive. */
  fromArchive: boolean;
  receiver: 'running' | 'connecting' | 'stopped' | null;
  applier: 'running' | 'paused' | 'stopped' | null;
  received: LogPosition;
  applied: LogPosition;
  /** The newest position that the upstream told of. */
  told: number | null;
  /** Since the upstream was last heard. */
  heardMs: number | null;
  /** Since the commit, on its origin, of the last transaction applied; grows while nothing is written. */
  replayAgeMs: number | null;
  /** Since the commit, on its origin, of the oldest transaction being applied. */
  applyingAgeMs: number | null;
  /** Since the commit, on its origin, of the newest transaction received. */
  receivedAgeMs: number | null;
  /** How far behind the server itself says it is, in whole seconds: Seconds_Behind_Source. */
  saidMs: number | null;
  /** What the storage that both share measured: Aurora. */
  storageMs?: number | null;
  /** A delay that is wanted. */
  configuredDelayMs: number | null;
  remainingDelayMs: number | null;
  /** Since `received` and `applied` last moved, as the collector saw; null at the first reading. */
  quietMs: number | null;
  stalledMs: number | null;
  /** What the one that applies waits for, in the server's word: RecoveryConflictSnapshot, RecoveryApplyDelay. */
  waiting: string | null;
  receiverError: ReplicationError | null;
  applierError: ReplicationError | null;
};

/** One stream that is sent to another server. */
export type Sender = {
  name: string | null;
  address: string | null;
  /** server_uuid of the one that receives; null for PostgreSQL. */
  server: string | null;
  kind: 'physical' | 'logical';
  state: string | null;
  sync: 'sync' | 'potential' | 'quorum' | 'async' | null;
  sent: number | null;
  written: number | null;
  flushed: number | null;
  replayed: number | null;
  /** As the sender measured with the receiver's answers. Null when idle. */
  writeLagMs: number | null;
  flushLagMs: number | null;
  replayLagMs: number | null;
  /** Since the receiver's last answer, by the receiver's clock. */
  answerAgeMs: number | null;
};

export type Slot = {
  name: string;
  kind: 'physical' | 'logical';
  database: string | null;
  active: boolean;
  retainedBytes: number | null;
  /** reserved, extended, unreserved, lost. */
  walStatus: string | null;
  /** What may still be written until it is lost; null without max_slot_wal_keep_size. */
  safeBytes: number | null;
};

/** A subscription of logical replication: its server stays a primary. */
export type Subscription = {
  name: string;
  running: boolean;
  received: number | null;
  told: number | null;
  heardMs: number | null;
};

/** A group whose members agree on every write: Galera, or group replication. More than one of them may take writes. */
export type Group = {
  kind: 'galera' | 'group_replication';
  /** ONLINE, RECOVERING, UNREACHABLE, ERROR, OFFLINE; Galera: Synced, Donor/Desynced, Joined, Joining, Initialized. */
  state: string | null;
  /** Whether this one sees more than half of the members; null when it does not say. */
  quorum: boolean | null;
  /** Members known, and those that answer. */
  members: number | null;
  answering: number | null;
};

export type ReplicationFacts = {
  engine: 'postgres' | 'mysql' | 'mariadb';
  /** When they were read, by the collector's clock. */
  at: number;
  /** The server's clock minus the collector's. */
  skewMs: number | null;
  identity: {
    /** Members of one cluster share it: PostgreSQL's system identifier. Null for MySQL and MariaDB. */
    system: string | null;
    timeline: number | null;
    /** server_uuid; MariaDB's server_uid where it has one. */
    server: string | null;
    serverId: number | null;
    /** MariaDB's gtid_domain_id. */
    domain: number | null;
    port: number | null;
    /** cluster_name or report_host/hostname: as others may name it. */
    name: string | null;
  };
  writable: {
    recovery: boolean | null;
    readOnly: boolean | null;
    superReadOnly: boolean | null;
    defaultReadOnly: boolean | null;
    /** First reading of those in a row that said the same of taking writes. */
    since: number | null;
  };
  /** Its own log: what it wrote, or (PostgreSQL on a standby) replayed. */
  position: LogPosition;
  /** MariaDB's gtid_binlog_state and gtid_slave_pos: whose transactions it ever had. A GTID set says so itself. */
  origins: string | null;
  /** The last transaction that it was seen to write itself while it followed another. */
  wroteAsReplica: string | null;
  /** When the last transaction that it replayed was committed, by the clock of its origin; kept after a promotion. */
  lastReplayedAt: number | null;
  /** Whether it keeps a log that others can follow; null when that was not told. */
  canBeSource: boolean | null;
  /** [at, position.log] of earlier readings, oldest first: when a position was passed. */
  passed: [at: number, log: number][];
  receivers: Receiver[];
  senders: Sender[];
  slots: Slot[];
  subscriptions: Subscription[];
  /** The beat that it writes, and those it has; null without the table. */
  heartbeat: HeartbeatFacts | null;
  /** Null for a server that is in none. */
  group: Group | null;
  /** synchronous_standby_names; on MySQL and MariaDB how many semi-synchronous replicas are connected. Null: none wanted. */
  synchronous: { names: string | null; clients: number | null } | null;
  /** Null without an archive. */
  archive: {
    failing: boolean;
    /** The end of the last WAL file archived. */
    archivedTo: number | null;
    /** Since a file was last archived. */
    ageMs: number | null;
  } | null;
};

/** One that knows nothing yet. */
export const emptyFacts = (engine: ReplicationFacts['engine'], at: number): ReplicationFacts => ({
  engine,
  at,
  skewMs: null,
  identity: {
    ...{ system: null, timeline: null, server: null, serverId: null },
    ...{ domain: null, port: null, name: null },
  },
  writable: {
    ...{ recovery: null, readOnly: null, superReadOnly: null },
    ...{ defaultReadOnly: null, since: null },
  },
  position: { log: null, gtid: null },
  origins: null,
  wroteAsReplica: null,
  lastReplayedAt: null,
  canBeSource: null,
  passed: [],
  receivers: [],
  senders: [],
  slots: [],
  subscriptions: [],
  heartbeat: null,
  group: null,
  synchronous: null,
  archive: null,
});

/**
 * Whether it takes writes of applications; null when that is not known. `super_read_only` or `read_only` alone both keep
 * ordinary users out. default_transaction_read_only is a default, which every session may change.
 */
export function takesWrites({ writable }: ReplicationFacts): boolean | null {
  const { recovery, readOnly, superReadOnly } = writable;
  if (recovery !== null) return !recovery;
  if (readOnly === null && superReadOnly === null) return null;
  return !(readOnly || superReadOnly);
}
