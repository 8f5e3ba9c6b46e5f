/** Reads and writes by who did them, on what, and why (PostgreSQL 16+). */
import { counter, defineMetric, label } from '@/lib/metric/define-metric';

const times = `
    case when current_setting('track_io_timing')::boolean then read_time end as read_ms,
    case when current_setting('track_io_timing')::boolean then write_time end as write_ms,
    case when current_setting('track_io_timing')::boolean then extend_time end as extend_ms,
    case when current_setting('track_io_timing')::boolean then fsync_time end as sync_ms,`;

export const io = defineMetric({
  id: 'postgres.io',
  layer: 'database',
  title: { en: 'Input and output', ja: '入出力' },
  help: {
    en: 'Who reads and writes: sessions, autovacuum, the checkpointer. Empty numbers are combinations that cannot happen, not zero.',
    ja: '誰が読み書きしているか(セッション、autovacuum、チェックポインターなど)。空欄は起こり得ない組み合わせで、0 ではありません。',
  },
  source: 'pg_stat_io',
  every: '30s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: [
    {
      from: 16,
      sql: `select backend_type, object, context, reads, writes, extends, hits, evictions, reuses, fsyncs as syncs,
    reads * op_bytes as read_bytes, writes * op_bytes as write_bytes, extends * op_bytes as extend_bytes,${times}
    stats_reset
  from pg_stat_io
  where coalesce(reads, 0) + coalesce(writes, 0) + coalesce(extends, 0) + coalesce(hits, 0) + coalesce(fsyncs, 0) > 0`,
    },
    {
      from: 18,
      sql: `select backend_type, object, context, reads, writes, extends, hits, evictions, reuses, fsyncs as syncs,
    read_bytes, write_bytes, extend_bytes,${times}
    stats_reset
  from pg_stat_io
  where coalesce(reads, 0) + coalesce(writes, 0) + coalesce(extends, 0) + coalesce(hits, 0) + coalesce(fsyncs, 0) > 0`,
    },
  ],
  resetAt: 'stats_reset',
  columns: {
    backend_type: label(),
    object: label(),
    context: label(),
    reads: counter('count', { en: 'Read operations', ja: '読み込み回数' }),
    writes: counter('count', { en: 'Write operations', ja: '書き込み回数' }),
    extends: counter('count', { en: 'Relation extensions', ja: 'ファイル拡張回数' }),
    hits: counter('count', { en: 'Blocks found in shared buffers', ja: '共有バッファのヒット' }),
    evictions: counter('count', { en: 'Blocks pushed out', ja: '追い出されたブロック' }),
    reuses: counter('count', { en: 'Ring buffers reused', ja: 'リングバッファの再利用' }),
    syncs: counter('count', { en: 'Syncs', ja: '同期回数' }),
    read_bytes: counter('bytes', { en: 'Bytes read', ja: '読み込みバイト数' }),
    write_bytes: counter('bytes', { en: 'Bytes written', ja: '書き込みバイト数' }),
    extend_bytes: counter('bytes', { en: 'Bytes added to files', ja: '拡張バイト数' }),
    read_ms: counter('ms', {
      en: 'Time reading; unknown while track_io_timing is off',
      ja: '読み込み時間。track_io_timing が off の間は不明',
    }),
    write_ms: counter('ms', {
      en: 'Time writing; unknown while track_io_timing is off',
      ja: '書き込み時間。track_io_timing が off の間は不明',
    }),
    extend_ms: counter('ms', {
      en: 'Time extending; unknown while track_io_timing is off',
      ja: '拡張時間。track_io_timing が off の間は不明',
    }),
    sync_ms: counter('ms', {
      en: 'Time syncing; unknown while track_io_timing is off',
      ja: '同期時間。track_io_timing が off の間は不明',
    }),
  },
  panels: [
    {
      id: 'read-bytes',
      title: { en: 'Bytes read by who', ja: '読み込み元別のバイト数' },
      show: 'stacked',
      y: ['read_bytes'],
      by: 'backend_type',
    },
    {
      id: 'write-bytes',
      title: { en: 'Bytes written by who', ja: '書き込み元別のバイト数' },
      show: 'stacked',
      y: ['write_bytes'],
      by: 'backend_type',
    },
  ],
  // No default alert. What is slow depends on the storage; waits for it are in the load.
});
