/** What purge has not removed yet, and the transaction that may hold it back. */
import { counter, defineMetric, gauge } from '@/lib/metric/define-metric';
import { forBoth, innodbCounter } from '../status-queries';

export const mysqlHistory = defineMetric({
  id: 'mysql.history',
  layer: 'database',
  title: { en: 'History list and purge', ja: 'ヒストリーリストとパージ' },
  help: {
    en: 'Undo that old snapshots may still need. It grows while the oldest transaction stays open, and reads of changed rows become slower.',
    ja: '古いスナップショットが必要とする可能性のある undo の量。最も古いトランザクションが開いている間は増え続け、変更された行の読み取りが遅くなります。',
  },
  source:
    'information_schema.INNODB_METRICS: trx_rseg_history_len, purge_dml_delay_usec; information_schema.INNODB_TRX',
  every: '30s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ privilege: 'PROCESS' }],
  queries: forBoth(
    (flavour) => `select ${innodbCounter(flavour, 'trx_rseg_history_len')} as history_length,
    ${innodbCounter(flavour, 'purge_dml_delay_usec')} / 1000 as purge_delay_ms,
    @@global.innodb_max_purge_lag as max_purge_lag,
    t.open_transactions, t.oldest_ms, t.locked_rows, t.modified_rows
  from (select count(*) as open_transactions,
      1000 * max(case when trx_started > now() then 0 else timestampdiff(second, trx_started, now()) end) as oldest_ms,
      coalesce(sum(trx_rows_locked), 0) as locked_rows, coalesce(sum(trx_rows_modified), 0) as modified_rows
    from information_schema.innodb_trx) t`,
  ),
  columns: {
    history_length: gauge('count', { en: 'History list length', ja: 'ヒストリーリストの長さ' }),
    open_transactions: gauge('count', {
      en: 'Open transactions',
      ja: '開いているトランザクション',
    }),
    oldest_ms: gauge('ms', {
      en: 'Age of the oldest transaction; unknown when none is open',
      ja: '最も古いトランザクションの経過時間。開いていなければ不明',
    }),
    locked_rows: gauge('count', { en: 'Rows locked', ja: 'ロック中の行' }),
    modified_rows: gauge('count', {
      en: 'Rows changed and not committed',
      ja: '未コミットの変更行',
    }),
    max_purge_lag: gauge('count', {
      en: 'innodb_max_purge_lag; 0 is no limit',
      ja: 'innodb_max_purge_lag(0 は無制限)',
    }),
    purge_delay_ms: counter('ms', {
      en: 'Delay put on writes because purge is behind',
      ja: 'パージの遅れのために書き込みに加えられた遅延',
    }),
  },
  panels: [
    {
      id: 'history',
      title: { en: 'History list length', ja: 'ヒストリーリストの長さ' },
      show: 'line',
      y: ['history_length'],
    },
    {
      id: 'oldest',
      title: { en: 'Age of the oldest transaction', ja: '最も古いトランザクションの経過時間' },
      show: 'line',
      y: ['oldest_ms'],
    },
    {
      id: 'open',
      title: { en: 'Open transactions', ja: '開いているトランザクション' },
      show: 'line',
      y: ['open_transactions'],
    },
  ],
});
