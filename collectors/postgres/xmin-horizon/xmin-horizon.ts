/** Who keeps vacuum from removing dead rows: the oldest of each kind of holder. */
import { defineMetric, gauge, label } from '@/lib/metric/define-metric';

export const xminHorizon = defineMetric({
  id: 'postgres.xmin-horizon',
  layer: 'database',
  title: { en: 'What holds dead rows back', ja: '不要行の回収を妨げるもの' },
  help: {
    en: 'Rows that died after the oldest of these cannot be removed anywhere in the server: an open transaction, a prepared transaction, a standby with hot_standby_feedback, a replication slot (slot-catalog: of the system tables only). 0 when there is none.',
    ja: 'これらのうち最古のもの以降に不要になった行は、サーバー全体で回収できません: 開いたままのトランザクション、プリペアドトランザクション、hot_standby_feedback を使うスタンバイ、レプリケーションスロット(slot-catalog はシステムカタログのみ)。該当がなければ 0。',
  },
  source: 'pg_stat_activity, pg_prepared_xacts, pg_stat_replication, pg_replication_slots',
  every: '30s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ role: 'pg_read_all_stats' }],
  queries: [
    {
      from: 13,
      // A transaction that has written holds by its own id even while it has no snapshot; VACUUM itself holds nothing back.
      // A walsender's snapshot is its standby's; with a slot it is the slot's.
      sql: `with holders as (
    select 'transaction' as held_by, greatest(age(backend_xid), age(backend_xmin)) as xid_age, xact_start as since
      from pg_stat_activity
      where pid <> pg_backend_pid() and backend_type <> 'walsender' and pid not in (select pid from pg_stat_progress_vacuum)
    union all
    select 'prepared-transaction', age(transaction), prepared from pg_prepared_xacts
    union all
    select 'standby', age(backend_xmin), null from pg_stat_replication
    union all
    select 'slot', age(xmin), null from pg_replication_slots
    union all
    select 'slot-catalog', age(catalog_xmin), null from pg_replication_slots
  ), oldest as (
    select distinct on (held_by) held_by, xid_age, since, count(*) over (partition by held_by) as holders
    from holders where xid_age is not null order by held_by, xid_age desc, since
  )
  select k.held_by, coalesce(o.holders, 0) as holders, coalesce(o.xid_age, 0) as xid_age,
    case when o.held_by is null then 0 else extract(epoch from clock_timestamp() - o.since) * 1000 end as held_ms
  from unnest(array['transaction', 'prepared-transaction', 'standby', 'slot', 'slot-catalog']) as k(held_by)
  left join oldest o using (held_by)`,
    },
  ],
  columns: {
    held_by: label(),
    holders: gauge('count', { en: 'How many hold one', ja: '保持しているものの数' }),
    xid_age: gauge('xids', {
      en: 'Transactions since the oldest one',
      ja: '最古のものからのトランザクション数',
    }),
    held_ms: gauge('ms', {
      en: 'For how long the oldest has been open; unknown for standbys and slots',
      ja: '最古のものが開いている時間。スタンバイとスロットでは不明',
    }),
  },
  panels: [
    {
      id: 'age',
      title: { en: 'Oldest holder, in transactions', ja: '最古の保持者(トランザクション数)' },
      show: 'line',
      y: ['xid_age'],
      by: 'held_by',
    },
    {
      id: 'duration',
      title: { en: 'Oldest holder, in time', ja: '最古の保持者(時間)' },
      show: 'line',
      y: ['held_ms'],
      by: 'held_by',
    },
  ],
  alerts: [
    {
      id: 'held-back',
      on: 'xid_age',
      above: { warning: 10_000_000, critical: 150_000_000 },
      for: '5m',
      says: {
        en: 'Something old keeps vacuum from removing dead rows and freezing.',
        ja: '古いものが VACUUM による不要行の回収と凍結を妨げています。',
      },
      fix: {
        en: 'By kind: end the old transaction; COMMIT PREPARED or ROLLBACK PREPARED; end the long query on the standby or switch hot_standby_feedback off; drop the slot nobody reads.',
        ja: '種類に応じて、古いトランザクションを終了する、COMMIT PREPARED か ROLLBACK PREPARED を行う、スタンバイの長い問い合わせを終了するか hot_standby_feedback を無効にする、読み手のないスロットを削除する。',
      },
    },
  ],
});
