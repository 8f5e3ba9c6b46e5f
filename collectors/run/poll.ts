/** What one poll of one instance gives. Plain data. */
import type { LiveSession } from '@/lib/activity/live-session';
import type { LoadReading } from '@/lib/activity/sum-load';
import type { ReplicationFacts } from '@/lib/replication/facts';
import type { SeriesReading } from '@/lib/storage/append-readings';
import type { CheckedNeed, ServerIdentity } from './engine';
import type { Failure } from './failure';
import type { LogReading } from './log-reading';
import type { SeenEvent } from './seen-events';
import type { StatementsPoll } from './statements-reader';

export type MetricHealth = {
  metric: string;
  at: number;
  ok: boolean;
  durationMs: number | null;
  error: Failure | null;
  missing: CheckedNeed[];
};

export type Poll = {
  at: number;
  state: 'up' | 'down' | 'unknown';
  reason: Failure | null;
  server: ServerIdentity | null;
  clockSkewMs: number | null;
  cost: { connections: number | null; busyRatio: number | null; queryShare: number | null };
  readings: SeriesReading[];
  statements: StatementsPoll | null;
  /** Average active sessions since the poll before, by everything they are sliced by; null when nobody could look. */
  load: LoadReading | null;
  /** What the server wrote into its log since the reading before that the store took. */
  log: LogReading | null;
  /** Who is connected now; null when the server did not answer. */
  sessions: { at: number; rows: LiveSession[] } | { error: Failure } | null;
  /** What it says of its replication; null when the server did not answer. */
  replication: { facts: ReplicationFacts } | { error: Failure } | null;
  health: MetricHealth[];
  events: SeenEvent[];
};

export type PollContext = {
  /** Grid time the poll is stored under. */
  at: number;
  startDelayMs: number;
  skipped: number;
  lostReadings: number;
  /** Without it a broken connection is left alone: its time to try again has not come. */
  mayConnect: boolean;
};

export type Poller = {
  poll(context: PollContext): Promise<Poll>;
  /** Reads what is sampled between polls, on the connection that is open; never throws, never while it polls. */
  sample(): Promise<void>;
  /** Local time of the next sample. */
  nextSample(now: number): number;
  /** Reads the sessions alone, on the connection that is open; null without one. Never while it polls. */
  look(): Promise<Poll['sessions']>;
  close(): Promise<void>;
};

/** One that has begun: the server is up until it is known otherwise. */
export const emptyPoll = (at: number): Poll => ({
  at,
  state: 'up',
  reason: null,
  server: null,
  clockSkewMs: null,
  cost: { connections: null, busyRatio: null, queryShare: null },
  readings: [],
  statements: null,
  load: null,
  log: null,
  sessions: null,
  replication: null,
  health: [],
  events: [],
});
