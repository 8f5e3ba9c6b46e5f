/** How many statements of each kind run. */
import { counter, defineMetric } from '@/lib/metric/define-metric';
import { statusSql } from '../status-queries';

const sent = { questions: 'Questions', queries: 'Queries', slow_queries: 'Slow_queries' };
const commands = {
  selects: 'select',
  inserts: 'insert',
  updates: 'update',
  deletes: 'delete',
  replaces: 'replace',
  commits: 'commit',
  rollbacks: 'rollback',
};

export const mysqlCommands = defineMetric({
  id: 'mysql.commands',
  layer: 'database',
  title: { en: 'Statements by command', ja: 'コマンド別のステートメント' },
  help: {
    en: 'Statements per second by what they do. Questions are what clients sent; statements inside stored programs count as queries and by command. Commits are COMMIT statements: with autocommit none is sent.',
    ja: '毎秒のステートメント数を種類別に示します。クエスチョンはクライアントが送ったもので、ストアドプログラム内のステートメントはクエリとコマンド別の数に含まれます。コミットは COMMIT 文の数で、自動コミットでは数えられません。',
  },
  source:
    'Server Status Variables: Questions, Queries, Slow_queries; MySQL performance_schema.events_statements_summary_global_by_event_name, MariaDB Com_*',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: [
    {
      from: 800,
      flavour: 'mysql',
      // global_status leaves out the Com_ variables; SHOW GLOBAL STATUS has them in rows only.
      sql: statusSql(
        'mysql',
        sent,
        Object.fromEntries(Object.keys(commands).map((column) => [column, `c.${column}`])),
      ).replace(
        / s$/,
        ` s,
    (select ${Object.entries(commands)
      .map(
        ([column, name]) =>
          `max(case when event_name = 'statement/sql/${name}' then count_star end) as ${column}`,
      )
      .join(',\n      ')}
      from performance_schema.events_statements_summary_global_by_event_name where event_name like 'statement/sql/%') c`,
      ),
    },
    {
      from: 1006,
      flavour: 'mariadb',
      sql: statusSql('mariadb', {
        ...sent,
        ...Object.fromEntries(
          Object.entries(commands).map(([column, name]) => [column, `Com_${name}`]),
        ),
      }),
    },
  ],
  columns: {
    questions: counter('count', { en: 'Statements from clients', ja: 'クライアントからの文' }),
    queries: counter('count', {
      en: 'Statements with those of stored programs',
      ja: 'ストアドプログラム内も含む文',
    }),
    selects: counter('count', { en: 'SELECT', ja: 'SELECT' }),
    inserts: counter('count', { en: 'INSERT', ja: 'INSERT' }),
    updates: counter('count', { en: 'UPDATE', ja: 'UPDATE' }),
    deletes: counter('count', { en: 'DELETE', ja: 'DELETE' }),
    replaces: counter('count', { en: 'REPLACE', ja: 'REPLACE' }),
    commits: counter('count', { en: 'COMMIT', ja: 'COMMIT' }),
    rollbacks: counter('count', { en: 'ROLLBACK', ja: 'ROLLBACK' }),
    slow_queries: counter('count', {
      en: 'Longer than long_query_time',
      ja: 'long_query_time を超えた文',
    }),
  },
  panels: [
    {
      id: 'by-command',
      title: { en: 'Statements by command', ja: 'コマンド別のステートメント' },
      show: 'stacked',
      y: ['selects', 'inserts', 'updates', 'deletes', 'replaces'],
    },
    {
      id: 'transactions',
      title: { en: 'Commits and rollbacks', ja: 'コミットとロールバック' },
      show: 'line',
      y: ['commits', 'rollbacks'],
    },
    {
      id: 'statements',
      title: { en: 'Statements', ja: 'ステートメント' },
      show: 'line',
      y: ['questions', 'queries', 'slow_queries'],
    },
  ],
});
