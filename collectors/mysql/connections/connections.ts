/** Client connections against the limit, and those that were refused for it. */
import { counter, defineMetric, gauge } from '@/lib/metric/define-metric';

const names = `'Threads_connected', 'Threads_running', 'Max_used_connections', 'Connections', 'Aborted_connects',
    'Aborted_clients', 'Connection_errors_max_connections'`;

/** @param table where the server keeps its status; MySQL writes names as in its manual, MariaDB in capitals */
const sqlOf = (table: string) => `select s.used, @@global.max_connections as max_connections,
    s.used / nullif(@@global.max_connections, 0) as used_ratio, s.running, s.most_used, s.connected, s.refused, s.failed, s.aborted
  from (select max(case when lower(variable_name) = 'threads_connected' then variable_value + 0 end) as used,
      max(case when lower(variable_name) = 'threads_running' then variable_value + 0 end) as running,
      max(case when lower(variable_name) = 'max_used_connections' then variable_value + 0 end) as most_used,
      max(case when lower(variable_name) = 'connections' then variable_value + 0 end) as connected,
      max(case when lower(variable_name) = 'connection_errors_max_connections' then variable_value + 0 end) as refused,
      max(case when lower(variable_name) = 'aborted_connects' then variable_value + 0 end) as failed,
      max(case when lower(variable_name) = 'aborted_clients' then variable_value + 0 end) as aborted
    from ${table} where variable_name in (${names})) s`;

export const mysqlConnections = defineMetric({
  id: 'mysql.connections',
  layer: 'database',
  title: { en: 'Connections against the limit', ja: '接続数と上限' },
  help: {
    en: 'Client connections and those that run a statement, against max_connections. One more than the limit is kept for an administrator with CONNECTION_ADMIN or SUPER.',
    ja: 'クライアント接続数と、そのうちステートメントを実行中のものを、max_connections と比べます。上限のほかに 1 接続が、CONNECTION_ADMIN または SUPER を持つ管理者のために残されています。',
  },
  source:
    'Server Status Variables: Threads_connected, Connections, Connection_errors_max_connections',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: [
    { from: 800, flavour: 'mysql', sql: sqlOf('performance_schema.global_status') },
    { from: 1006, flavour: 'mariadb', sql: sqlOf('information_schema.global_status') },
  ],
  columns: {
    used: gauge('count', { en: 'Client connections', ja: 'クライアント接続数' }),
    running: gauge('count', {
      en: 'Connections that run a statement',
      ja: 'ステートメントを実行中の接続数',
    }),
    max_connections: gauge('count', { en: 'max_connections', ja: 'max_connections' }),
    used_ratio: gauge('ratio', {
      en: 'Share of max_connections in use',
      ja: 'max_connections の使用率',
    }),
    most_used: gauge('count', {
      en: 'Most connections at once since the start',
      ja: '起動後の最大同時接続数',
    }),
    connected: counter('count', { en: 'Connection attempts', ja: '接続の試行' }),
    refused: counter('count', {
      en: 'Refused because max_connections was reached',
      ja: '上限に達したため拒否された接続',
    }),
    failed: counter('count', {
      en: 'Attempts that failed for any reason',
      ja: '失敗した接続の試行(理由を問わない)',
    }),
    aborted: counter('count', {
      en: 'Connections that ended without saying so',
      ja: '正しく閉じられずに終わった接続',
    }),
  },
  panels: [
    {
      id: 'against-limit',
      title: { en: 'Connections against the limit', ja: '接続数と上限' },
      show: 'line',
      y: ['used', 'running'],
      limit: 'max_connections',
    },
    {
      id: 'attempts',
      title: { en: 'Connection attempts', ja: '接続の試行' },
      show: 'line',
      y: ['connected', 'refused', 'failed', 'aborted'],
    },
  ],
  alerts: [
    {
      id: 'nearly-full',
      on: 'used_ratio',
      above: { warning: 0.8, critical: 0.9 },
      for: '1m',
      says: { en: 'Connections are running out.', ja: '接続数が上限に近づいています。' },
      fix: {
        en: 'Find the application that holds them (idle connections, leaks) and lower its pool, or raise max_connections: SET GLOBAL takes effect at once, memory per connection grows with it.',
        ja: '接続を占めているアプリケーション(待機接続やリーク)を調べてプールを小さくするか、max_connections を増やしてください。SET GLOBAL はすぐに効きますが、接続ごとのメモリも増えます。',
      },
    },
  ],
});
