/** The series of the verdict: what charts and alerts of both engines read. Pure. */
import { gauge, label, type MetricInput } from '@/lib/metric/define-metric';

const columns = {
  channel: label(),
  upstream: label(),
  lag_ms: gauge('ms', {
    en: 'Behind the primary, a delay that is wanted included',
    ja: 'プライマリからの遅延(意図した遅延を含む)',
  }),
  late_ms: gauge('ms', {
    en: 'Behind by more than the delay that is wanted',
    ja: '意図した遅延を超えた遅れ',
  }),
  shipping_ms: gauge('ms', { en: 'Not yet received', ja: '未受信の分' }),
  applying_ms: gauge('ms', { en: 'Received and not yet applied', ja: '受信済みで未適用の分' }),
  lag_bytes: gauge('bytes', {
    en: 'Behind the primary; unknown across binary log files',
    ja: 'プライマリからの遅れ。バイナリログのファイルをまたぐ間は不明',
  }),
  trouble: gauge('count', {
    en: '2 is stopped or disconnected, 1 is unknown, 0 is following',
    ja: '2 は停止または切断、1 は不明、0 は追従中',
  }),
} as const;

/** What the definitions of both engines have in common. */
export const lagMetric = {
  layer: 'database',
  title: { en: 'Replication lag, both sides', ja: 'レプリケーション遅延(両側から)' },
  help: {
    en: 'The verdict on each stream of a replica, from what it and the server it follows say at the same time. A lag of 0 was seen on both sides; what is not known is not drawn. It ends when the replica is promoted.',
    ja: 'レプリカの各ストリームについて、レプリカとレプリケーション元の双方から同時に得た判定。0 は両側で確認された値で、不明なものは描きません。昇格すると終わります。',
  },
  every: '10s',
  timeout: '3s',
  on: 'replica',
  cost: 'low',
  needs: [],
  origin: 'verdict',
  queries: [],
  columns,
  panels: [
    {
      id: 'lag',
      title: { en: 'Replication lag', ja: 'レプリケーション遅延' },
      show: 'line',
      y: ['lag_ms'],
      by: 'channel',
    },
    {
      id: 'stages',
      title: { en: 'Shipping and applying', ja: '転送と適用' },
      show: 'stacked',
      y: ['shipping_ms', 'applying_ms'],
      by: 'channel',
    },
    {
      id: 'bytes',
      title: { en: 'Bytes behind', ja: '遅れているバイト数' },
      show: 'line',
      y: ['lag_bytes'],
      by: 'channel',
    },
  ],
  alerts: [
    {
      id: 'not-following',
      on: 'trouble',
      above: { warning: 0, critical: 1 },
      for: '10s',
      says: {
        en: 'The replica does not follow, or nobody knows whether it does.',
        ja: 'レプリカが追従していないか、追従しているか不明です。',
      },
      fix: {
        en: 'The page of the cluster names the cause: a stopped thread, an error, a dead link or a server that does not answer.',
        ja: '停止したスレッド、エラー、切断、応答のないサーバーなど、原因はクラスターの画面に示されます。',
      },
    },
    {
      id: 'late',
      on: 'late_ms',
      above: { warning: 30_000, critical: 300_000 },
      for: '30s',
      says: { en: 'The replica is late.', ja: 'レプリカが遅れています。' },
      fix: {
        en: 'Shipping points to the network and the sender, applying to the replica: large transactions, queries that conflict with replay, disks, too few workers.',
        ja: '転送の遅れはネットワークと送信側、適用の遅れはレプリカ側(大きなトランザクション、再生と競合する問い合わせ、ディスク、ワーカー不足)を確認してください。',
      },
    },
  ],
} satisfies Omit<MetricInput<typeof columns>, 'id' | 'source'>;
