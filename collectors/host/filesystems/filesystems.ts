/** How full the filesystems are, and when they are if it goes on like this. */
import { defineMetric, gauge, label } from '@/lib/metric/define-metric';

export const hostFilesystems = defineMetric({
  id: 'host.filesystems',
  layer: 'infrastructure',
  title: { en: 'Filesystems', ja: 'ファイルシステム' },
  help: {
    en: 'Fullness of each mounted filesystem. Days to full assumes that it goes on growing as in the last 6 hours (the median of the slopes between all pairs of readings; at least 30 minutes must have been seen); unknown when it does not grow, or grew in one jump. What grows: compare with the sizes of tables, the log of changes, and replication slots.',
    ja: 'マウントごとの使用量。「満杯までの日数」は直近 6 時間の増え方(すべての測定値の組の傾きの中央値、最低 30 分の観測が必要)が続くという仮定によるもので、増えていないか、一度に増えただけなら不明。何が増えているかは、表の大きさ、変更ログ、レプリケーションスロットと見比べてください。',
  },
  source:
    'node_filesystem_size_bytes, _free_bytes, _avail_bytes, _files, _files_free of node_exporter; /proc/self/mounts and statfs(2)',
  every: '30s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  origin: 'host',
  queries: [],
  maxRows: 64,
  columns: {
    mount: label(),
    device: label(),
    size_bytes: gauge('bytes', { en: 'Size', ja: '容量' }),
    used_bytes: gauge('bytes', { en: 'Used', ja: '使用量' }),
    available_bytes: gauge('bytes', { en: 'Available', ja: '空き' }),
    used_ratio: gauge('ratio', { en: 'Full', ja: '使用率' }),
    inodes_used_ratio: gauge('ratio', { en: 'Inodes used', ja: 'inode の使用率' }),
    growth_bytes_per_day: gauge('bytes', { en: 'Growth in a day', ja: '1 日あたりの増加' }),
    days_to_full: gauge('count', {
      en: 'Days to full, if it grows on as in the last 6 hours',
      ja: '満杯までの日数(直近 6 時間の増え方が続くと仮定)',
    }),
  },
  panels: [
    {
      id: 'full',
      title: { en: 'Filesystems full', ja: 'ファイルシステムの使用率' },
      show: 'line',
      y: ['used_ratio'],
      by: 'mount',
    },
    {
      id: 'days-to-full',
      title: {
        en: 'Days to full, growing as in the last 6 hours',
        ja: '満杯までの日数(直近 6 時間の増え方で)',
      },
      show: 'line',
      y: ['days_to_full'],
      by: 'mount',
    },
    {
      id: 'inodes',
      title: { en: 'Inodes used', ja: 'inode の使用率' },
      show: 'line',
      y: ['inodes_used_ratio'],
      by: 'mount',
    },
  ],
  alerts: [
    {
      id: 'host-filesystem-full',
      on: 'used_ratio',
      above: { warning: 0.85, critical: 0.95 },
      for: '1m',
      says: {
        en: 'The filesystem is nearly full. A database that cannot write stops.',
        ja: 'ファイルシステムがほぼ満杯です。書き込めなくなるとデータベースは止まります。',
      },
      fix: {
        en: 'Look for replication slots and old logs that hold files back, then tables that grow; or enlarge it.',
        ja: 'ファイルを保持しているレプリケーションスロットや古いログ、増え続ける表を調べるか、容量を増やしてください。',
      },
    },
    {
      id: 'host-filesystem-days',
      on: 'days_to_full',
      below: { warning: 4, critical: 1 },
      for: '5m',
      says: {
        en: 'Growing as in the last 6 hours, the filesystem is full within days.',
        ja: '直近 6 時間の増え方が続くと、数日でファイルシステムが満杯になります。',
      },
      fix: {
        en: 'See what grows: tables, the log of changes, temporary files, or files of other programs.',
        ja: '増えているもの(表、変更ログ、一時ファイル、他のプログラムのファイル)を確認してください。',
      },
    },
    {
      id: 'host-inodes',
      on: 'inodes_used_ratio',
      above: { warning: 0.9, critical: 0.98 },
      for: '5m',
      says: {
        en: 'The filesystem can hold hardly any more files, whatever space is left.',
        ja: '空き容量があっても、これ以上ほとんどファイルを作れません。',
      },
      fix: {
        en: 'Remove what consists of many small files.',
        ja: '多数の小さなファイルを整理してください。',
      },
    },
  ],
});
