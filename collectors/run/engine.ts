/** What an engine must be able to do to be watched; the loop knows nothing else of it. */
import type { LiveSession } from '@/lib/activity/live-session';
import type { LoadSample } from '@/lib/activity/sum-load';
import type { Identity } from '@/lib/metric/counters';
import type { Flavour, Metric, Need } from '@/lib/metric/define-metric';
import type { RawResult } from '@/lib/metric/row';
import type { ReplicationFacts } from '@/lib/replication/facts';
import type { Beat } from '@/lib/replication/heartbeat';
import type { LogMemory, LogReader } from './log-reading';
import type { StatementsReader } from './statements-reader';

export type Target = {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string | null;
  tls: 'off' | 'require' | 'verify-full';
};

/** What a server says of itself at every poll. */
export type ServerIdentity = Identity & {
  role: 'primary' | 'replica';
  /** As the server writes it, e.g. `15.18 (Debian 15.18-1)`. */
  version: string;
  /** Comparable with `from` of a query: 15, 18; MySQL 8.4 is 804, MariaDB 10.11 is 1011. */
  majorVersion: number;
  /** Which of the two servers of MySQL's protocol; absent for PostgreSQL. */
  flavour?: Flavour;
  versionNumber: number;
  /** Its wall clock, epoch milliseconds. */
  clockMs: number;
  /** Our sessions on it, this one included; null when it does not say. */
  ownConnections: number | null;
};

/** A need of a metric, checked: `ok` is null when it could not be checked. */
export type CheckedNeed = { need: Need; text: string; ok: boolean | null; fixSql: string | null };

/** The table of beats, where the owner made one and granted it. Times are of the clock that all collectors share. */
export type HeartbeatSource = {
  /** @returns false when the server takes no writes. @throws Failure */
  write(server: string, at: number, timeoutMs: number): Promise<boolean>;
  /** @throws Failure */
  read(timeoutMs: number): Promise<Beat[]>;
};

export type EngineSession = {
  readonly alive: boolean;
  readonly bytesRead: number;
  identify(): Promise<ServerIdentity>;
  /** @throws Failure */
  read(metric: Metric, server: ServerIdentity, timeoutMs: number): Promise<RawResult>;
  checkNeeds(needs: readonly Need[]): Promise<CheckedNeed[]>;
  /** Who has a statement or a transaction open now: what `sampled` metrics are made of. @throws Failure */
  sampleLoad(metric: Metric, server: ServerIdentity, timeoutMs: number): Promise<LoadSample>;
  /** Who is connected and what they do now. @throws Failure */
  readSessions(server: ServerIdentity, timeoutMs: number): Promise<LiveSession[]>;
  /** What it sends and receives, and how far it is. `at`, skew and `passed` are the caller's. @throws Failure */
  readReplication(server: ServerIdentity, timeoutMs: number): Promise<ReplicationFacts>;
  heartbeat: HeartbeatSource;
  /** Null for an engine without such a source. */
  statements: StatementsReader | null;
  /** Null for an engine whose log is not read. */
  log: LogReader | null;
  close(): Promise<void>;
};

/** One instance under watch; remembers across reconnections what deltas need. */
export type Watch = {
  /** @throws Failure */
  connect(target: Target, applicationName: string): Promise<EngineSession>;
};

export type EngineCollector = {
  metrics: readonly Metric[];
  /**
   * @param knownStatements keys of statements whose texts the store already has
   * @param log up to where the store has the server's log
   */
  watch(knownStatements: Iterable<string>, log?: LogMemory): Watch;
};
