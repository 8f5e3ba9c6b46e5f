/** What a reading of a server's log gives, whatever the engine. Plain data, without a literal of any statement. */
import type { LoggedContent, LogPosition } from '@/lib/storage/logged-content';
import type { ServerIdentity } from './engine';

export type LogReading = LoggedContent & {
  /** One row for the metric of this source, by its column names. */
  summary: Record<string, number | null>;
};

export type LogReader = {
  /**
   * Null while the store has not taken the reading before.
   * @param skewMs the server's clock minus ours
   * @throws Failure
   */
  read(server: ServerIdentity, skewMs: number, timeoutMs: number): Promise<LogReading | null>;
};

/** Shared by the connections to an instance. */
export type LogMemory = {
  /** What the store says. */
  position: LogPosition | null;
  /** Read, and not in the store yet: the log is read on from its end when it is. */
  unsettled: LogReading | null;
};
