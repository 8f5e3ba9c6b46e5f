/** Replication as a standby sees it: what it received, what it replayed, whether anybody sends. */
import { counter, defineMetric, flag, gauge, label } from '@/lib/metric/define-metric';

export const replica = defineMetric({
  id: 'postgres.replica',
  layer: 'database',
  title: { en: 'Replication, seen from the standby', ja: 'レプリケーション(受信側)' },
  help: {
    en: 'The age of the last replayed commit grows on an idle primary too, so by itself it is not a lag. A dead link is seen by the receiver, not by positions being equal.',
    ja: '最後に再生したコミットの経過時間は、プライマリが無風でも増えるため、それだけでは遅延ではありません。切断は位置の一致ではなく受信プロセスで判断します。',
  },
  source:
    'pg_stat_wal_receiver, pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn(), pg_last_xact_replay_timestamp()',
  every: '10s',
  timeout: '3s',
  on: 'replica',
  cost: 'low',
  needs: [{ role: 'pg_read_all_stats' }],
  queries: [
    {
      from: 13,
      sql: `select coalesce(r.sender_host, '') as sender_host, coalesce(r.sender_port::text, '') as sender_port,
    coalesce(r.slot_name, '') as slot_name,
    coalesce(substring(r.conninfo from $re$(?<!fallback_)application_name='?([^' ]+)$re$),
             substring(r.conninfo from $re$fallback_application_name='?([^' ]+)$re$), '') as application_name,
    coalesce(r.status = 'streaming', false) as receiving,
    pg_is_wal_replay_paused() as replay_paused,
    pg_wal_lsn_diff(l.receive, '0/0') as receive_lsn, pg_wal_lsn_diff(l.replay, '0/0') as replay_lsn,
    case when d.unreplayed < 0 then 0 else d.unreplayed end as unreplayed_bytes,
    pg_wal_lsn_diff(r.latest_end_lsn, '0/0') as sender_lsn,
    case when d.replay_age < 0 then 0 else d.replay_age end as replay_age_ms,
    case when d.message_age < 0 then 0 else d.message_age end as message_age_ms,
    extract(epoch from current_setting('recovery_min_apply_delay')::interval) * 1000 as configured_delay_ms
  from (select case when pg_is_in_recovery() then pg_last_wal_receive_lsn() end as receive,
               case when pg_is_in_recovery() then pg_last_wal_replay_lsn() end as replay) l
  left join pg_stat_wal_receiver r on true
  cross join lateral (select pg_wal_lsn_diff(l.receive, l.replay) as unreplayed,
    extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000 as replay_age,
    extract(epoch from clock_timestamp() - r.last_msg_receipt_time) * 1000 as message_age) d
  where pg_is_in_recovery()`,
    },
  ],
  columns: {
    sender_host: label(),
    sender_port: label(),
    slot_name: label(),
    application_name: label(),
    receiving: flag({ en: 'The receiver is streaming', ja: '受信プロセスがストリーミング中' }),
    replay_paused: flag({ en: 'Replay is paused', ja: '再生が一時停止中' }),
    receive_lsn: gauge('bytes', { en: 'WAL position received', ja: '受信済みの WAL 位置' }),
    replay_lsn: gauge('bytes', { en: 'WAL position replayed', ja: '再生済みの WAL 位置' }),
    unreplayed_bytes: gauge('bytes', { en: 'Received but not replayed', ja: '受信済みで未再生' }),
    sender_lsn: gauge('bytes', {
      en: 'Last position the sender reported',
      ja: '送信元が最後に報告した位置',
    }),
    replay_age_ms: gauge('ms', {
      en: 'Age of the last replayed commit; grows while nothing is written',
      ja: '最後に再生したコミットの経過時間。書き込みがない間も増えます',
    }),
    message_age_ms: gauge('ms', {
      en: 'Time since the sender was last heard',
      ja: '送信元から最後に受信してからの時間',
    }),
    configured_delay_ms: gauge('ms', {
      en: 'recovery_min_apply_delay: a delay that is wanted',
      ja: 'recovery_min_apply_delay(意図した遅延)',
    }),
  },
  panels: [
    {
      id: 'unreplayed',
      title: { en: 'Received but not replayed', ja: '受信済みで未再生のバイト数' },
      show: 'line',
      y: ['unreplayed_bytes'],
    },
    {
      id: 'heard',
      title: { en: 'Time since the sender was heard', ja: '送信元からの最終受信' },
      show: 'line',
      y: ['message_age_ms'],
    },
  ],
  alerts: [
    {
      id: 'not-heard',
      on: 'message_age_ms',
      above: { warning: 60_000, critical: 300_000 },
      for: '1m',
      says: {
        en: 'The standby has not heard its sender for long.',
        ja: 'スタンバイが送信元から長くメッセージを受けていません。',
      },
      fix: {
        en: 'Check the network, primary_conninfo, pg_hba.conf and whether the slot still exists.',
        ja: 'ネットワーク、primary_conninfo、pg_hba.conf、スロットの有無を確認してください。',
      },
    },
  ],
});

export const recoveryConflicts = defineMetric({
  id: 'postgres.recovery-conflicts',
  layer: 'database',
  title: { en: 'Recovery conflicts', ja: 'リカバリ競合' },
  help: {
    en: 'Queries on the standby that were cancelled because replay needed what they held.',
    ja: '再生の妨げになったために取り消された、スタンバイ上の問い合わせ。',
  },
  source: 'pg_stat_database_conflicts',
  every: '30s',
  timeout: '3s',
  on: 'replica',
  cost: 'low',
  needs: [],
  queries: [
    {
      from: 13,
      sql: `select datname as database, confl_tablespace as tablespace, confl_lock as lock, confl_snapshot as snapshot,
    confl_bufferpin as buffer_pin, confl_deadlock as deadlock
  from pg_stat_database_conflicts where datname not like 'template%'`,
    },
  ],
  columns: {
    database: label(),
    tablespace: counter('count', { en: 'Dropped tablespaces', ja: 'テーブル空間の削除' }),
    lock: counter('count', { en: 'Lock timeouts', ja: 'ロックのタイムアウト' }),
    snapshot: counter('count', { en: 'Old snapshots', ja: '古いスナップショット' }),
    buffer_pin: counter('count', { en: 'Pinned buffers', ja: 'バッファのピン' }),
    deadlock: counter('count', { en: 'Deadlocks', ja: 'デッドロック' }),
  },
  panels: [
    {
      id: 'conflicts',
      title: { en: 'Queries cancelled by replay', ja: '再生により取り消された問い合わせ' },
      show: 'stacked',
      y: ['lock', 'snapshot', 'buffer_pin', 'deadlock', 'tablespace'],
      by: 'database',
    },
  ],
});
