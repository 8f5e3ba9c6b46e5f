/** Write-ahead log: how much is written, and how much of it lies on disk. */
import { counter, defineMetric, gauge } from '@/lib/metric/define-metric';

const position = `pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, '0/0') as position`;

export const wal = defineMetric({
  id: 'postgres.wal',
  layer: 'database',
  title: { en: 'WAL written', ja: 'WAL 書き込み' },
  help: {
    en: 'The position grows by every byte written (on a standby: replayed). Full page images after checkpoints are often most of it.',
    ja: '位置は書かれた(スタンバイでは再生された)バイト数だけ進みます。チェックポイント後のフルページイメージが大半を占めることがよくあります。',
  },
  source: 'pg_stat_wal (14+), pg_current_wal_lsn(), pg_last_wal_replay_lsn()',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: [
    {
      from: 13,
      sql: `select ${position}, null::bigint as records, null::bigint as full_page_images, null::numeric as bytes,
    null::bigint as buffers_full, null::bigint as writes, null::bigint as syncs, null::float8 as write_ms, null::float8 as sync_ms,
    null::timestamptz as stats_reset`,
    },
    {
      from: 14,
      // Times of 0 with track_wal_io_timing off are not measured, not fast.
      sql: `select ${position}, wal_records as records, wal_fpi as full_page_images, wal_bytes as bytes,
    wal_buffers_full as buffers_full, wal_write as writes, wal_sync as syncs,
    case when current_setting('track_wal_io_timing')::boolean then wal_write_time end as write_ms,
    case when current_setting('track_wal_io_timing')::boolean then wal_sync_time end as sync_ms, stats_reset
  from pg_stat_wal`,
    },
    {
      from: 18,
      sql: `select ${position}, wal_records as records, wal_fpi as full_page_images, wal_bytes as bytes,
    wal_buffers_full as buffers_full, io.writes, io.syncs,
    case when current_setting('track_wal_io_timing')::boolean then io.write_ms end as write_ms,
    case when current_setting('track_wal_io_timing')::boolean then io.sync_ms end as sync_ms, w.stats_reset
  from pg_stat_wal w,
    (select sum(writes) as writes, sum(fsyncs) as syncs, sum(write_time) as write_ms, sum(fsync_time) as sync_ms
       from pg_stat_io where object = 'wal') io`,
    },
  ],
  resetAt: 'stats_reset',
  columns: {
    position: counter('bytes', {
      en: 'Position in the log, in bytes since its beginning',
      ja: 'ログ先頭からの位置(バイト)',
    }),
    records: counter('count', { en: 'Records (14+)', ja: 'レコード数(14 以降)' }),
    full_page_images: counter('count', {
      en: 'Full page images (14+)',
      ja: 'フルページイメージ(14 以降)',
    }),
    bytes: counter('bytes', { en: 'Bytes generated (14+)', ja: '生成バイト数(14 以降)' }),
    buffers_full: counter('count', {
      en: 'Times the WAL buffers were full (14+)',
      ja: 'WAL バッファが満杯になった回数(14 以降)',
    }),
    writes: counter('count', {
      en: 'Writes to disk (14+)',
      ja: 'ディスクへの書き込み回数(14 以降)',
    }),
    syncs: counter('count', { en: 'Syncs (14+)', ja: '同期回数(14 以降)' }),
    write_ms: counter('ms', {
      en: 'Time writing; unknown while track_wal_io_timing is off',
      ja: '書き込み時間。track_wal_io_timing が off の間は不明',
    }),
    sync_ms: counter('ms', {
      en: 'Time syncing; unknown while track_wal_io_timing is off',
      ja: '同期時間。track_wal_io_timing が off の間は不明',
    }),
  },
  panels: [
    {
      id: 'bytes',
      title: { en: 'WAL per second', ja: '秒間 WAL' },
      show: 'line',
      y: ['position'],
    },
    {
      id: 'full-page-images',
      title: { en: 'Records and full page images', ja: 'レコードとフルページイメージ' },
      show: 'line',
      y: ['records', 'full_page_images'],
    },
  ],
  alerts: [
    {
      id: 'buffers-full',
      on: 'buffers_full',
      above: { warning: 10 },
      for: '10m',
      says: {
        en: 'WAL buffers are full again and again: sessions write WAL themselves in the middle of their work.',
        ja: 'WAL バッファが繰り返し満杯になり、セッションが処理の途中で WAL を自ら書き出しています。',
      },
      fix: {
        en: "ALTER SYSTEM SET wal_buffers = '64MB'; then restart. See what writes so much in one transaction.",
        ja: "ALTER SYSTEM SET wal_buffers = '64MB'; を実行して再起動します。1 つのトランザクションで大量に書くものも確認してください。",
      },
    },
  ],
});

export const walSize = defineMetric({
  id: 'postgres.wal-size',
  layer: 'database',
  title: { en: 'WAL on disk', ja: 'ディスク上の WAL' },
  help: {
    en: 'What lies in pg_wal. It grows when archiving fails, a slot is not read, or wal_keep_size is large.',
    ja: 'pg_wal にある量。アーカイブの失敗、読まれないスロット、大きな wal_keep_size で増えます。',
  },
  source: 'pg_ls_waldir()',
  every: '1m',
  timeout: '3s',
  on: 'any',
  cost: 'medium',
  needs: [{ role: 'pg_monitor' }],
  queries: [
    {
      from: 13,
      sql: `select coalesce(sum(size), 0) as bytes, count(*) as files,
    pg_size_bytes(current_setting('max_wal_size')) as max_wal_size_bytes
  from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'`,
    },
  ],
  columns: {
    bytes: gauge('bytes', { en: 'Bytes in pg_wal', ja: 'pg_wal のバイト数' }),
    files: gauge('count', { en: 'Segment files', ja: 'セグメントファイル数' }),
    max_wal_size_bytes: gauge('bytes', { en: 'max_wal_size', ja: 'max_wal_size' }),
  },
  panels: [
    {
      id: 'on-disk',
      title: { en: 'WAL on disk', ja: 'ディスク上の WAL' },
      show: 'line',
      y: ['bytes'],
      limit: 'max_wal_size_bytes',
    },
  ],
  // No default alert. The limit that matters is the disk's; slots and the archiver, which make it grow, have theirs.
});
