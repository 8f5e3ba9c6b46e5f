/** What sessions do at the moment of a poll: executing, waiting, holding others up. */
import { defineMetric, gauge, label } from '@/lib/metric/define-metric';

/** Who has a statement or a transaction open, by session. Texts are not read: the id of the statement is enough. */
const activeSessions = (
  queryId: string,
) => `select pid, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as started,
    case when state like 'idle in transaction%' then 'idle in transaction' else 'active' end as state,
    coalesce(wait_event_type, 'CPU') as wait, wait_event as event, usename, datname, application_name,
    usesysid || '/' || datid || '/' || ${queryId} || '/t' as statement
  from pg_stat_activity
  where state <> 'idle' and state <> 'disabled' and backend_type in ('client backend', 'parallel worker') and pid <> pg_backend_pid()
  order by state like 'idle in transaction%', query_start
  limit 500`;

export const activity = defineMetric({
  id: 'postgres.activity',
  layer: 'database',
  title: { en: 'Activity and locks', ja: 'アクティビティとロック' },
  help: {
    en: 'Sessions waiting for locks, and the oldest of what should be short: statements, transactions, idle transactions, snapshots.',
    ja: 'ロック待ちのセッションと、短いはずのもの(文、トランザクション、待機中トランザクション、スナップショット)の最長時間。',
  },
  source: 'pg_stat_activity, pg_prepared_xacts',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ role: 'pg_read_all_stats' }],
  queries: [
    {
      from: 13,
      // Ages by the server's own clock, by state: an idle session still shows its last statement.
      sql: `select
    count(*) filter (where client and state = 'active') as active,
    count(*) filter (where wait_event_type = 'Lock') as waiting_for_lock,
    coalesce(max(extract(epoch from now - query_start) * 1000) filter (where client and state = 'active'), 0) as longest_statement_ms,
    coalesce(max(extract(epoch from now - xact_start) * 1000) filter (where client), 0) as longest_transaction_ms,
    coalesce(max(extract(epoch from now - state_change) * 1000) filter (where client and state like 'idle in transaction%'), 0)
      as longest_idle_in_transaction_ms,
    coalesce(max(extract(epoch from now - query_start) * 1000) filter (where wait_event_type = 'Lock'), 0) as longest_lock_wait_ms,
    coalesce(max(age(backend_xmin)), 0) as oldest_snapshot_age,
    (select count(*) from pg_prepared_xacts) as prepared_transactions
  from (select a.*, clock_timestamp() as now, backend_type = 'client backend' as client
          from pg_stat_activity a where pid <> pg_backend_pid()) a`,
    },
  ],
  columns: {
    active: gauge('count', { en: 'Sessions executing a statement', ja: '文を実行中のセッション' }),
    waiting_for_lock: gauge('count', {
      en: 'Sessions waiting for a lock',
      ja: 'ロック待ちのセッション',
    }),
    longest_statement_ms: gauge('ms', {
      en: 'Longest running statement',
      ja: '最も長く実行中の文',
    }),
    longest_transaction_ms: gauge('ms', {
      en: 'Longest open transaction',
      ja: '最も長いトランザクション',
    }),
    longest_idle_in_transaction_ms: gauge('ms', {
      en: 'Longest idle in transaction',
      ja: 'トランザクション中の最長待機',
    }),
    longest_lock_wait_ms: gauge('ms', {
      en: 'Longest wait for a lock, from the start of the statement',
      ja: '最長のロック待ち(文の開始から)',
    }),
    oldest_snapshot_age: gauge('xids', {
      en: 'Transactions since the oldest snapshot in use: dead rows newer than it cannot be removed',
      ja: '使用中の最古のスナップショットからのトランザクション数。それより新しい不要行は回収できません',
    }),
    prepared_transactions: gauge('count', {
      en: 'Prepared transactions',
      ja: 'プリペアドトランザクション',
    }),
  },
  panels: [
    {
      id: 'lock-waits',
      title: { en: 'Sessions waiting for locks', ja: 'ロック待ちのセッション' },
      show: 'line',
      y: ['waiting_for_lock'],
    },
    {
      id: 'oldest',
      title: {
        en: 'Oldest transaction, idle transaction and statement',
        ja: '最長のトランザクション・待機・文',
      },
      show: 'line',
      y: ['longest_transaction_ms', 'longest_idle_in_transaction_ms', 'longest_statement_ms'],
    },
  ],
  alerts: [
    {
      id: 'idle-in-transaction',
      on: 'longest_idle_in_transaction_ms',
      above: { warning: 300_000 },
      for: '1m',
      says: {
        en: 'A session has been idle in a transaction for long.',
        ja: 'トランザクションを開いたまま長く待機しているセッションがあります。',
      },
      fix: {
        en: 'Find the application that does not end its transaction; set idle_in_transaction_session_timeout.',
        ja: 'トランザクションを終えないアプリケーションを探し、idle_in_transaction_session_timeout を設定してください。',
      },
    },
    {
      id: 'blocked',
      on: 'waiting_for_lock',
      above: { warning: 5 },
      for: '1m',
      says: { en: 'Many sessions wait for locks.', ja: '多くのセッションがロックを待っています。' },
      fix: {
        en: 'Look for the session at the head of the queue and what it is doing.',
        ja: '待ち行列の先頭のセッションと、その処理内容を調べてください。',
      },
    },
    {
      id: 'lock-wait',
      on: 'longest_lock_wait_ms',
      above: { warning: 60_000 },
      for: '1m',
      says: {
        en: 'A session waits long for a lock.',
        ja: 'ロックを長く待っているセッションがあります。',
      },
      fix: {
        en: 'See who holds the lock; set lock_timeout for schema changes.',
        ja: 'ロックの保持者を調べ、スキーマ変更には lock_timeout を設定してください。',
      },
    },
  ],
});

