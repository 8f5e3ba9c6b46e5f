/** Replication as the primary (or a cascading standby) sees it: one row per receiver. */
import { defineMetric, flag, gauge, label } from '@/lib/metric/define-metric';

export const replication = defineMetric({
  id: 'postgres.replication',
  layer: 'database',
  title: { en: 'Replication, seen from the sender', ja: 'レプリケーション(送信側)' },
  help: {
    en: 'How far each receiver is behind the server that feeds it. Time lag is unknown while nothing is written (the receiver is idle); the bytes always tell.',
    ja: '各受信側が送信元からどれだけ遅れているか。書き込みがない間、時間の遅れは不明(アイドル)ですが、バイト数は常に分かります。',
  },
  source: 'pg_stat_replication, pg_replication_slots, pg_current_wal_lsn()',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ role: 'pg_read_all_stats' }],
  queries: [
    {
      from: 13,
      // Not greatest(…, 0): it passes over null, and what is not known would be zero.
      // Receivers of one name (several from one host) are told apart by their order of start, so that a series has one meaning.
      sql: `with here as (
    select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end as lsn)
  select r.application_name, coalesce(host(r.client_addr), '') as client_addr, coalesce(s.slot_name, '') as slot_name,
    row_number() over (partition by r.application_name, r.client_addr, s.slot_name order by r.backend_start, r.pid) as nth,
    r.state = 'streaming' as streaming, r.state = 'catchup' as catching_up, r.sync_state in ('sync', 'quorum') as synchronous,
    r.replay_lsn = here.lsn as replayed_all,
    case when d.unsent < 0 then 0 else d.unsent end as unsent_bytes,
    case when d.unwritten < 0 then 0 else d.unwritten end as write_lag_bytes,
    case when d.unflushed < 0 then 0 else d.unflushed end as flush_lag_bytes,
    case when d.unreplayed < 0 then 0 else d.unreplayed end as replay_lag_bytes,
    extract(epoch from r.write_lag) * 1000 as write_lag_ms,
    extract(epoch from r.flush_lag) * 1000 as flush_lag_ms,
    extract(epoch from r.replay_lag) * 1000 as replay_lag_ms,
    case when d.reply_age < 0 then 0 else d.reply_age end as reply_age_ms,
    pg_wal_lsn_diff(r.replay_lsn, '0/0') as replay_lsn
  from pg_stat_replication r
  left join pg_replication_slots s on s.active_pid = r.pid
  cross join here
  cross join lateral (select pg_wal_lsn_diff(here.lsn, r.sent_lsn) as unsent, pg_wal_lsn_diff(here.lsn, r.write_lsn) as unwritten,
    pg_wal_lsn_diff(here.lsn, r.flush_lsn) as unflushed, pg_wal_lsn_diff(here.lsn, r.replay_lsn) as unreplayed,
    extract(epoch from clock_timestamp() - r.reply_time) * 1000 as reply_age) d`,
    },
  ],
  columns: {
    application_name: label(),
    client_addr: label(),
    slot_name: label(),
    nth: label(),
    streaming: flag({ en: 'Receiver is streaming', ja: '受信側がストリーミング中' }),
    catching_up: flag({ en: 'Receiver is catching up', ja: '受信側が追いつき中' }),
    synchronous: flag({ en: 'Commits wait for this receiver', ja: 'コミットがこの受信側を待つ' }),
    replayed_all: flag({
      en: 'Everything written so far is replayed',
      ja: 'これまでに書かれた分はすべて再生済み',
    }),
    unsent_bytes: gauge('bytes', { en: 'Written but not sent', ja: '書かれたが未送信' }),
    write_lag_bytes: gauge('bytes', {
      en: 'Not yet written at the receiver',
      ja: '受信側で未書き込み',
    }),
    flush_lag_bytes: gauge('bytes', {
      en: 'Not yet durable at the receiver',
      ja: '受信側で未永続化',
    }),
    replay_lag_bytes: gauge('bytes', {
      en: 'Not yet replayed at the receiver',
      ja: '受信側で未再生',
    }),
    write_lag_ms: gauge('ms', {
      en: 'Time until the receiver had written recent WAL; unknown while idle',
      ja: '直近の WAL が受信側で書かれるまでの時間。アイドル中は不明',
    }),
    flush_lag_ms: gauge('ms', {
      en: 'Time until the receiver had flushed recent WAL; unknown while idle',
      ja: '直近の WAL が受信側で永続化されるまでの時間。アイドル中は不明',
    }),
    replay_lag_ms: gauge('ms', {
      en: 'Time until the receiver had replayed recent WAL; unknown while idle',
      ja: '直近の WAL が受信側で再生されるまでの時間。アイドル中は不明',
    }),
    reply_age_ms: gauge('ms', {
      en: 'Age of the last reply, by both clocks',
      ja: '最後の応答からの経過時間(双方の時計による)',
    }),
    replay_lsn: gauge('bytes', {
      en: 'WAL position replayed, in bytes since the beginning',
      ja: '再生済みの WAL 位置(先頭からのバイト数)',
    }),
  },
  panels: [
    {
      id: 'replay-lag-bytes',
      title: { en: 'Bytes not yet replayed', ja: '未再生のバイト数' },
      show: 'line',
      y: ['replay_lag_bytes'],
      by: 'application_name',
    },
    {
      id: 'replay-lag',
      title: { en: 'Replay lag', ja: '再生の遅れ' },
      show: 'line',
      y: ['replay_lag_ms'],
      by: 'application_name',
    },
    {
      id: 'stages',
      title: { en: 'Where the bytes wait', ja: '遅れの内訳(段階別)' },
      show: 'line',
      y: ['unsent_bytes', 'write_lag_bytes', 'flush_lag_bytes', 'replay_lag_bytes'],
      by: 'application_name',
    },
  ],
  alerts: [
    {
      id: 'replay-lag',
      on: 'replay_lag_ms',
      above: { warning: 30_000, critical: 300_000 },
      for: '1m',
      says: { en: 'A replica is far behind.', ja: 'レプリカが大きく遅れています。' },
      fix: {
        en: 'Look at which stage holds the bytes: unsent is the network or the sender, unreplayed is the replica (a long query that blocks replay, a slow disk).',
        ja: 'どの段階でバイトが溜まっているかを見てください。未送信ならネットワークか送信側、未再生ならレプリカ側(再生を妨げる長い問い合わせや遅いディスク)です。',
      },
    },
  ],
});
