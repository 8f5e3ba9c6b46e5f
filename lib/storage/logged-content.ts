/** What a reading of a server's log gives the store. */
import type { FindingBody, PlanNode } from '@/lib/contract';
import type { LogFormat, Skipping } from '@/lib/log/log-entry';
import type { SeenStatement } from './append-statements';

/** Up to where a log was read: everything before `throughAt` is in the store. Offsets in bytes, times in epoch ms. */
export type LogPosition = {
  format: LogFormat;
  file: string;
  offset: number;
  skipping: Skipping;
  /** Hash of the file's first bytes, by which another file of the same name is known; empty is not known. */
  head: string;
  throughAt: number;
};

/**
 * A statement as one user ran it in one database. `id` is of its text; where the server gave its own `queryId`, the
 * statement that is counted under that is meant: names of columns make another text and the same query.
 */
export type LogStatement = {
  id: string;
  queryId: string | null;
  database: string | null;
  user: string | null;
};

/** What was logged in (fromAt, toAt]. */
export type LogSpan = {
  fromAt: number;
  toAt: number;
  /**
   * Every execution that took at least this long is in `durations`; null when some may be missing: sampled, logged without
   * their text, passed over, or logged by settings of a role or database.
   */
  thresholdMs: number | null;
  durations: { statement: LogStatement; bucket: number; count: number }[];
  /** `statement` is null when it could not be read. */
  errors: { statement: LogStatement | null; sqlstate: string; count: number }[];
};

export type LoggedExecution = LogStatement & {
  at: number;
  ms: number;
  application: string | null;
};

export type LoggedPlan = {
  statement: LogStatement;
  at: number;
  ms: number;
  shape: string;
  root: PlanNode;
  findings: FindingBody[];
};

export type LoggedContent = {
  /** What the store must say before, so that nothing is counted twice; null is a first reading. */
  before: LogPosition | null;
  after: LogPosition;
  spans: LogSpan[];
  statements: SeenStatement['statement'][];
  executions: LoggedExecution[];
  plans: LoggedPlan[];
  /** Whether the pattern of a statement's LIKE begins with a wildcard. */
  wildcards: { statement: LogStatement; leading: boolean }[];
};
