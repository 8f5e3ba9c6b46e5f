import type { TableSort } from '@/lib/contract';

/** What tables can be ordered by, the most asked for first. */
export const sortNames = [
  'size',
  'growth',
  'rows',
  'dead_rows',
  'writes',
  'seq_scans',
  'index_scans',
  'name',
] as const satisfies readonly TableSort[];
