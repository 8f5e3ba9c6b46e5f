/** What is sent to the store, and about how many bytes of memory it takes until then. */
import type { LoadReading } from '@/lib/activity/sum-load';
import type { RunningStatements } from '@/lib/storage/append-load';
import type { LeaseFence, SeriesReading } from '@/lib/storage/append-readings';
import type { SeenEvent } from './seen-events';
import type { StatementsPoll } from './statements-reader';

/** Plain data: it goes to the spool as it is. */
export type Content =
  | { kind: 'readings'; lease: LeaseFence; readings: SeriesReading[] }
  | { kind: 'statements'; lease: LeaseFence; poll: StatementsPoll }
  | { kind: 'load'; lease: LeaseFence; load: LoadReading; running: RunningStatements }
  | { kind: 'event'; instanceId: number; clusterId: number; event: SeenEvent; at: Date };

export function sizeOf(content: Content): number {
  if (content.kind === 'readings') return readingsSize(content.readings);
  if (content.kind === 'statements') return statementsSize(content.poll);
  return content.kind === 'load' ? 300 + content.load.rows.length * 600 : 500;
}

function readingsSize(readings: readonly SeriesReading[]): number {
  let bytes = 0;
  for (const { columns, rows } of readings) {
    bytes += 300;
    for (const { labels } of rows)
      bytes += 16 * columns.length + 100 + 40 * Object.keys(labels).length;
  }
  return bytes;
}

function statementsSize(poll: StatementsPoll): number {
  return (
    500 +
    poll.growth.length * 400 +
    poll.unseen.reduce((sum, { statement }) => sum + 500 + statement.text.length * 2, 0)
  );
}
