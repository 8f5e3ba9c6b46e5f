/** Slots keep WAL until it is read: a forgotten one fills the disk. */
import { defineMetric, flag, gauge, label } from '@/lib/metric/define-metric';

const columns = (inactive: string) => `slot_name, slot_type, active,
    case when retained < 0 then 0 else retained end as retained_bytes,
    safe_wal_size as safe_bytes, coalesce(wal_status = 'lost', false) as lost, age(xmin) as xmin_age,
    age(catalog_xmin) as catalog_xmin_age, ${inactive} as inactive_ms
  from pg_replication_slots cross join lateral (select pg_wal_lsn_diff(
    case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, restart_lsn) as retained) d`;

export const replicationSlots = defineMetric({
  id: 'postgres.replication-slots',
  layer: 'database',
  title: { en: 'Replication slots', ja: 'レプリケーションスロット' },
  help: {
    en: 'An inactive slot keeps WAL on disk until it is dropped; it can fill the volume.',
    ja: '使われていないスロットは、削除されるまで WAL をディスクに留め、容量を使い切ることがあります。',
  },
  source: 'pg_replication_slots',
  every: '30s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ role: 'pg_read_all_stats' }],
  queries: [
    { from: 13, sql: `select ${columns('null::float8')}` },
    {
      from: 17,
      sql: `select ${columns('extract(epoch from clock_timestamp() - inactive_since) * 1000')}`,
    },
  ],
  columns: {
    slot_name: label(),
    slot_type: label(),
    active: flag({ en: 'Somebody reads it', ja: '読み手がいる' }),
    retained_bytes: gauge('bytes', { en: 'WAL kept for it', ja: '保持している WAL' }),
    safe_bytes: gauge('bytes', {
      en: 'WAL that may still be written before it is lost; unknown without max_slot_wal_keep_size',
      ja: '失われるまでに書ける WAL。max_slot_wal_keep_size なしでは不明',
    }),
    lost: flag({ en: 'Needed WAL is gone', ja: '必要な WAL が失われた' }),
    xmin_age: gauge('xids', {
      en: 'Transactions since the oldest row version it keeps',
      ja: '保持している最古の行バージョンからのトランザクション数',
    }),
    catalog_xmin_age: gauge('xids', {
      en: 'The same for system catalogues',
      ja: '同上(システムカタログ)',
    }),
    inactive_ms: gauge('ms', { en: 'Inactive for (17+)', ja: '非アクティブ時間(17 以降)' }),
  },
  panels: [
    {
      id: 'retained',
      title: { en: 'WAL kept by slots', ja: 'スロットが保持する WAL' },
      show: 'line',
      y: ['retained_bytes'],
      by: 'slot_name',
    },
  ],
  alerts: [
    {
      id: 'retains-wal',
      on: 'retained_bytes',
      above: { warning: 5e9, critical: 50e9 },
      for: '5m',
      says: {
        en: 'A replication slot keeps much WAL on disk.',
        ja: 'レプリケーションスロットが大量の WAL を保持しています。',
      },
      fix: {
        en: "If its reader is gone for good: SELECT pg_drop_replication_slot('...'). Limit the risk with max_slot_wal_keep_size.",
        ja: "読み手がもう存在しないなら SELECT pg_drop_replication_slot('...') で削除し、max_slot_wal_keep_size で上限を設けてください。",
      },
    },
  ],
});
