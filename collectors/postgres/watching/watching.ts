/** Watching itself: whether each poll worked, how long it took, and what it cost the server. */
import { defineMetric, flag, gauge } from '@/lib/metric/define-metric';

export const watching = defineMetric({
  id: 'postgres.watching',
  layer: 'database',
  title: { en: 'Watching itself', ja: '監視そのもの' },
  help: {
    en: 'The collector about its own work on this server: polls that worked, their time, and our share of the statements the server executed.',
    ja: 'このサーバーに対する収集自体の状況。読み取りの成否と所要時間、サーバーが実行した文のうち監視が占める割合。',
  },
  source: 'the collector; pg_stat_statements of its own login',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  origin: 'watching',
  queries: [],
  columns: {
    success: flag({ en: 'The poll reached the server', ja: 'サーバーへの読み取りが成功した' }),
    duration_ms: gauge('ms', { en: 'Duration of the poll', ja: '読み取りの所要時間' }),
    start_delay_ms: gauge('ms', {
      en: 'How late the poll started',
      ja: '読み取り開始の遅れ',
    }),
    failed_metrics: gauge('count', {
      en: 'Metrics that could not be read',
      ja: '読めなかった指標',
    }),
    skipped_polls: gauge('count', {
      en: 'Polls skipped since the last one because it took too long',
      ja: '前の読み取りが長引いたために飛ばされた回数',
    }),
    received_bytes: gauge('bytes', { en: 'Bytes received', ja: '受信バイト数' }),
    own_connections: gauge('count', { en: 'Our connections', ja: '監視の接続数' }),
    own_query_share: gauge('ratio', {
      en: 'Our share of all execution time',
      ja: '全実行時間に占める監視の割合',
    }),
    own_busy_ratio: gauge('ratio', {
      en: 'Our execution time over real time, as a share of one core',
      ja: '実時間に対する監視の実行時間(1 コアに対する割合)',
    }),
    clock_skew_ms: gauge('ms', {
      en: "The server's clock minus the collector's",
      ja: 'サーバーの時計と収集側の時計の差',
    }),
    lost_readings: gauge('count', {
      en: 'Readings lost since the last poll because the store was away',
      ja: '保存先が利用できず失われた読み取り(前回以降)',
    }),
  },
  panels: [
    {
      id: 'duration',
      title: { en: 'Duration of a poll', ja: '読み取りの所要時間' },
      show: 'line',
      y: ['duration_ms'],
    },
    {
      id: 'cost',
      title: { en: 'What watching costs', ja: '監視のコスト' },
      show: 'line',
      y: ['own_busy_ratio'],
    },
  ],
  alerts: [
    {
      id: 'clock-skew',
      on: 'clock_skew_ms',
      above: { warning: 2_000 },
      for: '1m',
      says: {
        en: "The server's clock is ahead of ours: lags between servers cannot be trusted.",
        ja: 'サーバーの時計が進んでいます。サーバー間の遅延は信頼できません。',
      },
      fix: { en: 'Check NTP on both sides.', ja: '両側の NTP を確認してください。' },
    },
  ],
});
