/** A node of a Galera cluster: whether it takes part, what waits, and how often it was slowed down. */
import { counter, defineMetric, flag, gauge } from '@/lib/metric/define-metric';

const number = (name: string, as: string) =>
  `max(case when variable_name = '${name}' then variable_value + 0 end) as ${as}`;
const is = (name: string, value: string, as: string) =>
  `max(case when variable_name = '${name}' then variable_value = '${value}' end) as ${as}`;

const sql = (schema: string) => `select s.*, s.paused_ns / 1000000 as paused_ms from (select ${[
  is('wsrep_cluster_status', 'Primary', 'in_primary'),
  is('wsrep_ready', 'ON', 'ready'),
  is('wsrep_connected', 'ON', 'connected'),
  number('wsrep_cluster_size', 'cluster_size'),
  number('wsrep_local_state', 'state'),
  number('wsrep_local_recv_queue', 'receive_queue'),
  number('wsrep_local_send_queue', 'send_queue'),
  number('wsrep_flow_control_paused_ns', 'paused_ns'),
  number('wsrep_flow_control_sent', 'pauses_sent'),
  number('wsrep_flow_control_recv', 'pauses_received'),
  number('wsrep_local_cert_failures', 'certification_failures'),
  number('wsrep_local_bf_aborts', 'aborted'),
  number('wsrep_received_bytes', 'received_bytes'),
  number('wsrep_replicated_bytes', 'replicated_bytes'),
].join(',\n    ')}
  from ${schema}.global_status where variable_name like 'wsrep\\_%'
    and exists (select 1 from ${schema}.global_variables where variable_name = 'wsrep_on' and variable_value = 'ON')
  having count(*) > 0) s`;

export const mysqlGalera = defineMetric({
  id: 'mysql.galera',
  layer: 'database',
  title: { en: 'Galera cluster', ja: 'Galera クラスター' },
  help: {
    en: 'The node as part of its cluster. Flow control stops writes on all nodes until the slowest has applied its queue. Servers without Galera have no row.',
    ja: 'クラスターの一員としてのノードの状態。フロー制御は、最も遅いノードがキューを適用し終えるまで全ノードの書き込みを止めます。Galera を使わないサーバーには行がありません。',
  },
  source: 'Galera status variables: wsrep_*',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: [
    { from: 800, flavour: 'mysql', sql: sql('performance_schema') },
    { from: 1006, flavour: 'mariadb', sql: sql('information_schema') },
  ],
  columns: {
    in_primary: flag({
      en: 'Part of the primary component',
      ja: 'プライマリコンポーネントに属する',
    }),
    ready: flag({ en: 'Takes statements', ja: 'ステートメントを受け付ける' }),
    connected: flag({ en: 'Connected to the cluster', ja: 'クラスターに接続' }),
    cluster_size: gauge('count', { en: 'Nodes', ja: 'ノード数' }),
    state: gauge('count', {
      en: 'wsrep_local_state: 1 joining, 2 donor, 3 joined, 4 synced',
      ja: 'wsrep_local_state: 1 参加中、2 ドナー、3 参加済み、4 同期済み',
    }),
    receive_queue: gauge('count', {
      en: 'Transactions received and not applied',
      ja: '受信済みで未適用のトランザクション',
    }),
    send_queue: gauge('count', { en: 'Transactions not sent yet', ja: '未送信のトランザクション' }),
    paused_ms: counter('ms', { en: 'Time paused by flow control', ja: 'フロー制御による停止時間' }),
    pauses_sent: counter('count', { en: 'Pauses asked for', ja: '要求した停止' }),
    pauses_received: counter('count', { en: 'Pauses of all nodes', ja: '全ノードの停止' }),
    certification_failures: counter('count', {
      en: 'Transactions refused by certification',
      ja: '認証で拒否されたトランザクション',
    }),
    aborted: counter('count', {
      en: 'Local transactions aborted by replicated ones',
      ja: 'レプリケーションにより中断されたトランザクション',
    }),
    received_bytes: counter('bytes', { en: 'Received', ja: '受信' }),
    replicated_bytes: counter('bytes', { en: 'Replicated', ja: '送信' }),
  },
  panels: [
    {
      id: 'queues',
      title: { en: 'Queues', ja: 'キュー' },
      show: 'line',
      y: ['receive_queue', 'send_queue'],
    },
    {
      id: 'flow-control',
      title: { en: 'Time paused by flow control', ja: 'フロー制御による停止時間' },
      show: 'line',
      y: ['paused_ms'],
    },
    { id: 'size', title: { en: 'Nodes', ja: 'ノード数' }, show: 'line', y: ['cluster_size'] },
    {
      id: 'conflicts',
      title: { en: 'Conflicts', ja: '競合' },
      show: 'line',
      y: ['certification_failures', 'aborted'],
    },
  ],
  alerts: [
    {
      id: 'flow-control',
      on: 'paused_ms',
      above: { warning: 100 },
      for: '1m',
      says: {
        en: 'Flow control stops writes for more than a tenth of the time.',
        ja: 'フロー制御が 10 % を超える時間、書き込みを止めています。',
      },
      fix: {
        en: 'Find the slowest node by its receive queue, give it more appliers (wsrep_slave_threads) or faster disks, and split large transactions.',
        ja: '受信キューから最も遅いノードを見つけ、適用スレッド(wsrep_slave_threads)やディスク性能を増やし、大きなトランザクションを分割してください。',
      },
    },
    {
      id: 'not-synced',
      on: 'state',
      below: { critical: 4 },
      for: '5m',
      says: { en: 'The node is not synced.', ja: 'ノードが同期されていません。' },
      fix: {
        en: 'Look at wsrep_local_state_comment and the error log: a donor or a joining node comes back by itself, a node outside the primary component does not.',
        ja: 'wsrep_local_state_comment とエラーログを確認してください。ドナーや参加中のノードは自然に戻りますが、プライマリコンポーネント外のノードは戻りません。',
      },
    },
    {
      id: 'queue',
      on: 'receive_queue',
      above: { warning: 1000 },
      for: '1m',
      says: { en: 'The receive queue is long.', ja: '受信キューが長くなっています。' },
      fix: {
        en: 'The node applies more slowly than the others write: look at its disks, its load and large transactions.',
        ja: '他のノードの書き込みに適用が追いついていません。ディスク、負荷、大きなトランザクションを確認してください。',
      },
    },
  ],
});
