/** The slow query log, out of its table or file: how much of it was read and from which duration on it is whole. */
import { defineMetric, flag, gauge } from '@/lib/metric/define-metric';

const sql = `select start_time, user_host, query_time, rows_examined, db, left(sql_text, 16384)
  from mysql.slow_log where start_time > ? and start_time <= ? order by start_time limit 2000`;

export const mysqlSlowLog = defineMetric({
  id: 'mysql.slow-log',
  layer: 'database',
  title: { en: 'Slow query log', ja: 'スロークエリログ' },
  help: {
    en: 'Executions longer than long_query_time, read from where it was read last, out of mysql.slow_log or, where the collector runs on the host of the server and YAGURA_LOG_DIRECTORY allows the folder, out of the file: percentiles per statement where enough calls are in it (MariaDB has no other source), and the slowest executions. Literals are removed before anything is kept. The table has no index, so that a large one is read less often. Through a connection files need the FILE privilege, which is too much. MySQL’s file does not always name the schema of an entry; MariaDB’s does.',
    ja: 'long_query_time を超えた実行を前回の続きから読み取ります。読むのは mysql.slow_log です。コレクターがサーバーと同じホストで動き、YAGURA_LOG_DIRECTORY でフォルダーが許可されていれば、ファイルを読みます。十分な呼び出しが含まれていれば文ごとのパーセンタイルが分かり(MariaDB ではこれが唯一の手段です)、最も遅い実行も分かります。リテラルは保存前に取り除きます。この表にはインデックスがないため、大きいほど読み取りの間隔が長くなります。接続経由でファイルを読むには FILE 権限が必要で、それは過剰です。MySQL のファイルにはエントリのスキーマ名が書かれないことがあります。MariaDB では常に書かれます。',
  },
  source: 'mysql.slow_log or slow_query_log_file; log_output, long_query_time',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'medium',
  needs: [{ privilege: 'SELECT on mysql.slow_log' }, { variable: 'slow_query_log', value: 'ON' }],
  origin: 'log',
  queries: [
    { from: 800, flavour: 'mysql', sql },
    { from: 1006, flavour: 'mariadb', sql },
  ],
  columns: {
    entries: gauge('count', { en: 'Executions read', ja: '読み取った実行の件数' }),
    threshold_ms: gauge('ms', {
      en: 'Every execution longer than this is logged; unknown when some may be missing',
      ja: 'これより長い実行はすべて記録される。欠けうる場合は不明',
    }),
    behind_ms: gauge('ms', { en: 'Not read yet', ja: 'まだ読み取っていない時間' }),
    caught_up: flag({ en: 'Read to the end', ja: '末尾まで読み取った' }),
  },
  panels: [
    {
      id: 'entries',
      title: { en: 'Slow executions', ja: '遅い実行' },
      show: 'line',
      y: ['entries'],
    },
  ],
  alerts: [
    {
      id: 'far-behind',
      on: 'behind_ms',
      above: { warning: 600_000 },
      for: '5m',
      says: {
        en: 'More executions are logged as slow than are read: the oldest are passed over.',
        ja: '読み取りより速く遅い実行が記録されています。古いものは読み飛ばされます。',
      },
      fix: {
        en: 'Raise long_query_time, so that fewer executions are logged.',
        ja: 'long_query_time を大きくして、記録される実行を減らしてください。',
      },
    },
  ],
});
