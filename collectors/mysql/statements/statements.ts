/** All statements together: how many, how long, and how full the place is where they are counted. */
import { defineMetric, gauge } from '@/lib/metric/define-metric';
import { digestSql } from './digest-table';

export const mysqlStatements = defineMetric({
  id: 'mysql.statements',
  layer: 'database',
  title: { en: 'Statements', ja: 'SQL 文' },
  help: {
    en: 'Every statement that ended, with or without an error, counted by performance_schema and read every 10 seconds as exact growth per statement and schema. Running statements are not in it; users are not told apart, nor does MariaDB tell apart statements that clients prepared.',
    ja: '終了した SQL 文(エラーで終わったものを含む)を performance_schema が数え、10 秒ごとに文・スキーマ別の正確な増分として読み取ります。実行中の文は含まれず、ユーザー別には分かれません。MariaDB ではクライアントがプリペアした文も 1 つにまとまります。',
  },
  source:
    'performance_schema.events_statements_summary_by_digest, events_statements_histogram_by_digest',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'medium',
  needs: [
    { variable: 'performance_schema', value: 'ON' },
    { privilege: 'SELECT on performance_schema.*' },
    { consumer: 'statements_digest' },
  ],
  origin: 'statements',
  queries: [
    {
      from: 800,
      flavour: 'mysql',
      sql: `${digestSql}\n  where last_seen >= ? -- all every 5 minutes`,
    },
    {
      from: 1006,
      flavour: 'mariadb',
      sql: `${digestSql}\n  where last_seen >= ? -- all every 5 minutes`,
    },
  ],
  columns: {
    calls: gauge('count', {
      en: 'Statements ended since the last poll',
      ja: '前回の読み取り以降に終了した文の数',
    }),
    total_ms: gauge('ms', { en: 'Their execution time in all', ja: 'それらの実行時間の合計' }),
    mean_ms: gauge('ms', {
      en: 'Mean execution time of a statement',
      ja: '1 文あたりの平均実行時間',
    }),
    calls_per_second: gauge('count', {
      en: 'Statements ended per second',
      ja: '1 秒あたりに終了した文の数',
    }),
    load: gauge('count', {
      en: 'Execution time per second of time: statements being executed on average',
      ja: '実時間 1 秒あたりの実行時間(平均同時実行数)',
    }),
    errors: gauge('count', {
      en: 'Statements that ended with an error since the last poll',
      ja: '前回の読み取り以降にエラーで終了した文の数',
    }),
    warnings: gauge('count', {
      en: 'Warnings given since the last poll',
      ja: '前回の読み取り以降に出された警告の数',
    }),
    distinct_statements: gauge('count', {
      en: 'Different statements that were called',
      ja: '呼び出された文の種類',
    }),
    entries: gauge('count', { en: 'Digests kept', ja: '保持しているダイジェストの数' }),
    max_entries: gauge('count', {
      en: 'performance_schema_digests_size',
      ja: 'performance_schema_digests_size',
    }),
    full_ratio: gauge('ratio', { en: 'How full it is', ja: '使用率' }),
    lost: gauge('count', {
      en: 'Statements since the last poll that found no place and are counted together as one',
      ja: '前回の読み取り以降に空きがなく、まとめて 1 つとして数えられた文の数',
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
      id: 'errors',
      title: { en: 'Statements that failed', ja: 'エラーで終わった文' },
      show: 'line',
      y: ['errors'],
    },
    {
      id: 'entries',
      title: { en: 'Digests kept', ja: '保持ダイジェスト数' },
      show: 'line',
      y: ['entries'],
      limit: 'max_entries',
    },
  ],
  alerts: [
    {
      id: 'digests-lost',
      on: 'lost',
      above: { warning: 0 },
      for: '5m',
      says: {
        en: 'The digest table is full: statements that are not in it yet are counted together as one.',
        ja: 'ダイジェスト表が満杯です。まだ載っていない文は、まとめて 1 つとして数えられます。',
      },
      fix: {
        en: 'TRUNCATE performance_schema.events_statements_summary_by_digest; frees it at once; performance_schema_digests_size = 20000 in the option file and a restart make room for good. Many different texts of one kind (generated column lists, table names) fill it too.',
        ja: 'TRUNCATE performance_schema.events_statements_summary_by_digest; ですぐに空きます。恒久的には、オプションファイルで performance_schema_digests_size = 20000 として再起動してください。生成された列リストや表名など、似た文が大量にある場合も満杯になります。',
      },
    },
  ],
});
