/** Locks on the definitions of tables and schemas: what DDL waits for, and what waits behind it. */
import { defineMetric, gauge } from '@/lib/metric/define-metric';
import { forBoth } from '../status-queries';

export const mysqlMetadataLocks = defineMetric({
  id: 'mysql.metadata-locks',
  layer: 'database',
  title: { en: 'Metadata locks', ja: 'メタデータロック' },
  help: {
    en: 'Sessions that wait for a metadata lock. One ALTER TABLE that waits for an open transaction makes all later statements on the table wait behind it.',
    ja: 'メタデータロックを待つセッション。開いたトランザクションを待つ ALTER TABLE が 1 つあると、その表への後続の文がすべて待たされます。',
  },
  source: 'performance_schema.metadata_locks',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [
    { variable: 'performance_schema', value: 'ON' },
    { instrument: 'wait/lock/metadata/sql/mdl' },
  ],
  // Where the instrument is off nothing is counted: unknown.
  queries: forBoth(
    () => `select case when i.enabled = 'YES' then l.pending end as pending, case when i.enabled = 'YES' then l.granted end as granted
  from (select coalesce(sum(lock_status = 'PENDING'), 0) as pending, coalesce(sum(lock_status = 'GRANTED'), 0) as granted
      from performance_schema.metadata_locks) l
    left join performance_schema.setup_instruments i on i.name = 'wait/lock/metadata/sql/mdl'`,
  ),
  columns: {
    pending: gauge('count', { en: 'Waiting', ja: '待機中' }),
    granted: gauge('count', { en: 'Held', ja: '保持中' }),
  },
  panels: [
    {
      id: 'pending',
      title: { en: 'Waiting for a metadata lock', ja: 'メタデータロック待ち' },
      show: 'line',
      y: ['pending'],
    },
    {
      id: 'granted',
      title: { en: 'Metadata locks held', ja: '保持中のメタデータロック' },
      show: 'line',
      y: ['granted'],
    },
  ],
  alerts: [
    {
      id: 'waiting',
      on: 'pending',
      above: { warning: 5 },
      for: '1m',
      says: {
        en: 'Many sessions wait for a metadata lock.',
        ja: '多くのセッションがメタデータロックを待っています。',
      },
      fix: {
        en: 'Find the ALTER, DROP or LOCK TABLES that waits and the open transaction before it; end that transaction or cancel the DDL, and set lock_wait_timeout for DDL.',
        ja: '待っている ALTER、DROP、LOCK TABLES と、その前の開いたトランザクションを調べ、トランザクションを終わらせるか DDL を取り消してください。DDL には lock_wait_timeout を設定します。',
      },
    },
  ],
});
