/** What the amounts of a long operation count. Pure. */
export type ProgressUnit = 'pages' | 'rows' | 'indexes' | 'lockers' | 'statistics' | 'bytes';

/**
 * @param operation as in the metric postgres.progress: vacuum, analyze, create-index, cluster, copy, base-backup
 * @param phase in the words of PostgreSQL
 */
export function progressUnit(operation: string, phase: string): ProgressUnit {
  if (operation === 'copy' || operation === 'base-backup') return 'bytes';
  if (operation === 'vacuum' && /indexes$/.test(phase)) return 'indexes';
  if (operation === 'analyze' && phase === 'computing extended statistics') return 'statistics';
  if (operation === 'create-index' && phase.startsWith('waiting for ')) return 'lockers';
  if (operation === 'create-index' && phase.includes('loading tuples')) return 'rows';
  return 'pages';
}
