import type { StatementAmounts } from './append-statements';

/** Each counter's column in the store and its field in a delta, in one order for writing and reading. */
export const statementCounters = [
  ['calls', 'calls'],
  ['total_ms', 'totalMs'],
  ['sum_sq_ms', 'sumSqMs'],
  ['plan_ms', 'planMs'],
  ['rows', 'rows'],
  ['blocks_hit', 'blocksHit'],
  ['blocks_read', 'blocksRead'],
  ['blocks_dirtied', 'blocksDirtied'],
  ['blocks_written', 'blocksWritten'],
  ['temp_blocks_read', 'tempBlocksRead'],
  ['temp_blocks_written', 'tempBlocksWritten'],
  ['read_ms', 'readMs'],
  ['write_ms', 'writeMs'],
  ['wal_bytes', 'walBytes'],
  ['jit_ms', 'jitMs'],
  ['lock_ms', 'lockMs'],
  ['rows_sent', 'rowsSent'],
  ['rows_affected', 'rowsAffected'],
  ['rows_examined', 'rowsExamined'],
  ['errors', 'errors'],
  ['warnings', 'warnings'],
  ['no_index_used', 'noIndexUsed'],
  ['no_good_index_used', 'noGoodIndexUsed'],
  ['temp_tables', 'tempTables'],
  ['temp_disk_tables', 'tempDiskTables'],
  ['sort_merge_passes', 'sortMergePasses'],
  ['full_joins', 'fullJoins'],
  ['full_scans', 'fullScans'],
] as const satisfies readonly (readonly [string, keyof StatementAmounts])[];
export type StatementCounter = (typeof statementCounters)[number][0];

export const statementCounterNames = statementCounters.map(([column]) => column);
