/** Checkpoints and the background writer: who writes dirty pages, and how hard. */
import { counter, defineMetric } from '@/lib/metric/define-metric';

export const checkpoints = defineMetric({
  id: 'postgres.checkpoints',
  layer: 'database',
  title: { en: 'Checkpoints', ja: 'チェックポイント' },
  help: {
    en: 'Timed checkpoints are normal; many requested ones mean that max_wal_size is too small for the writing going on.',
    ja: '時間によるチェックポイントは正常です。要求によるものが多い場合、書き込み量に対して max_wal_size が小さすぎます。',
  },
  source: 'pg_stat_checkpointer (17+), pg_stat_bgwriter (before)',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: [
    {
      from: 13,
      sql: `select checkpoints_timed as timed, checkpoints_req as requested, null::bigint as done,
    null::bigint as restartpoints_timed, null::bigint as restartpoints_requested, null::bigint as restartpoints_done,
    checkpoint_write_time as write_ms, checkpoint_sync_time as sync_ms, buffers_checkpoint as blocks_written, stats_reset
  from pg_stat_bgwriter`,
    },
    {
      from: 17,
      sql: `select num_timed as timed, num_requested as requested, null::bigint as done,
    restartpoints_timed, restartpoints_req as restartpoints_requested, restartpoints_done,
    write_time as write_ms, sync_time as sync_ms, buffers_written as blocks_written, stats_reset
  from pg_stat_checkpointer`,
    },
    {
      from: 18,
      sql: `select num_timed as timed, num_requested as requested, num_done as done,
    restartpoints_timed, restartpoints_req as restartpoints_requested, restartpoints_done,
    write_time as write_ms, sync_time as sync_ms, buffers_written as blocks_written, stats_reset
  from pg_stat_checkpointer`,
    },
  ],
  resetAt: 'stats_reset',
  columns: {
    timed: counter('count', { en: 'Started by time', ja: '時間による開始' }),
    requested: counter('count', { en: 'Started on request', ja: '要求による開始' }),
    done: counter('count', {
      en: 'Really performed (PostgreSQL 18+)',
      ja: '実際に行われた数(18 以降)',
    }),
    restartpoints_timed: counter('count', {
      en: 'Restartpoints started by time, on a standby (17+)',
      ja: 'スタンバイで時間により開始されたリスタートポイント(17 以降)',
    }),
    restartpoints_requested: counter('count', {
      en: 'Restartpoints started on request (17+)',
      ja: '要求により開始されたリスタートポイント(17 以降)',
    }),
    restartpoints_done: counter('count', {
      en: 'Restartpoints performed (17+)',
      ja: '行われたリスタートポイント(17 以降)',
    }),
    write_ms: counter('ms', { en: 'Time spent writing', ja: '書き込みに要した時間' }),
    sync_ms: counter('ms', { en: 'Time spent syncing', ja: '同期に要した時間' }),
    blocks_written: counter('blocks', { en: 'Blocks written', ja: '書き込まれたブロック' }),
  },
  panels: [
    {
      id: 'starts',
      title: { en: 'Checkpoints started', ja: 'チェックポイントの開始' },
      show: 'line',
      y: ['timed', 'requested'],
    },
    {
      id: 'written',
      title: { en: 'Blocks written by checkpoints', ja: 'チェックポイントによる書き込みブロック' },
      show: 'line',
      y: ['blocks_written'],
    },
  ],
  alerts: [
    {
      id: 'too-often',
      on: 'requested',
      above: { warning: 0.0167 },
      for: '10m',
      says: {
        en: 'Checkpoints are forced more than once a minute.',
        ja: '1 分に 1 回より多くチェックポイントが強制されています。',
      },
      fix: {
        en: 'Raise max_wal_size until checkpoints start by time.',
        ja: '時間で開始されるようになるまで max_wal_size を大きくしてください。',
      },
    },
  ],
});

export const backgroundWriter = defineMetric({
  id: 'postgres.background-writer',
  layer: 'database',
  title: { en: 'Background writer', ja: 'バックグラウンドライター' },
  help: {
    en: 'Pages cleaned ahead of need. Pages that sessions wrote themselves are counted here before PostgreSQL 17, in postgres.io since 16.',
    ja: '先回りして書き出されたページ。セッション自身が書いたページは 17 より前ではここに、16 以降では postgres.io に現れます。',
  },
  source: 'pg_stat_bgwriter',
  every: '30s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: [
    {
      from: 13,
      sql: `select buffers_clean as cleaned, maxwritten_clean as stopped, buffers_alloc as allocated,
    buffers_backend as by_sessions, buffers_backend_fsync as session_syncs, stats_reset
  from pg_stat_bgwriter`,
    },
    {
      from: 17,
      sql: `select buffers_clean as cleaned, maxwritten_clean as stopped, buffers_alloc as allocated,
    null::bigint as by_sessions, null::bigint as session_syncs, stats_reset
  from pg_stat_bgwriter`,
    },
  ],
  resetAt: 'stats_reset',
  columns: {
    cleaned: counter('blocks', { en: 'Blocks written ahead', ja: '先回りして書かれたブロック' }),
    stopped: counter('count', {
      en: 'Rounds cut short by bgwriter_lru_maxpages',
      ja: 'bgwriter_lru_maxpages で打ち切られた回数',
    }),
    allocated: counter('blocks', { en: 'Buffers allocated', ja: '割り当てられたバッファ' }),
    by_sessions: counter('blocks', {
      en: 'Blocks sessions wrote themselves (before 17)',
      ja: 'セッション自身が書いたブロック(17 より前)',
    }),
    session_syncs: counter('count', {
      en: 'Syncs sessions did themselves (before 17)',
      ja: 'セッション自身が行った同期(17 より前)',
    }),
  },
  panels: [
    {
      id: 'blocks',
      title: {
        en: 'Blocks written and buffers allocated',
        ja: '書き込みブロックと割り当てバッファ',
      },
      show: 'line',
      y: ['cleaned', 'by_sessions', 'allocated'],
    },
  ],
});
