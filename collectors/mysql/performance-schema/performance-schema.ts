/** What performance_schema itself costs, and what it could not keep. */
import { counter, defineMetric, gauge } from '@/lib/metric/define-metric';
import { forBoth } from '../status-queries';

export const mysqlPerformanceSchema = defineMetric({
  id: 'mysql.performance-schema',
  layer: 'database',
  title: { en: 'performance_schema itself', ja: 'performance_schema 自体' },
  help: {
    en: 'Memory it takes, and what did not fit in its tables. Statements that were lost are in the row of others: a ranking by digest misses them.',
    ja: '使用メモリと、表に入りきらなかったもの。失われたステートメントはその他の行に入り、ダイジェスト別の順位から漏れます。',
  },
  source:
    'performance_schema.memory_summary_global_by_event_name; Server Status Variables: Performance_schema_*_lost',
  every: '1m',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ variable: 'performance_schema', value: 'ON' }],
  queries: forBoth((flavour) => {
    const status = flavour === 'mysql' ? 'performance_schema' : 'information_schema';
    return `select m.bytes as memory_bytes, case when @@global.performance_schema then s.digest_lost end as digest_lost,
    case when @@global.performance_schema then s.others_lost end as others_lost
  from (select max(case when variable_name = 'Performance_schema_digest_lost' then variable_value + 0 end) as digest_lost,
      sum(case when variable_name = 'Performance_schema_digest_lost' then 0 else variable_value + 0 end) as others_lost
      from ${status}.global_status where variable_name like 'Performance\\_schema\\_%\\_lost') s,
    (select sum(current_number_of_bytes_used) as bytes from performance_schema.memory_summary_global_by_event_name
      where event_name like 'memory/performance_schema/%') m`;
  }),
  columns: {
    memory_bytes: gauge('bytes', { en: 'Memory it takes', ja: '使用メモリ' }),
    digest_lost: counter('count', {
      en: 'Statements whose digest did not fit',
      ja: 'ダイジェストが入りきらなかったステートメント',
    }),
    others_lost: counter('count', {
      en: 'Other things that did not fit',
      ja: 'そのほか入りきらなかったもの',
    }),
  },
  panels: [
    {
      id: 'memory',
      title: { en: 'Memory of performance_schema', ja: 'performance_schema のメモリ' },
      show: 'line',
      y: ['memory_bytes'],
    },
    {
      id: 'lost',
      title: { en: 'What did not fit', ja: '入りきらなかったもの' },
      show: 'line',
      y: ['digest_lost', 'others_lost'],
    },
  ],
  alerts: [
    {
      id: 'digest-lost',
      on: 'digest_lost',
      above: { warning: 0 },
      for: '5m',
      says: {
        en: 'Statements are missing from the digests: the table is full.',
        ja: 'ダイジェストの表が満杯で、一部のステートメントが失われています。',
      },
      fix: {
        en: 'Raise performance_schema_digests_size in the option file and restart, or TRUNCATE performance_schema.events_statements_summary_by_digest at a quiet time.',
        ja: 'オプションファイルで performance_schema_digests_size を増やして再起動するか、静かな時間に performance_schema.events_statements_summary_by_digest を TRUNCATE してください。',
      },
    },
  ],
});
