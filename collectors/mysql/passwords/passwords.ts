/** How old the passwords of accounts are. Of mysql.user only these columns are read; the login has no right to the others. */
import { defineMetric, gauge } from '@/lib/metric/define-metric';

export const mysqlPasswords = defineMetric({
  id: 'mysql.passwords',
  layer: 'database',
  title: { en: 'Password ages', ja: 'パスワードの経過期間' },
  help: {
    en: 'Accounts that can log in with a password, and how long ago the oldest was changed. Locked accounts are left out. MariaDB keeps the time beside the hash and does not show it alone.',
    ja: 'パスワードでログインできるアカウントと、最も古いパスワードの変更からの経過時間。ロックされたアカウントは除きます。MariaDB は変更時刻をハッシュと同じ場所に持ち、単独では示しません。',
  },
  source: 'mysql.user: password_last_changed, password_lifetime, password_expired, account_locked',
  every: '1h',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [
    {
      privilege:
        'SELECT (User, Host, account_locked, password_expired, password_last_changed, password_lifetime) on mysql.user',
    },
  ],
  queries: [
    {
      from: 800,
      flavour: 'mysql',
      sql: `select count(*) as accounts, coalesce(sum(password_expired = 'Y'), 0) as expired,
    1000 * max(timestampdiff(second, password_last_changed, now())) as oldest_ms,
    coalesce(sum(coalesce(password_lifetime, @@global.default_password_lifetime) = 0), 0) as never_expire
  from mysql.user where account_locked = 'N' and password_last_changed is not null`,
    },
  ],
  columns: {
    accounts: gauge('count', {
      en: 'Accounts with a password',
      ja: 'パスワードを持つアカウント',
    }),
    oldest_ms: gauge('ms', {
      en: 'Age of the oldest password',
      ja: '最も古いパスワードの経過時間',
    }),
    expired: gauge('count', { en: 'Marked as expired', ja: '期限切れ' }),
    never_expire: gauge('count', { en: 'Never expire', ja: '無期限' }),
  },
  panels: [
    {
      id: 'oldest',
      title: { en: 'Age of the oldest password', ja: '最も古いパスワードの経過時間' },
      show: 'line',
      y: ['oldest_ms'],
    },
    {
      id: 'accounts',
      title: { en: 'Accounts with a password', ja: 'パスワードを持つアカウント' },
      show: 'line',
      y: ['accounts', 'expired', 'never_expire'],
    },
  ],
});