export const load = defineMetric({
  id: 'postgres.load',
  layer: 'database',
  title: { en: 'Load by what it waits for', ja: '待機要因別の負荷' },
  help: {
    en: 'Average active sessions: those executing a statement, looked at each second, by what they wait for. CPU means: not waiting. More of them than the host has cores means that sessions queue for a processor.',
    ja: '平均アクティブセッション数：文を実行中のセッションを毎秒調べ、待機要因別に平均したものです。CPU は待機なしを意味します。ホストのコア数を超える場合、CPU の順番待ちが起きています。',
  },
  source: 'pg_stat_activity, pg_blocking_pids() for those that wait for a lock',
  origin: 'sampled',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ role: 'pg_read_all_stats' }],
  queries: [
    { from: 13, sql: activeSessions('null::text') },
    { from: 14, sql: activeSessions('query_id') },
  ],
  columns: {
    wait: label(),
    sessions: gauge('count', { en: 'Average active sessions', ja: '平均アクティブセッション数' }),
    cores: gauge('count', {
      en: 'Cores of the host: its own when the collector runs on it, else the label "cores" of the instance',
      ja: 'ホストのコア数。収集プロセスと同じホストなら自動、そうでなければインスタンスのラベル "cores"',
    }),
  },
  panels: [
    {
      id: 'by-wait',
      title: { en: 'Average active sessions, by wait', ja: '平均アクティブセッション(待機要因別)' },
      show: 'stacked',
      y: ['sessions'],
      by: 'wait',
      limit: 'cores',
    },
  ],
});

export const applications = defineMetric({
  id: 'postgres.applications',
  layer: 'application',
  title: { en: 'Connections by application', ja: 'アプリケーション別の接続' },
  help: {
    en: 'Which applications are connected, by application_name: the first view of the application layer from inside the database.',
    ja: 'application_name 別の接続。データベースの内側から見たアプリケーション層の最初の姿です。',
  },
  source: 'pg_stat_activity',
  every: '30s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ role: 'pg_read_all_stats' }],
  queries: [
    {
      from: 13,
      // At most 20 names; names beyond them are shown together.
      sql: `select case when nth <= 20 then name else '(others)' end as application, sum(connections) as connections,
    sum(active) as active, sum(idle_in_transaction) as idle_in_transaction
  from (
    select coalesce(nullif(regexp_replace(application_name, '^yagura/.*', 'yagura'), ''), '(no name)') as name,
      count(*) as connections, count(*) filter (where state = 'active') as active,
      count(*) filter (where state like 'idle in transaction%') as idle_in_transaction,
      row_number() over (order by count(*) desc, 1) as nth
    from pg_stat_activity where backend_type = 'client backend' group by 1) a
  group by 1`,
    },
  ],
  columns: {
    application: label(),
    connections: gauge('count', { en: 'Connections', ja: '接続数' }),
    active: gauge('count', { en: 'Executing a statement', ja: '文を実行中' }),
    idle_in_transaction: gauge('count', {
      en: 'Idle in a transaction',
      ja: 'トランザクション中で待機',
    }),
  },
  panels: [
    {
      id: 'by-application',
      title: { en: 'Connections by application', ja: 'アプリケーション別の接続' },
      show: 'stacked',
      y: ['connections'],
      by: 'application',
    },
  ],
});
