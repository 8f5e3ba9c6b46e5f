/** Members of a replication group as this server sees them. */
import { counter, defineMetric, flag, gauge, label } from '@/lib/metric/define-metric';

export const mysqlGroupReplication = defineMetric({
  id: 'mysql.group-replication',
  layer: 'database',
  title: { en: 'Group replication', ja: 'グループレプリケーション' },
  help: {
    en: 'Members of the group and what waits on them. Flow control slows writes when a queue passes group_replication_flow_control_*_threshold. Servers outside a group have no row.',
    ja: 'グループのメンバーと待ち行列。キューが group_replication_flow_control_*_threshold を超えるとフロー制御が書き込みを遅らせます。グループに属さないサーバーには行がありません。',
  },
  source:
    'performance_schema.replication_group_members, performance_schema.replication_group_member_stats',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: [
    {
      from: 800,
      flavour: 'mysql',
      sql: `select m.member_host as host, m.member_port as port, m.member_id as member,
    m.member_state = 'ONLINE' as online, case when m.member_state = 'ONLINE' then 0 else 1 end as not_online,
    m.member_role = 'PRIMARY' as is_primary,
    s.count_transactions_in_queue as certification_queue, s.count_transactions_remote_in_applier_queue as applier_queue,
    s.count_transactions_checked as checked, s.count_conflicts_detected as conflicts,
    s.count_transactions_remote_applied as applied
  from performance_schema.replication_group_members m
  left join performance_schema.replication_group_member_stats s
    on s.member_id = m.member_id and s.channel_name = m.channel_name
  where m.member_id <> '' limit 20`,
    },
  ],
  columns: {
    host: label(),
    port: label(),
    member: label(),
    online: flag({ en: 'ONLINE', ja: 'ONLINE' }),
    not_online: gauge('count', {
      en: '1 when the member is not ONLINE',
      ja: 'メンバーが ONLINE でないとき 1',
    }),
    is_primary: flag({ en: 'Takes writes', ja: '書き込みを受け付ける' }),
    certification_queue: gauge('count', { en: 'Waiting for certification', ja: '認証待ち' }),
    applier_queue: gauge('count', { en: 'Waiting to be applied', ja: '適用待ち' }),
    checked: counter('count', { en: 'Transactions checked', ja: '認証したトランザクション' }),
    conflicts: counter('count', { en: 'Conflicts', ja: '競合' }),
    applied: counter('count', { en: 'Transactions applied', ja: '適用したトランザクション' }),
  },
  panels: [
    {
      id: 'queues',
      title: { en: 'Waiting to be applied', ja: '適用待ち' },
      show: 'line',
      y: ['applier_queue', 'certification_queue'],
      by: 'host',
    },
    {
      id: 'conflicts',
      title: { en: 'Conflicts', ja: '競合' },
      show: 'line',
      y: ['conflicts'],
      by: 'host',
    },
  ],
  alerts: [
    {
      id: 'not-online',
      on: 'not_online',
      above: { critical: 0 },
      for: '1m',
      says: {
        en: 'A member of the group is not ONLINE.',
        ja: 'グループのメンバーが ONLINE ではありません。',
      },
      fix: {
        en: 'Look at its error log and at performance_schema.replication_group_members on every member; START GROUP_REPLICATION brings a stopped one back.',
        ja: 'エラーログと各メンバーの performance_schema.replication_group_members を確認してください。停止したメンバーは START GROUP_REPLICATION で戻ります。',
      },
    },
    {
      id: 'queue',
      on: 'applier_queue',
      above: { warning: 1000 },
      for: '1m',
      says: { en: 'A member applies too slowly.', ja: 'メンバーの適用が遅れています。' },
      fix: {
        en: 'Look at its disks and load, and give it more appliers (replica_parallel_workers).',
        ja: 'ディスクと負荷を確認し、適用ワーカー(replica_parallel_workers)を増やしてください。',
      },
    },
  ],
});
