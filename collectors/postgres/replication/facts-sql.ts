/** One statement that asks a PostgreSQL server all about its replication, on either side. */

const bytes = (lsn: string) => `pg_wal_lsn_diff(${lsn}, '0/0')`;
const ms = (interval: string) => `extract(epoch from ${interval}) * 1000`;
const msSince = (moment: string) => ms(`clock_timestamp() - ${moment}`);
/** A list may be long on a server that is not well: nobody looks at more. */
const list = (select: string) =>
  `coalesce((select json_agg(t) from (${select} limit 200) t), '[]'::json)`;
const first = (select: string) => `(select row_to_json(t) from (${select} limit 1) t)`;
const onStandby = (expression: string) => `case when pg_is_in_recovery() then ${expression} end`;
const position =
  'case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end';

const receiver = `select status, sender_host as host, sender_port as port, slot_name as slot,
    coalesce(substring(conninfo from $re$(?<!fallback_)application_name='?([^' ]+)$re$),
             substring(conninfo from $re$fallback_application_name='?([^' ]+)$re$)) as name,
    ${bytes('latest_end_lsn')} as told, ${msSince('last_msg_receipt_time')} as heard_ms
  from pg_stat_wal_receiver`;

const senders = `select s.application_name as name, host(s.client_addr) as address, s.state, s.sync_state as sync,
    coalesce(l.slot_type, 'physical') as kind,
    ${bytes('s.sent_lsn')} as sent, ${bytes('s.write_lsn')} as written,
    ${bytes('s.flush_lsn')} as flushed, ${bytes('s.replay_lsn')} as replayed,
    ${ms('s.write_lag')} as write_lag_ms, ${ms('s.flush_lag')} as flush_lag_ms,
    ${ms('s.replay_lag')} as replay_lag_ms, ${msSince('s.reply_time')} as answer_age_ms
  from pg_stat_replication s left join pg_replication_slots l on l.active_pid = s.pid
  where s.state is distinct from 'backup' order by s.pid`;

const slots = `select slot_name as name, slot_type as kind, database, active, wal_status, safe_wal_size as safe_bytes,
    greatest(0, pg_wal_lsn_diff(${position}, restart_lsn)) as retained_bytes
  from pg_replication_slots order by restart_lsn nulls first`;

const subscriptions = `select subname as name, pid is not null as running, ${bytes('received_lsn')} as received,
    ${bytes('latest_end_lsn')} as told, ${msSince('last_msg_receipt_time')} as heard_ms
  from pg_stat_subscription where relid is null order by subid`;

const archive = `select last_archived_wal as last, ${msSince('last_archived_time')} as age_ms,
    last_failed_time is not null and (last_archived_time is null or last_failed_time > last_archived_time) as failing
  from pg_stat_archiver`;

// Where no receiver runs, the setting still tells of the upstream. The password in it never leaves the server.
const upstream = (word: string) =>
  `(select substring(setting from $re$(?:^|\\s)${word}\\s*=\\s*'?([^' ]+)$re$) from pg_settings where name = 'primary_conninfo')`;

const startup = `(select case when wait_event_type = 'Lock' then 'Lock' else wait_event end
  from pg_stat_activity where backend_type = 'startup' limit 1)`;

export const factsSql = `select json_build_object(
    'recovery', pg_is_in_recovery(),
    'default_read_only', current_setting('default_transaction_read_only') = 'on',
    'name', nullif(current_setting('cluster_name'), ''),
    'port', current_setting('port')::int,
    'position', ${bytes(position)},
    'received', ${onStandby(bytes('pg_last_wal_receive_lsn()'))},
    'paused', ${onStandby('pg_is_wal_replay_paused()')},
    'replay_age_ms', ${onStandby(msSince('pg_last_xact_replay_timestamp()'))},
    'last_replayed_ms', ${ms('pg_last_xact_replay_timestamp()')},
    'delay_ms', ${ms(`current_setting('recovery_min_apply_delay')::interval`)},
    'waiting', ${onStandby(startup)},
    'upstream_host', ${onStandby(upstream('host'))},
    'upstream_port', ${onStandby(upstream('port'))},
    'upstream_name', ${onStandby(upstream('application_name'))},
    'restores', ${onStandby(`current_setting('restore_command') <> ''`)},
    'receiver', ${first(receiver)},
    'senders', ${list(senders)},
    'slots', ${list(slots)},
    'subscriptions', ${list(subscriptions)},
    'synchronous', nullif(current_setting('synchronous_standby_names'), ''),
    'archiving', current_setting('archive_mode') <> 'off',
    'segment_bytes', pg_size_bytes(current_setting('wal_segment_size')),
    'archive', ${first(archive)}
  )::text as facts`;
