/** Binary logs: how much they take on disk and how long they are kept. */
import { counter, defineMetric, gauge } from '@/lib/metric/define-metric';
import { statusQueries } from '../status-queries';

export const mysqlBinlog = defineMetric({
  id: 'mysql.binlog',
  layer: 'infrastructure',
  title: { en: 'Binary logs', ja: 'バイナリログ' },
  help: {
    en: 'Binary logs on disk. Transactions that did not fit in binlog_cache_size went through a temporary file.',
    ja: 'ディスク上のバイナリログ。binlog_cache_size に収まらなかったトランザクションは一時ファイルを経由します。',
  },
  source: 'SHOW BINARY LOGS; Server Status Variables: Binlog_cache_use, Binlog_cache_disk_use',
  every: '1m',
  timeout: '5s',
  on: 'any',
  cost: 'medium',
  needs: [{ privilege: 'REPLICATION CLIENT' }],
  // read-binlog.ts asks SHOW BINARY LOGS for files and bytes where the log is on.
  queries: statusQueries(
    { cached: 'Binlog_cache_use', spilled: 'Binlog_cache_disk_use' },
    {
      enabled: '@@global.log_bin',
      kept_ms: 'nullif(@@global.binlog_expire_logs_seconds, 0) * 1000',
      files: 'null',
      bytes: 'null',
    },
  ),
  columns: {
    files: gauge('count', { en: 'Binary log files', ja: 'バイナリログのファイル数' }),
    bytes: gauge('bytes', { en: 'Bytes on disk', ja: 'ディスク上のバイト数' }),
    kept_ms: gauge('ms', {
      en: 'binlog_expire_logs_seconds; unknown when they are kept for ever',
      ja: 'binlog_expire_logs_seconds。無期限に残す場合は不明',
    }),
    cached: counter('count', { en: 'Transactions logged', ja: '記録したトランザクション' }),
    spilled: counter('count', {
      en: 'Transactions that used a temporary file',
      ja: '一時ファイルを使ったトランザクション',
    }),
  },
  panels: [
    {
      id: 'size',
      title: { en: 'Binary logs on disk', ja: 'ディスク上のバイナリログ' },
      show: 'line',
      y: ['bytes'],
    },
    {
      id: 'transactions',
      title: { en: 'Transactions logged', ja: '記録したトランザクション' },
      show: 'line',
      y: ['cached', 'spilled'],
    },
  ],
});
