/** Replication as a replica sees it: what each channel received, what it applied, and what stopped it. */
import { defineMetric, flag, gauge, label } from '@/lib/metric/define-metric';

// SHOW REPLICA STATUS knows no column list: read-replica.ts asks it and adds its columns to those of this query.
const applierSql = `select c.channel_name as channel,
    case when greatest(c.last_heartbeat_timestamp, c.last_queued_transaction_end_queue_timestamp) > '1970-01-02'
      then timestampdiff(microsecond, greatest(c.last_heartbeat_timestamp, c.last_queued_transaction_end_queue_timestamp), now(6)) / 1000 end as message_age_ms,
    w.workers, w.busy_workers,
    case when w.oldest is not null then timestampdiff(microsecond, w.oldest, now(6)) / 1000 end as applying_age_ms
  from performance_schema.replication_connection_status c
  left join (
    select channel_name, sum(service_state = 'ON') as workers,
      sum(service_state = 'ON' and applying_transaction <> '') as busy_workers,
      min(case when applying_transaction <> '' and applying_transaction_immediate_commit_timestamp > '1970-01-02'
        then applying_transaction_immediate_commit_timestamp end) as oldest
    from performance_schema.replication_applier_status_by_worker group by channel_name
  ) w on w.channel_name = c.channel_name`;

// MariaDB keeps none of these in tables before 11.6.
const nothing = `select '' as channel, null as message_age_ms, null as workers, null as busy_workers, null as applying_age_ms from dual where false`;

export const mysqlReplica = defineMetric({
  id: 'mysql.replica',
  layer: 'database',
  title: { en: 'Replication, seen from the replica', ja: 'レプリケーション(レプリカ側)' },
  help: {
    en: 'Each channel of the replica. The lag is unknown, not zero, while one of its threads is stopped or still connecting. With a delay that is wanted, only what is above it counts as late.',
    ja: 'レプリカのチャネルごとの状態。いずれかのスレッドが停止中または接続中の間、遅延は 0 ではなく不明です。意図した遅延があるときは、それを超えた分だけを遅れとします。',
  },
  source:
    'SHOW REPLICA STATUS (MySQL before 8.0.22: SHOW SLAVE STATUS; MariaDB: SHOW ALL REPLICAS STATUS), performance_schema.replication_connection_status, performance_schema.replication_applier_status_by_worker',
  every: '10s',
  timeout: '3s',
  on: 'replica',
  cost: 'low',
  needs: [{ privilege: 'REPLICATION CLIENT' }],
  queries: [
    { from: 800, flavour: 'mysql', sql: applierSql },
    { from: 1006, flavour: 'mariadb', sql: nothing },
  ],
  columns: {
    channel: label(),
    source_host: label(),
    source_port: label(),
    receiving: flag({ en: 'The receiver is connected', ja: '受信スレッドが接続中' }),
    applying: flag({ en: 'The applier is running', ja: '適用スレッドが実行中' }),
    stopped_threads: gauge('count', {
      en: 'Threads of the channel that are stopped or cannot connect',
      ja: '停止中または接続できないスレッド',
    }),
    lag_ms: gauge('ms', {
      en: 'Lag as the server tells it, in whole seconds',
      ja: 'サーバーが示す遅延(秒単位)',
    }),
    late_ms: gauge('ms', {
      en: 'Lag above the delay that is wanted',
      ja: '意図した遅延を超えた遅れ',
    }),
    configured_delay_ms: gauge('ms', {
      en: 'SOURCE_DELAY: a delay that is wanted',
      ja: 'SOURCE_DELAY(意図した遅延)',
    }),
    applying_age_ms: gauge('ms', {
      en: 'Age of the oldest transaction that is being applied, since its commit on the source',
      ja: '適用中の最も古いトランザクションの、ソースでのコミットからの経過時間',
    }),
    unapplied_transactions: gauge('count', {
      en: 'Transactions received and not applied, by GTID',
      ja: '受信済みで未適用のトランザクション(GTID による)',
    }),
    unapplied_bytes: gauge('bytes', {
      en: 'Binary log received and not applied; unknown while both are in different files',
      ja: '受信済みで未適用のバイナリログ。ファイルが異なる間は不明',
    }),
    relay_log_bytes: gauge('bytes', { en: 'Relay logs on disk', ja: 'ディスク上のリレーログ' }),
    message_age_ms: gauge('ms', {
      en: 'Time since the source was last heard',
      ja: 'ソースから最後に受信してからの時間',
    }),
    workers: gauge('count', { en: 'Applier workers', ja: '適用ワーカー' }),
    busy_workers: gauge('count', { en: 'Workers that apply', ja: '適用中のワーカー' }),
    receiver_error_code: gauge('count', {
      en: 'Number of the last error of the receiver; 0 is none',
      ja: '受信スレッドの直近のエラー番号(0 はなし)',
    }),
    applier_error_code: gauge('count', {
      en: 'Number of the last error of the applier; 0 is none',
      ja: '適用スレッドの直近のエラー番号(0 はなし)',
    }),
  },
  panels: [
    {
      id: 'lag',
      title: { en: 'Lag', ja: '遅延' },
      show: 'line',
      y: ['lag_ms'],
      by: 'channel',
      limit: 'configured_delay_ms',
    },
    {
      id: 'unapplied',
      title: { en: 'Received but not applied', ja: '受信済みで未適用のトランザクション' },
      show: 'line',
      y: ['unapplied_transactions'],
      by: 'channel',
    },
    {
      id: 'relay-log',
      title: { en: 'Relay logs on disk', ja: 'ディスク上のリレーログ' },
      show: 'line',
      y: ['relay_log_bytes', 'unapplied_bytes'],
      by: 'channel',
    },
    {
      id: 'workers',
      title: { en: 'Workers that apply', ja: '適用中のワーカー' },
      show: 'line',
      y: ['busy_workers'],
      by: 'channel',
      limit: 'workers',
    },
    {
      id: 'heard',
      title: { en: 'Time since the source was heard', ja: 'ソースからの最終受信' },
      show: 'line',
      y: ['message_age_ms'],
      by: 'channel',
    },
  ],
  alerts: [
    {
      id: 'stopped',
      on: 'stopped_threads',
      above: { critical: 0 },
      for: '1m',
      says: { en: 'Replication is stopped.', ja: 'レプリケーションが停止しています。' },
      fix: {
        en: 'Read Last_IO_Error and Last_SQL_Error of SHOW REPLICA STATUS, remove the cause, then START REPLICA. An error in applying means that the data differs from the source: skipping it keeps the difference.',
        ja: 'SHOW REPLICA STATUS の Last_IO_Error と Last_SQL_Error を確認し、原因を取り除いてから START REPLICA を実行してください。適用時のエラーはデータがソースと異なることを示し、読み飛ばすと差異が残ります。',
      },
    },
    {
      id: 'late',
      on: 'late_ms',
      above: { warning: 30_000, critical: 300_000 },
      for: '1m',
      says: { en: 'The replica is late.', ja: 'レプリカが遅れています。' },
      fix: {
        en: 'Look for large transactions and tables without primary key, and whether more workers (replica_parallel_workers, slave_parallel_threads) apply in parallel.',
        ja: '大きなトランザクションや主キーのない表がないか、並列ワーカー(replica_parallel_workers、slave_parallel_threads)を増やせないかを確認してください。',
      },
    },
  ],
});
