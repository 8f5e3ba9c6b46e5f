/** What a poll of all statements gives, whatever the engine. */
import type { StatementAmounts } from '@/lib/storage/append-statements';
import type { ServerIdentity } from './engine';

/** One statement as the engine tells entries apart; `key` joins all of it. */
export type SeenStatement = {
  key: string;
  userid: string;
  dbid: string;
  /** 64 bits: text. */
  queryid: string;
  toplevel: boolean;
  userName: string | null;
  databaseName: string | null;
  statement: { id: string; text: string; kind: string; tables: string[]; truncated: boolean };
};

/** Growth of one entry between two polls; null is not measured. */
export type StatementGrowth = StatementAmounts;

export type Partial = 'first' | 'reset' | 'restart' | 'crash' | 'eviction' | 'failover' | 'gap';

export type StatementsPoll = {
  fromAt: number;
  toAt: number;
  /** Why the growth is only a lower bound; null when it is exact. */
  partial: Partial | null;
  growth: { key: string; growth: StatementGrowth }[];
  /**
   * How long executions took, in buckets of lib/log/durations.ts, of the statements the server was asked about: all
   * executions since it was asked before. Absent where the server does not count them.
   */
  histograms?: { key: string; buckets: [bucket: number, count: number][] }[];
  /** Statements seen for the first time, with their text. */
  unseen: SeenStatement[];
  /** Of users whose statements our login may not see. */
  hidden: { calls: number; totalMs: number } | null;
  evictions: number | null;
  /** One row for the metric of this source, by its column names. */
  summary: Record<string, number | null>;
  /** Share of all execution time that was ours, 0..1. */
  ownShare: number | null;
  /** Our execution time over the time that passed, 0..1 of one core. */
  ownBusy: number | null;
};

export type StatementsReader = {
  /**
   * Null at the first reading, which only sets the base line.
   * @throws Failure
   */
  read(server: ServerIdentity, timeoutMs: number): Promise<StatementsPoll | null>;
};
