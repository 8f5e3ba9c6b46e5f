/** How large the databases are. */
import { defineMetric, gauge, label } from '@/lib/metric/define-metric';

export const databaseSize = defineMetric({
  id: 'postgres.database-size',
  layer: 'infrastructure',
  title: { en: 'Database size', ja: 'データベースのサイズ' },
  help: {
    en: 'Bytes on disk of each database. Measuring looks at every file, so it is done every five minutes.',
    ja: '各データベースのディスク使用量。測定は全ファイルを見るため 5 分ごとに行います。',
  },
  source: 'pg_database_size()',
  every: '5m',
  timeout: '10s',
  on: 'any',
  cost: 'high',
  needs: [{ role: 'pg_read_all_stats' }],
  queries: [
    {
      from: 13,
      sql: `select datname as database, pg_database_size(oid) as bytes
  from pg_database where datallowconn and not datistemplate`,
    },
  ],
  columns: {
    database: label(),
    bytes: gauge('bytes', { en: 'Bytes on disk', ja: 'ディスク上のバイト数' }),
  },
  panels: [
    {
      id: 'size',
      title: { en: 'Size on disk', ja: 'ディスク使用量' },
      show: 'stacked',
      y: ['bytes'],
      by: 'database',
    },
  ],
  // No default alert. A size has no limit of its own here: the disk has.
});
