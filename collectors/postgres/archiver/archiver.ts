/** Whether WAL reaches the archive: without it a backup cannot be brought forward. */
import { counter, defineMetric, flag, gauge } from '@/lib/metric/define-metric';

export const archiver = defineMetric({
  id: 'postgres.archiver',
  layer: 'database',
  title: { en: 'WAL archiving', ja: 'WAL アーカイブ' },
  help: {
    en: 'Failing means: the last attempt failed. A count of failures alone would stay for ever.',
    ja: '「失敗中」は直近の試行が失敗したことを意味します。失敗回数だけでは、いつまでも残ってしまうためです。',
  },
  source: 'pg_stat_archiver, archive_mode',
  every: '30s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: [
    {
      from: 13,
      sql: `select current_setting('archive_mode') <> 'off' as enabled,
    case when current_setting('archive_mode') <> 'off'
      then coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) end as failing,
    archived_count as archived, failed_count as failed,
    extract(epoch from clock_timestamp() - last_archived_time) * 1000 as archived_age_ms,
    extract(epoch from clock_timestamp() - last_failed_time) * 1000 as failed_age_ms, stats_reset
  from pg_stat_archiver`,
    },
  ],
  resetAt: 'stats_reset',
  columns: {
    enabled: flag({ en: 'archive_mode is on', ja: 'archive_mode が有効' }),
    failing: flag({ en: 'The last attempt failed', ja: '直近の試行が失敗' }),
    archived: counter('count', { en: 'Files archived', ja: 'アーカイブされたファイル' }),
    failed: counter('count', { en: 'Failed attempts', ja: '失敗した試行' }),
    archived_age_ms: gauge('ms', { en: 'Since the last success', ja: '最後の成功からの時間' }),
    failed_age_ms: gauge('ms', { en: 'Since the last failure', ja: '最後の失敗からの時間' }),
  },
  panels: [
    {
      id: 'files',
      title: { en: 'Files archived and failed attempts', ja: 'アーカイブ数と失敗数' },
      show: 'line',
      y: ['archived', 'failed'],
    },
  ],
  alerts: [
    {
      id: 'failing',
      on: 'failed',
      above: { critical: 0.001 },
      for: '5m',
      says: { en: 'WAL archiving fails.', ja: 'WAL のアーカイブが失敗しています。' },
      fix: {
        en: 'Read the server log for the output of archive_command, and check space and rights at the target.',
        ja: 'サーバーログで archive_command の出力を確認し、保存先の空き容量と権限を調べてください。',
      },
    },
  ],
});
