import type { StatementDelta } from './append-statements';

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
] as const satisfies readonly (readonly [string, keyof StatementDelta])[];
export type StatementCounter = (typeof statementCounters)[number][0];

export const statementCounterNames = statementCounters.map(([column]) => column);
