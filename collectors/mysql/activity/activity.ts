/** What sessions do at the moment of a poll: executing, waiting, holding others up. */
import { defineMetric, gauge, label } from '@/lib/metric/define-metric';
import { forBoth } from '../status-queries';

/** Threads of the server itself, and connections that fetch the binary log, are no load of clients. */
const clients = {
  mysql: {
    from: 'performance_schema.threads',
    pid: 'processlist_id',
    command: 'processlist_command',
    state: 'processlist_state',
    ms: 'processlist_time * 1000',
    where: `processlist_id is not null and processlist_user is not null and processlist_user not in ('system user', 'event_scheduler')
      and processlist_command not in ('Daemon', 'Binlog Dump', 'Binlog Dump GTID') and processlist_id <> connection_id()`,
  },
  mariadb: {
    from: 'information_schema.processlist',
    pid: 'id',
    command: 'command',
    state: 'state',
    ms: 'time_ms',
    where: `user not in ('system user', 'event_scheduler') and command not in ('Daemon', 'Binlog Dump') and id <> connection_id()`,
  },
};

export const mysqlActivity = defineMetric({
  id: 'mysql.activity',
  layer: 'database',
  title: { en: 'Activity and locks', ja: 'アクティビティとロック' },
  help: {
    en: 'Sessions waiting for locks, and the oldest of what should be short: statements, transactions, idle transactions. Transactions are timed to the second, in MySQL statements too.',
    ja: 'ロック待ちのセッションと、短いはずのもの(文、トランザクション、待機中トランザクション)の最長時間。トランザクションは秒単位、MySQL では文も秒単位です。',
  },
  source:
    'performance_schema.threads (MariaDB: information_schema.PROCESSLIST), information_schema.INNODB_TRX',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ privilege: 'PROCESS' }],
  queries: forBoth((flavour) => {
    const { from, pid, command, state, ms, where } = clients[flavour];
    return `select coalesce(sum(${command} <> 'Sleep'), 0) as active,
    coalesce(sum(x.waiting = 1 or ${state} like 'Waiting for%lock'), 0) as waiting_for_lock,
    coalesce(max(case when ${command} <> 'Sleep' then ${ms} end), 0) as longest_statement_ms,
    coalesce(max(x.transaction_ms), 0) as longest_transaction_ms,
    coalesce(max(case when ${command} = 'Sleep' and x.transaction_ms is not null then ${ms} end), 0) as longest_idle_in_transaction_ms,
    coalesce(max(case when x.waiting = 1 then x.wait_ms when ${state} like 'Waiting for%lock' then ${ms} end), 0) as longest_lock_wait_ms,
    (select count(*) from information_schema.innodb_trx where trx_mysql_thread_id = 0) as prepared_transactions
  from ${from}
    left join (select trx_mysql_thread_id as connection, max(trx_state = 'LOCK WAIT') as waiting,
        max(timestampdiff(microsecond, trx_started, now(6))) / 1000 as transaction_ms,
        max(timestampdiff(microsecond, trx_wait_started, now(6))) / 1000 as wait_ms
      from information_schema.innodb_trx where trx_mysql_thread_id > 0 group by 1) x on x.connection = ${pid}
  where ${where}`;
  }),
  columns: {
    active: gauge('count', { en: 'Sessions executing a statement', ja: '文を実行中のセッション' }),
    waiting_for_lock: gauge('count', {
      en: 'Sessions waiting for a lock on rows or on a definition',
      ja: '行または定義のロックを待つセッション',
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
    longest_lock_wait_ms: gauge('ms', { en: 'Longest wait for a lock', ja: '最長のロック待ち' }),
    prepared_transactions: gauge('count', {
      en: 'Transactions without a connection: prepared ones (XA), or recovered ones',
      ja: '接続のないトランザクション(XA のプリペアド、または復旧中)',
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
        en: 'Find the application that does not end its transaction: its locks stay, and purge keeps all versions of rows since then. MariaDB can end such sessions (idle_transaction_timeout).',
        ja: 'トランザクションを終えないアプリケーションを探してください。ロックが残り、以降の行の旧版もパージされません。MariaDB は idle_transaction_timeout で終了できます。',
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
        en: 'See who holds the lock; set lock_wait_timeout for schema changes and innodb_lock_wait_timeout for rows.',
        ja: 'ロックの保持者を調べ、スキーマ変更には lock_wait_timeout、行には innodb_lock_wait_timeout を設定してください。',
      },
    },
  ],
});

export const mysqlLoad = defineMetric({
  id: 'mysql.load',
  layer: 'database',
  title: { en: 'Load by what it waits for', ja: '待機要因別の負荷' },
  help: {
    en: 'Average active sessions: those executing a statement, looked at each second, by what they wait for. Where the consumer events_waits_current is off (the default), the server does not say who computes and who reads: both are "CPU or IO". More of them than the host has cores means that sessions queue for a processor.',
    ja: '平均アクティブセッション数：文を実行中のセッションを毎秒調べ、待機要因別に平均したものです。コンシューマ events_waits_current が無効(既定)の場合、計算中か読み取り中かをサーバーは示さないため「CPU or IO」とします。ホストのコア数を超える場合、CPU の順番待ちが起きています。',
  },
  source:
    'performance_schema.threads, events_statements_current, events_waits_current where collected; information_schema.PROCESSLIST in MariaDB; INNODB_TRX, data_lock_waits and metadata_locks only while somebody waits',
  origin: 'sampled',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ privilege: 'PROCESS' }],
  queries: [
    {
      ...{ from: 800, flavour: 'mysql' },
      sql: `select t.processlist_id as pid, t.processlist_user as user, t.processlist_db as db, t.processlist_state as state,
    s.digest, s.current_schema, case when s.digest is null then left(t.processlist_info, 4096) end as text,
    (select variable_value from performance_schema.global_status where variable_name = 'Innodb_row_lock_current_waits') as row_lock_waits
  from performance_schema.threads t
    left join performance_schema.events_statements_current s
      on s.thread_id = t.thread_id and s.nesting_event_level = 0 and s.end_event_id is null
  where ${clients.mysql.where} and processlist_command <> 'Sleep'
  limit 500`,
    },
    {
      ...{ from: 1006, flavour: 'mariadb' },
      sql: `select id as pid, user, db, state, null as digest, null as current_schema, left(info, 4096) as text,
    (select variable_value from information_schema.global_status where variable_name = 'INNODB_ROW_LOCK_CURRENT_WAITS') as row_lock_waits
  from information_schema.processlist
  where ${clients.mariadb.where} and command <> 'Sleep'
  limit 500`,
    },
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
