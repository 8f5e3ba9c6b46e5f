/** What each disk of the machine does. */
import { counter, defineMetric, gauge, label } from '@/lib/metric/define-metric';

export const hostDisks = defineMetric({
  id: 'host.disks',
  layer: 'infrastructure',
  title: { en: 'Disks', ja: 'ディスク' },
  help: {
    en: 'Requests, throughput, mean time of a request and mean queue of each whole disk. Busy is the share of time with a request under way: a disk that serves several at once can be busy and still have room.',
    ja: 'ディスクごとの要求数、転送量、1 要求の平均時間、平均キュー長。「稼働」は要求が処理中だった時間の割合で、同時に複数処理できるディスクでは 100 % でも余力がありえます。',
  },
  source:
    'node_disk_* of node_exporter; /proc/diskstats (docs.kernel.org/admin-guide/iostats.html)',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  origin: 'host',
  queries: [],
  maxRows: 64,
  columns: {
    device: label(),
    reads: counter('count', { en: 'Reads', ja: '読み込み要求' }),
    writes: counter('count', { en: 'Writes', ja: '書き込み要求' }),
    read_bytes: counter('bytes', { en: 'Read', ja: '読み込み量' }),
    written_bytes: counter('bytes', { en: 'Written', ja: '書き込み量' }),
    read_ms: gauge('ms', { en: 'Mean time of a read', ja: '読み込みの平均時間' }),
    write_ms: gauge('ms', { en: 'Mean time of a write', ja: '書き込みの平均時間' }),
    queue: gauge('count', { en: 'Mean queue', ja: '平均キュー長' }),
    busy_ratio: gauge('ratio', { en: 'Busy', ja: '稼働' }),
  },
  panels: [
    {
      id: 'requests',
      title: { en: 'Requests to disks', ja: 'ディスクへの要求 (IOPS)' },
      show: 'line',
      y: ['reads', 'writes'],
      by: 'device',
    },
    {
      id: 'throughput',
      title: { en: 'Throughput of disks', ja: 'ディスクの転送量' },
      show: 'line',
      y: ['read_bytes', 'written_bytes'],
      by: 'device',
    },
    {
      id: 'latency',
      title: { en: 'Time of a request to a disk', ja: 'ディスクの応答時間' },
      show: 'line',
      y: ['read_ms', 'write_ms'],
      by: 'device',
    },
    {
      id: 'queue',
      title: { en: 'Queue at disks', ja: 'ディスクのキュー長' },
      show: 'line',
      y: ['queue'],
      by: 'device',
    },
    {
      id: 'busy',
      title: { en: 'Disks busy', ja: 'ディスクの稼働率' },
      show: 'line',
      y: ['busy_ratio'],
      by: 'device',
    },
  ],
  alerts: [
    {
      id: 'host-disk-slow-reads',
      on: 'read_ms',
      above: { warning: 50 },
      for: '5m',
      says: {
        en: 'Reading this disk takes long: statements that need it wait.',
        ja: 'このディスクの読み込みに時間がかかっています。読み込みが必要な文は待たされます。',
      },
      fix: {
        en: 'Look at the queue: a long one means too many requests, a short one a slow disk or a limit of the provider.',
        ja: 'キュー長を確認してください。長ければ要求が多すぎ、短ければディスク自体か事業者の上限が原因です。',
      },
    },
    {
      id: 'host-disk-slow-writes',
      on: 'write_ms',
      above: { warning: 50 },
      for: '5m',
      says: {
        en: 'Writing this disk takes long: commits wait for it.',
        ja: 'このディスクへの書き込みに時間がかかっています。コミットが待たされます。',
      },
      fix: {
        en: 'Look at the queue, at checkpoints, and at the limits of the provider.',
        ja: 'キュー長、チェックポイント、事業者の上限を確認してください。',
      },
    },
  ],
});
