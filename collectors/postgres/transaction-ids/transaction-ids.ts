/** How near the databases are to running out of transaction ids. */
import { defineMetric, gauge, label } from '@/lib/metric/define-metric';

export const transactionIds = defineMetric({
  id: 'postgres.transaction-ids',
  layer: 'database',
  title: { en: 'Transaction ids', ja: 'トランザクション ID' },
  help: {
    en: 'Age of the oldest unfrozen transaction. At about two billion the server stops accepting writes.',
    ja: '凍結されていない最古のトランザクションの古さ。約 20 億で書き込みを受け付けなくなります。',
  },
  source: 'pg_database.datfrozenxid, datminmxid',
  every: '1m',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: [
    {
      from: 13,
      sql: `select datname as database, age(datfrozenxid) as xid_age, mxid_age(datminmxid) as multixact_age,
    age(datfrozenxid) / 2147483647.0 as used_ratio
  from pg_database where datallowconn`,
    },
  ],
  columns: {
    database: label(),
    xid_age: gauge('xids', { en: 'Age in transactions', ja: 'トランザクション数での古さ' }),
    multixact_age: gauge('xids', {
      en: 'Age in multixacts',
      ja: 'マルチトランザクション数での古さ',
    }),
    used_ratio: gauge('ratio', { en: 'Share of the range used up', ja: '使用済みの割合' }),
  },
  panels: [
    {
      id: 'age',
      title: { en: 'Age of the oldest transaction', ja: '最古のトランザクションの古さ' },
      show: 'line',
      y: ['xid_age'],
      by: 'database',
    },
  ],
  alerts: [
    {
      id: 'wraparound',
      on: 'used_ratio',
      above: { warning: 0.5, critical: 0.75 },
      for: '5m',
      says: {
        en: 'A database uses up its transaction ids.',
        ja: 'トランザクション ID の枯渇が近づいています。',
      },
      fix: {
        en: 'Find what keeps autovacuum from freezing (old transactions, slots, prepared transactions) and VACUUM (FREEZE) the oldest tables.',
        ja: 'autovacuum の凍結を妨げるもの(古いトランザクション、スロット、プリペアドトランザクション)を取り除き、古いテーブルに VACUUM (FREEZE) を実行してください。',
      },
    },
  ],
});
