/** What the server writes into its log: errors, waits for locks, temporary files, and how much of it was read. */
import { defineMetric, flag, gauge } from '@/lib/metric/define-metric';

export const log = defineMetric({
  id: 'postgres.log',
  layer: 'database',
  title: { en: 'Server log', ja: 'サーバーログ' },
  help: {
    en: 'The server log, read on every 10 seconds from where it was read last, 1 MB at most: durations of statements (real percentiles), errors by SQLSTATE, plans of auto_explain. Literals and parameters are removed before anything is kept. Optional: the login needs a function that reads the log folder and nothing else.',
    ja: 'サーバーログを 10 秒ごとに続きから最大 1 MB 読み取ります。文の実行時間(実際のパーセンタイル)、SQLSTATE 別のエラー、auto_explain の実行計画を得ます。リテラルとパラメーターは保存前に取り除きます。任意の機能で、ログのフォルダーだけを読む関数の権限が必要です。',
  },
  source: 'csvlog, jsonlog or stderr log files; pg_current_logfile, pg_ls_logdir',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'medium',
  needs: [{ role: 'pg_monitor' }, { log: 'read' }],
  origin: 'log',
  queries: [
    {
      from: 13,
      sql: `select encode(yagura.read_log($1, $2, 1048576), 'base64') -- file and byte where the last reading ended`,
    },
  ],
  columns: {
    entries: gauge('count', { en: 'Entries read', ja: '読み取ったログの件数' }),
    errors: gauge('count', { en: 'Errors', ja: 'エラー' }),
    lock_waits: gauge('count', {
      en: 'Waits for a lock longer than deadlock_timeout (log_lock_waits)',
      ja: 'deadlock_timeout を超えたロック待ち(log_lock_waits)',
    }),
    deadlocks: gauge('count', { en: 'Deadlocks', ja: 'デッドロック' }),
    temporary_files: gauge('count', {
      en: 'Temporary files (log_temp_files)',
      ja: '一時ファイル(log_temp_files)',
    }),
    temporary_bytes: gauge('bytes', { en: 'Their size', ja: 'そのサイズ' }),
    checkpoints: gauge('count', { en: 'Checkpoints begun', ja: '始まったチェックポイント' }),
    autovacuums: gauge('count', {
      en: 'Runs of autovacuum (log_autovacuum_min_duration)',
      ja: '自動バキュームの実行(log_autovacuum_min_duration)',
    }),
    durations: gauge('count', {
      en: 'Executions logged with their duration',
      ja: '実行時間が記録された文の実行',
    }),
    threshold_ms: gauge('ms', {
      en: 'Every execution this long is logged; unknown when some may be missing',
      ja: 'これ以上かかった実行はすべて記録される。欠けうる場合は不明',
    }),
    read_bytes: gauge('bytes', { en: 'Bytes read', ja: '読み取ったバイト数' }),
    skipped_bytes: gauge('bytes', {
      en: 'Bytes passed over because reading was too far behind; unknown when a file was gone',
      ja: '遅れすぎたため読み飛ばしたバイト数。ファイルが消えていた場合は不明',
    }),
    unreadable: gauge('count', {
      en: 'Entries that could not be understood, or were longer than 1 MB',
      ja: '解釈できない、または 1 MB を超えるログの件数',
    }),
    caught_up: flag({ en: 'Read to the end', ja: '末尾まで読み取った' }),
  },
  panels: [
    {
      id: 'errors',
      title: { en: 'Errors logged', ja: '記録されたエラー' },
      show: 'line',
      y: ['errors'],
    },
    {
      id: 'waits',
      title: { en: 'Lock waits and deadlocks logged', ja: '記録されたロック待ちとデッドロック' },
      show: 'line',
      y: ['lock_waits', 'deadlocks'],
    },
    {
      id: 'temporary',
      title: { en: 'Temporary files logged', ja: '記録された一時ファイル' },
      show: 'line',
      y: ['temporary_bytes'],
    },
    {
      id: 'read',
      title: { en: 'Log read', ja: '読み取ったログ' },
      show: 'line',
      y: ['read_bytes', 'skipped_bytes'],
    },
  ],
  alerts: [
    {
      id: 'passed-over',
      on: 'skipped_bytes',
      above: { warning: 1 },
      for: '1m',
      says: {
        en: 'The server logs more than is read: a part was passed over, so percentiles and errors of that time are not known.',
        ja: 'サーバーのログが読み取りより速く増えています。一部を読み飛ばしたため、その間のパーセンタイルとエラーは不明です。',
      },
      fix: {
        en: 'Log less: a higher log_min_duration_statement, log_statement = none, no log_min_messages of debug.',
        ja: 'ログを減らします: log_min_duration_statement を大きく、log_statement = none に、log_min_messages をデバッグ以外に。',
      },
    },
  ],
});
