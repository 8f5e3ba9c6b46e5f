/** What would be lost if the primary died, over time, and how many take writes. Pure. */
import { gauge, type MetricInput } from '@/lib/metric/define-metric';

const columns = {
  loss_ms: gauge('ms', {
    en: 'Writes of the last … would be lost',
    ja: '失われる書き込みの期間',
  }),
  loss_bytes: gauge('bytes', { en: 'Bytes that would be lost', ja: '失われるバイト数' }),
  writers: gauge('count', {
    en: 'Members of one history that take writes',
    ja: '同じ履歴を持ち書き込みを受け付けるメンバー',
  }),
} as const;

/** What the definitions of both engines have in common. */
export const recoveryPointMetric = {
  layer: 'database',
  title: { en: 'If the primary died now', ja: 'プライマリが今停止した場合' },
  help: {
    en: 'The recovery point: what of the writes neither the best replica nor the archive has. Unknown where nothing could be compared, and without any copy.',
    ja: '復旧時点。最も進んだレプリカにもアーカイブにもない書き込みの量。比較できないときやコピーがないときは不明です。',
  },
  every: '10s',
  timeout: '3s',
  on: 'primary',
  cost: 'low',
  needs: [],
  origin: 'verdict',
  queries: [],
  columns,
  panels: [
    {
      id: 'loss',
      title: { en: 'Lost if the primary died', ja: 'プライマリ停止時に失われる書き込み' },
      show: 'line',
      y: ['loss_ms'],
    },
  ],
  alerts: [
    {
      id: 'split-brain',
      on: 'writers',
      above: { critical: 1 },
      for: '10s',
      says: {
        en: 'Two servers of one history accept writes at the same time.',
        ja: '同じ履歴を持つ 2 台のサーバーが同時に書き込みを受け付けています。',
      },
      fix: {
        en: 'Stop the applications from writing to one of them before anything else; what that one wrote has to be compared and carried over.',
        ja: 'まず一方へのアプリケーションの書き込みを止め、そのサーバーに書き込まれた内容を比較して移してください。',
      },
    },
    {
      id: 'loss',
      on: 'loss_ms',
      above: { warning: 300_000 },
      for: '1m',
      says: {
        en: 'Minutes of writes exist on the primary only.',
        ja: '数分間の書き込みがプライマリにしかありません。',
      },
      fix: {
        en: 'Look at the lag and the cause of the best replica, and whether archiving works.',
        ja: '最も進んだレプリカの遅延と原因、アーカイブの動作を確認してください。',
      },
    },
  ],
} satisfies Omit<MetricInput<typeof columns>, 'id' | 'source'>;
