/** Replication as the source sees it: who reads its binary log, and whether commits wait for them. */
import { counter, defineMetric, flag, gauge } from '@/lib/metric/define-metric';

// The plugin's words are source since 8.0.26 where it was installed by that name, master before and in MariaDB.
const either = (name: string, convert: string) =>
  `max(case when variable_name in ('Rpl_semi_sync_source_${name}', 'Rpl_semi_sync_master_${name}') then ${convert} end)`;

const sql = (status: string, dumps: string) => `select ${dumps} as connected_replicas,
    s.semi_sync, s.semi_sync_replicas, s.acknowledged, s.not_acknowledged, s.fell_back, s.waiting, s.wait_us / 1000 as wait_ms
  from (select ${either('status', `variable_value = 'ON'`)} as semi_sync,
      ${either('clients', 'variable_value + 0')} as semi_sync_replicas,
      ${either('yes_tx', 'variable_value + 0')} as acknowledged,
      ${either('no_tx', 'variable_value + 0')} as not_acknowledged,
      ${either('no_times', 'variable_value + 0')} as fell_back,
      ${either('wait_sessions', 'variable_value + 0')} as waiting,
      ${either('tx_wait_time', 'variable_value + 0')} as wait_us
    from ${status} where variable_name like 'Rpl\\_semi\\_sync\\_%') s`;

export const mysqlReplication = defineMetric({
  id: 'mysql.replication',
  layer: 'database',
  title: { en: 'Replication, seen from the source', ja: 'レプリケーション(ソース側)' },
  help: {
    en: 'Replicas that read the binary log now, and semi-synchronous replication: when no replica acknowledges in time, commits no longer wait and can be lost. Without the plugin its values are unknown.',
    ja: '現在バイナリログを読んでいるレプリカと準同期レプリケーションの状態。時間内に応答がないとコミットは待たなくなり、失われる可能性があります。プラグインがなければ値は不明です。',
  },
  source:
    'performance_schema.threads, MariaDB information_schema.PROCESSLIST; status variables Rpl_semi_sync_source_*, Rpl_semi_sync_master_*',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ privilege: 'PROCESS' }],
  queries: [
    {
      from: 800,
      flavour: 'mysql',
      sql: sql(
        'performance_schema.global_status',
        `case when @@global.performance_schema then (select count(*) from performance_schema.threads where processlist_command in ('Binlog Dump', 'Binlog Dump GTID')) end`,
      ),
    },
    {
      from: 1006,
      flavour: 'mariadb',
      sql: sql(
        'information_schema.global_status',
        `(select count(*) from information_schema.processlist where command in ('Binlog Dump', 'Binlog Dump GTID'))`,
      ),
    },
  ],
  columns: {
    connected_replicas: gauge('count', {
      en: 'Replicas that read the binary log',
      ja: 'バイナリログを読むレプリカ',
    }),
    semi_sync: flag({ en: 'Commits wait for a replica', ja: 'コミットがレプリカを待つ' }),
    semi_sync_replicas: gauge('count', {
      en: 'Semi-synchronous replicas',
      ja: '準同期のレプリカ',
    }),
    waiting: gauge('count', { en: 'Commits that wait now', ja: '応答待ちのコミット' }),
    acknowledged: counter('count', {
      en: 'Commits a replica acknowledged',
      ja: '応答されたコミット',
    }),
    not_acknowledged: counter('count', {
      en: 'Commits without acknowledgement',
      ja: '応答なしのコミット',
    }),
    fell_back: counter('count', {
      en: 'Times commits stopped waiting',
      ja: '待たない動作に切り替わった回数',
    }),
    wait_ms: counter('ms', { en: 'Time commits waited', ja: 'コミットの待ち時間' }),
  },
  panels: [
    {
      id: 'replicas',
      title: { en: 'Replicas connected', ja: '接続中のレプリカ' },
      show: 'line',
      y: ['connected_replicas', 'semi_sync_replicas'],
    },
    {
      id: 'semi-sync',
      title: { en: 'Semi-synchronous commits', ja: '準同期のコミット' },
      show: 'line',
      y: ['acknowledged', 'not_acknowledged'],
    },
  ],
});
