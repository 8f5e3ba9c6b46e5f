/** What each database did: transactions, rows, blocks, temporary files, deadlocks. */
import { counter, defineMetric, gauge, label } from '@/lib/metric/define-metric';

const unmeasuredTime = `
    case when current_setting('track_io_timing')::boolean then blk_read_time end as read_ms,
    case when current_setting('track_io_timing')::boolean then blk_write_time end as write_ms,`;

const counters = `
    xact_commit as commits, xact_rollback as rollbacks,
    blks_hit as blocks_hit, blks_read as blocks_read,
    tup_returned as rows_returned, tup_fetched as rows_fetched,
    tup_inserted as rows_inserted, tup_updated as rows_updated, tup_deleted as rows_deleted,
    conflicts, deadlocks, temp_files, temp_bytes,${unmeasuredTime}`;

export const databases = defineMetric({
  id: 'postgres.databases',
  layer: 'database',
  title: { en: 'Databases', ja: 'データベース' },
  help: {
    en: 'Transactions, rows and blocks of each database. The cache hit ratio is shown, never alerted on: a nightly dump empties it without harm.',
    ja: 'データベースごとのトランザクション、行、ブロックの動き。キャッシュヒット率は表示のみで、警報の対象にはしません(夜間のダンプだけでも下がるため)。',
  },
  source: 'pg_stat_database',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: [
    {
      from: 13,
      sql: `select datname as database,${counters}
    null::float8 as active_ms, null::float8 as idle_in_transaction_ms,
    null::bigint as sessions, null::bigint as sessions_abandoned, null::bigint as sessions_fatal,
    numbackends as connections, stats_reset
  from pg_stat_database where datname is not null`,
    },
    {
      from: 14,
      sql: `select datname as database,${counters}
    active_time as active_ms, idle_in_transaction_time as idle_in_transaction_ms,
    sessions, sessions_abandoned, sessions_fatal,
    numbackends as connections, stats_reset
  from pg_stat_database where datname is not null`,
    },
  ],
  resetAt: 'stats_reset',
  columns: {
    database: label(),
    commits: counter('count', {
      en: 'Transactions committed',
      ja: 'コミットされたトランザクション',
    }),
    rollbacks: counter('count', {
      en: 'Transactions rolled back; failed statements show here',
      ja: 'ロールバックされたトランザクション。失敗した文はここに現れます',
    }),
    blocks_hit: counter('blocks', {
      en: 'Blocks found in shared buffers',
      ja: '共有バッファで見つかったブロック',
    }),
    blocks_read: counter('blocks', {
      en: 'Blocks read from outside shared buffers (disk or the system cache)',
      ja: '共有バッファの外(ディスクまたは OS キャッシュ)から読んだブロック',
    }),
    rows_returned: counter('count', {
      en: 'Rows read by scans, needed or not',
      ja: 'スキャンで読まれた行(結果に使われなかった行も含む)',
    }),
    rows_fetched: counter('count', {
      en: 'Rows fetched by index scans',
      ja: 'インデックススキャンで取り出された行',
    }),
    rows_inserted: counter('count', { en: 'Rows inserted', ja: '挿入された行' }),
    rows_updated: counter('count', { en: 'Rows updated', ja: '更新された行' }),
    rows_deleted: counter('count', { en: 'Rows deleted', ja: '削除された行' }),
    conflicts: counter('count', {
      en: 'Queries cancelled on a standby because of recovery conflicts',
      ja: 'リカバリ競合のためスタンバイで取り消された問い合わせ',
    }),
    deadlocks: counter('count', { en: 'Deadlocks', ja: 'デッドロック' }),
    temp_files: counter('count', {
      en: 'Temporary files made by sorts and hashes that did not fit work_mem',
      ja: 'work_mem に収まらないソートやハッシュが作った一時ファイル',
    }),
    temp_bytes: counter('bytes', {
      en: 'Bytes written to temporary files',
      ja: '一時ファイルへ書かれたバイト数',
    }),
    read_ms: counter('ms', {
      en: 'Time spent reading blocks; unknown while track_io_timing is off',
      ja: 'ブロックの読み込みに要した時間。track_io_timing が off の間は不明',
    }),
    write_ms: counter('ms', {
      en: 'Time spent writing blocks; unknown while track_io_timing is off',
      ja: 'ブロックの書き込みに要した時間。track_io_timing が off の間は不明',
    }),
    active_ms: counter('ms', {
      en: 'Time sessions spent executing statements (PostgreSQL 14+)',
      ja: 'セッションが文の実行に費やした時間(PostgreSQL 14 以降)',
    }),
    idle_in_transaction_ms: counter('ms', {
      en: 'Time sessions sat idle in a transaction (PostgreSQL 14+)',
      ja: 'トランザクション中に待機していた時間(PostgreSQL 14 以降)',
    }),
    sessions: counter('count', {
      en: 'Sessions opened (PostgreSQL 14+)',
      ja: '開かれたセッション(PostgreSQL 14 以降)',
    }),
    sessions_abandoned: counter('count', {
      en: 'Sessions whose client vanished (PostgreSQL 14+)',
      ja: 'クライアントが消えたセッション(PostgreSQL 14 以降)',
    }),
    sessions_fatal: counter('count', {
      en: 'Sessions ended by fatal errors (PostgreSQL 14+)',
      ja: '致命的エラーで終わったセッション(PostgreSQL 14 以降)',
    }),
    connections: gauge('count', { en: 'Connections now', ja: '現在の接続数' }),
  },
  panels: [
    {
      id: 'transactions',
      title: { en: 'Transactions per second', ja: '秒間トランザクション' },
      show: 'line',
      y: ['commits', 'rollbacks'],
      by: 'database',
    },
    {
      id: 'rows-written',
      title: { en: 'Rows written per second', ja: '秒間書き込み行' },
      show: 'stacked',
      y: ['rows_inserted', 'rows_updated', 'rows_deleted'],
      by: 'database',
    },
    {
      id: 'rows-read',
      title: { en: 'Rows read per second', ja: '秒間読み取り行' },
      show: 'line',
      y: ['rows_returned', 'rows_fetched'],
      by: 'database',
    },
    {
      id: 'blocks',
      title: { en: 'Blocks: found in cache and read', ja: 'ブロック: キャッシュヒットと読み込み' },
      show: 'line',
      y: ['blocks_hit', 'blocks_read'],
      by: 'database',
    },
    {
      id: 'temporary-bytes',
      title: { en: 'Temporary bytes per second', ja: '秒間一時ファイル書き込み' },
      show: 'line',
      y: ['temp_bytes'],
      by: 'database',
    },
    {
      id: 'deadlocks',
      title: { en: 'Deadlocks and recovery conflicts', ja: 'デッドロックとリカバリ競合' },
      show: 'line',
      y: ['deadlocks', 'conflicts'],
      by: 'database',
    },
  ],
  alerts: [
    {
      id: 'deadlocks',
      on: 'deadlocks',
      above: { warning: 0.1 },
      for: '1m',
      says: {
        en: 'Transactions deadlock again and again.',
        ja: 'デッドロックが繰り返し起きています。',
      },
      fix: {
        en: 'Look for the statements in the server log (log_lock_waits, deadlock details) and take locks in the same order everywhere.',
        ja: 'サーバーログ(log_lock_waits、デッドロックの詳細)で該当する文を探し、ロックの取得順序を揃えてください。',
      },
    },
  ],
});
