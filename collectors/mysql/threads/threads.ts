/** Threads that serve connections, and why connections failed before they had one. */
import { counter, defineMetric, gauge } from '@/lib/metric/define-metric';
import { statusQueries } from '../status-queries';

export const mysqlThreads = defineMetric({
  id: 'mysql.threads',
  layer: 'database',
  title: { en: 'Threads', ja: 'スレッド' },
  help: {
    en: 'Threads that run a statement, and threads kept for the next connection. Many created per second mean that thread_cache_size is too small for how often applications reconnect.',
    ja: 'ステートメントを実行中のスレッドと、次の接続のために残されたスレッド。毎秒の作成数が多いときは、再接続の頻度に対して thread_cache_size が小さすぎます。',
  },
  source: 'Server Status Variables: Threads_running, Threads_cached, Threads_created',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: statusQueries(
    {
      running: 'Threads_running',
      cached: 'Threads_cached',
      created: 'Threads_created',
      slow_launch: 'Slow_launch_threads',
    },
    { cache_size: '@@global.thread_cache_size' },
  ),
  columns: {
    running: gauge('count', { en: 'Running', ja: '実行中' }),
    cached: gauge('count', { en: 'Kept for the next connection', ja: 'キャッシュ済み' }),
    cache_size: gauge('count', { en: 'thread_cache_size', ja: 'thread_cache_size' }),
    created: counter('count', { en: 'Created', ja: '作成' }),
    slow_launch: counter('count', {
      en: 'Took longer than slow_launch_time to create',
      ja: '作成が slow_launch_time を超えたもの',
    }),
  },
  panels: [
    {
      id: 'threads',
      title: { en: 'Threads', ja: 'スレッド' },
      show: 'line',
      y: ['running', 'cached'],
    },
    {
      id: 'created',
      title: { en: 'Threads created', ja: 'スレッドの作成' },
      show: 'line',
      y: ['created', 'slow_launch'],
    },
  ],
});

export const mysqlConnectionErrors = defineMetric({
  id: 'mysql.connection-errors',
  layer: 'database',
  title: { en: 'Connection errors', ja: '接続エラー' },
  help: {
    en: 'Connections that the server could not accept, by reason. Wrong passwords are not among them: they count as failed attempts.',
    ja: 'サーバーが受け付けられなかった接続を理由別に数えます。パスワードの誤りは含まれず、失敗した試行として数えられます。',
  },
  source: 'Server Status Variables: Connection_errors_*',
  every: '30s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: statusQueries({
    max_connections: 'Connection_errors_max_connections',
    internal: 'Connection_errors_internal',
    accept: 'Connection_errors_accept',
    peer_address: 'Connection_errors_peer_address',
    select_poll: 'Connection_errors_select',
    tcpwrap: 'Connection_errors_tcpwrap',
  }),
  columns: {
    max_connections: counter('count', { en: 'Limit reached', ja: '上限に到達' }),
    internal: counter('count', {
      en: 'Internal errors: no memory or no thread',
      ja: '内部エラー(メモリやスレッドの不足)',
    }),
    accept: counter('count', { en: 'Errors of accept()', ja: 'accept() のエラー' }),
    peer_address: counter('count', {
      en: "The client's address was not found",
      ja: 'クライアントのアドレスを確認できない',
    }),
    select_poll: counter('count', {
      en: 'Errors of select() or poll()',
      ja: 'select() または poll() のエラー',
    }),
    tcpwrap: counter('count', { en: 'Refused by libwrap', ja: 'libwrap による拒否' }),
  },
  panels: [
    {
      id: 'errors',
      title: { en: 'Connection errors', ja: '接続エラー' },
      show: 'stacked',
      y: ['max_connections', 'internal', 'accept', 'peer_address', 'select_poll', 'tcpwrap'],
    },
  ],
  alerts: [
    {
      id: 'refused',
      on: 'max_connections',
      above: { warning: 1 },
      for: '1m',
      says: {
        en: 'Connections are refused because max_connections is reached.',
        ja: 'max_connections に達したため接続が拒否されています。',
      },
      fix: {
        en: 'Find the application that holds the connections and lower its pool, or raise max_connections with SET GLOBAL.',
        ja: '接続を占めているアプリケーションを調べてプールを小さくするか、SET GLOBAL で max_connections を増やしてください。',
      },
    },
  ],
});
