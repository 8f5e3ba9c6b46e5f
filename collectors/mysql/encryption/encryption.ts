/** What is encrypted: connections, tablespaces, redo and binary logs. */
import { defineMetric, flag, gauge } from '@/lib/metric/define-metric';

// Without performance_schema the kinds of connections are not kept: unknown.
const sessions = `(select sum(connection_type in ('TCP/IP', 'SSL/TLS')) as remote, sum(connection_type = 'SSL/TLS') as encrypted
    from performance_schema.threads where type = 'FOREGROUND' and processlist_id <> connection_id()) c`;
const shares = `coalesce(c.remote, case when @@global.performance_schema then 0 end) as sessions,
    coalesce(c.encrypted, case when @@global.performance_schema then 0 end) as encrypted_sessions,
    c.encrypted / nullif(c.remote, 0) as encrypted_ratio, t.tablespaces, t.encrypted_tablespaces`;

export const mysqlEncryption = defineMetric({
  id: 'mysql.encryption',
  layer: 'infrastructure',
  title: { en: 'Encryption', ja: '暗号化' },
  help: {
    en: 'Sessions over the network and those with TLS, without our own; tablespaces and logs that are encrypted on disk.',
    ja: 'ネットワーク経由のセッションと TLS を使うもの(当方の接続を除く)、ディスク上で暗号化されたテーブルスペースとログ。',
  },
  source:
    'performance_schema.threads, information_schema.INNODB_TABLESPACES, MariaDB information_schema.INNODB_TABLESPACES_ENCRYPTION',
  every: '5m',
  timeout: '5s',
  on: 'any',
  cost: 'medium',
  needs: [{ privilege: 'PROCESS' }, { variable: 'performance_schema', value: 'ON' }],
  queries: [
    {
      from: 800,
      flavour: 'mysql',
      sql: `select ${shares}, @@global.innodb_redo_log_encrypt as redo, @@global.binlog_encryption as \`binlog\`,
    @@global.require_secure_transport as tls_required
  from ${sessions}, (select count(*) as tablespaces, coalesce(sum(encryption = 'Y'), 0) as encrypted_tablespaces
    from information_schema.innodb_tablespaces where space_type in ('Single', 'General')) t`,
    },
    {
      from: 1006,
      flavour: 'mariadb',
      sql: `select ${shares}, @@global.innodb_encrypt_log as redo, @@global.encrypt_binlog as \`binlog\`,
    @@global.require_secure_transport as tls_required
  from ${sessions}, (select (select count(*) from information_schema.innodb_sys_tablespaces) as tablespaces,
    (select count(*) from information_schema.innodb_tablespaces_encryption where encryption_scheme <> 0) as encrypted_tablespaces) t`,
    },
  ],
  columns: {
    sessions: gauge('count', {
      en: 'Sessions over the network',
      ja: 'ネットワーク経由のセッション',
    }),
    encrypted_sessions: gauge('count', { en: 'Of these with TLS', ja: 'うち TLS 使用' }),
    encrypted_ratio: gauge('ratio', { en: 'Share with TLS', ja: 'TLS の割合' }),
    tls_required: flag({ en: 'require_secure_transport', ja: 'require_secure_transport' }),
    tablespaces: gauge('count', { en: 'Tablespaces', ja: 'テーブルスペース' }),
    encrypted_tablespaces: gauge('count', {
      en: 'Encrypted tablespaces',
      ja: '暗号化されたテーブルスペース',
    }),
    redo: flag({ en: 'The redo log is encrypted', ja: 'redo ログが暗号化されている' }),
    binlog: flag({ en: 'Binary logs are encrypted', ja: 'バイナリログが暗号化されている' }),
  },
  panels: [
    {
      id: 'sessions',
      title: { en: 'Sessions with TLS', ja: 'TLS のセッション' },
      show: 'line',
      y: ['encrypted_sessions'],
      limit: 'sessions',
    },
    {
      id: 'tablespaces',
      title: { en: 'Encrypted tablespaces', ja: '暗号化されたテーブルスペース' },
      show: 'line',
      y: ['encrypted_tablespaces'],
      limit: 'tablespaces',
    },
  ],
});
