/** Tables and files the server keeps open. */
import { counter, defineMetric, gauge } from '@/lib/metric/define-metric';
import { statusQueries } from '../status-queries';

export const mysqlOpenTables = defineMetric({
  id: 'mysql.open-tables',
  layer: 'database',
  title: { en: 'Open tables and files', ja: '開いている表とファイル' },
  help: {
    en: 'Tables open in the cache against table_open_cache, and how often a statement found none there. Many opened per second mean that the cache is too small.',
    ja: 'キャッシュで開いている表を table_open_cache と比べ、キャッシュになかった回数を示します。毎秒の新規オープンが多いときはキャッシュが小さすぎます。',
  },
  source: 'Server Status Variables: Open_*, Opened_*, Table_open_cache_*',
  every: '30s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: statusQueries(
    {
      open_tables: 'Open_tables',
      open_files: 'Open_files',
      open_definitions: 'Open_table_definitions',
      opened_tables: 'Opened_tables',
      hits: 'Table_open_cache_hits',
      misses: 'Table_open_cache_misses',
      overflows: 'Table_open_cache_overflows',
    },
    {
      table_open_cache: '@@global.table_open_cache',
      open_files_limit: '@@global.open_files_limit',
      definition_cache: '@@global.table_definition_cache',
    },
  ),
  columns: {
    open_tables: gauge('count', { en: 'Open tables', ja: '開いている表' }),
    table_open_cache: gauge('count', { en: 'table_open_cache', ja: 'table_open_cache' }),
    open_definitions: gauge('count', {
      en: 'Definitions in the cache',
      ja: 'キャッシュ中の表定義',
    }),
    definition_cache: gauge('count', {
      en: 'table_definition_cache',
      ja: 'table_definition_cache',
    }),
    open_files: gauge('count', {
      en: 'Open files, without those of InnoDB',
      ja: '開いているファイル(InnoDB を除く)',
    }),
    open_files_limit: gauge('count', { en: 'open_files_limit', ja: 'open_files_limit' }),
    opened_tables: counter('count', { en: 'Tables opened', ja: '表のオープン' }),
    hits: counter('count', { en: 'Found in the cache', ja: 'キャッシュのヒット' }),
    misses: counter('count', { en: 'Not in the cache', ja: 'キャッシュのミス' }),
    overflows: counter('count', {
      en: 'Closed because the cache was full',
      ja: 'キャッシュあふれによるクローズ',
    }),
  },
  panels: [
    {
      id: 'tables',
      title: { en: 'Open tables', ja: '開いている表' },
      show: 'line',
      y: ['open_tables'],
      limit: 'table_open_cache',
    },
    {
      id: 'misses',
      title: { en: 'Tables not in the cache', ja: 'キャッシュにない表' },
      show: 'line',
      y: ['misses', 'overflows', 'opened_tables'],
    },
    {
      id: 'files',
      title: { en: 'Open files', ja: '開いているファイル' },
      show: 'line',
      y: ['open_files'],
      limit: 'open_files_limit',
    },
  ],
});
