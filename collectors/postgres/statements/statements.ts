/** All statements together: how many, how long, and how full the place is where they are counted. */
import { defineMetric, gauge } from '@/lib/metric/define-metric';

export const statements = defineMetric({
  id: 'postgres.statements',
  layer: 'database',
  title: { en: 'Statements', ja: 'SQL 文' },
  help: {
    en: 'Every statement that finished, counted by pg_stat_statements and read every 10 seconds as exact growth per statement, user and database. Failed and running statements are not in it.',
    ja: '完了した SQL 文を pg_stat_statements が数え、10 秒ごとに文・ユーザー・データベース別の正確な増分として読み取ります。失敗した文と実行中の文は含まれません。',
  },
  source: 'pg_stat_statements 1.8–1.12, pg_stat_statements_info',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'medium',
  needs: [{ extension: 'pg_stat_statements' }, { role: 'pg_read_all_stats' }],
  origin: 'statements',
  versionOf: 'pg_stat_statements',
  queries: [
    {
      from: 108,
      sql: `select userid, dbid, queryid, toplevel, extract(epoch from stats_since), calls, total_exec_time, rows, ...
  from pg_stat_statements(false) -- columns are probed; no texts`,
    },
  ],
  columns: {
    calls: gauge('count', {
      en: 'Statements finished since the last poll',
      ja: '前回の読み取り以降に完了した文の数',
    }),
    total_ms: gauge('ms', {
      en: 'Their execution time in all',
      ja: 'それらの実行時間の合計',
    }),
    mean_ms: gauge('ms', {
      en: 'Mean execution time of a statement',
      ja: '1 文あたりの平均実行時間',
    }),
    calls_per_second: gauge('count', {
      en: 'Statements finished per second',
      ja: '1 秒あたりに完了した文の数',
    }),
    load: gauge('count', {
      en: 'Execution time per second of time: statements being executed on average',
      ja: '実時間 1 秒あたりの実行時間(平均同時実行数)',
    }),
    distinct_statements: gauge('count', {
      en: 'Different statements that were called',
      ja: '呼び出された文の種類',
    }),
    entries: gauge('count', {
      en: 'Entries in pg_stat_statements',
      ja: 'pg_stat_statements のエントリー数',
    }),
    max_entries: gauge('count', { en: 'pg_stat_statements.max', ja: 'pg_stat_statements.max' }),
    full_ratio: gauge('ratio', { en: 'How full it is', ja: '使用率' }),
    evictions: gauge('count', {
      en: 'Times the least used entries were thrown out since the last poll',
      ja: '前回の読み取り以降に、使用の少ないエントリーが捨てられた回数',
    }),
    hidden_calls: gauge('count', {
      en: 'Calls of statements our login may not see',
      ja: '権限がなく文を見られない呼び出しの数',
    }),
  },
  panels: [
    {
      id: 'calls',
      title: { en: 'Statements per second', ja: '秒間 SQL 文' },
      show: 'line',
      y: ['calls_per_second'],
    },
    {
      id: 'mean',
      title: { en: 'Mean time of a statement', ja: '1 文の平均時間' },
      show: 'line',
      y: ['mean_ms'],
    },
    {
      id: 'load',
      title: { en: 'Statements being executed', ja: '実行中の文(平均)' },
      show: 'line',
      y: ['load'],
    },
    {
      id: 'entries',
      title: { en: 'Entries kept', ja: '保持エントリー数' },
      show: 'line',
      y: ['entries'],
      limit: 'max_entries',
    },
  ],
  alerts: [
    {
      id: 'nearly-full',
      on: 'full_ratio',
      above: { warning: 0.9 },
      for: '5m',
      says: {
        en: 'pg_stat_statements is nearly full: rarely used statements are being thrown out and their counts with them.',
        ja: 'pg_stat_statements がほぼ満杯です。使用の少ない文とその計数が捨てられていきます。',
      },
      fix: {
        en: 'ALTER SYSTEM SET pg_stat_statements.max = 10000; then restart. Many different texts of one kind (generated IN lists, temporary table names) fill it too.',
        ja: 'ALTER SYSTEM SET pg_stat_statements.max = 10000; のあと再起動してください。生成された IN リストや一時表名など、似た文が大量にある場合も満杯になります。',
      },
    },
  ],
});
