/** Memory and swap of the machine. */
import { counter, defineMetric, gauge } from '@/lib/metric/define-metric';

export const hostMemory = defineMetric({
  id: 'host.memory',
  layer: 'infrastructure',
  title: { en: 'Memory', ja: 'メモリー' },
  help: {
    en: 'Memory of the machine. Available is what programs can get without swapping: free memory and most of the file cache.',
    ja: 'マシンのメモリー。「利用可能」はスワップなしで使える量(空きと、ファイルキャッシュの大部分)。',
  },
  source:
    'node_memory_*_bytes, node_vmstat_pswpin, node_vmstat_pgmajfault, node_vmstat_oom_kill of node_exporter; /proc/meminfo, /proc/vmstat (proc_meminfo(5), proc_vmstat(5))',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  origin: 'host',
  queries: [],
  columns: {
    total_bytes: gauge('bytes', { en: 'Memory', ja: '全メモリー' }),
    used_bytes: gauge('bytes', { en: 'Not available', ja: '使用中(利用可能でない分)' }),
    available_bytes: gauge('bytes', { en: 'Available', ja: '利用可能' }),
    available_ratio: gauge('ratio', { en: 'Share available', ja: '利用可能な割合' }),
    free_bytes: gauge('bytes', { en: 'Unused', ja: '未使用' }),
    cached_bytes: gauge('bytes', { en: 'File cache', ja: 'ファイルキャッシュ' }),
    buffers_bytes: gauge('bytes', { en: 'Buffers', ja: 'バッファー' }),
    dirty_bytes: gauge('bytes', { en: 'Not yet on disk', ja: 'ディスクへの書き込み待ち' }),
    swap_total_bytes: gauge('bytes', { en: 'Swap', ja: '全スワップ' }),
    swap_used_bytes: gauge('bytes', { en: 'Swap used', ja: '使用中のスワップ' }),
    swapped_in: counter('count', {
      en: 'Pages read back from swap',
      ja: 'スワップから読み戻したページ',
    }),
    major_faults: counter('count', {
      en: 'Page faults that read a disk',
      ja: 'ディスクを読んだページフォールト',
    }),
    killed: counter('count', {
      en: 'Processes killed for want of memory',
      ja: 'メモリー不足で強制終了されたプロセス',
    }),
  },
  panels: [
    {
      id: 'memory',
      title: { en: 'Memory', ja: 'メモリー' },
      show: 'line',
      y: ['used_bytes', 'cached_bytes', 'swap_used_bytes'],
      limit: 'total_bytes',
    },
    {
      id: 'faults',
      title: { en: 'Reads for want of memory', ja: 'メモリー不足による読み込み' },
      show: 'line',
      y: ['major_faults', 'swapped_in'],
    },
  ],
  alerts: [
    {
      id: 'host-memory-low',
      on: 'available_ratio',
      below: { warning: 0.1, critical: 0.05 },
      for: '5m',
      says: {
        en: 'The machine has hardly any memory left: soon the kernel swaps, or kills a process of the database.',
        ja: 'マシンのメモリーがほとんど残っていません。スワップが始まるか、データベースのプロセスが強制終了されます。',
      },
      fix: {
        en: 'Fewer connections or less memory per sort; a smaller buffer; or more memory.',
        ja: '接続数や 1 回のソートに使うメモリー、バッファーを減らすか、メモリーを増やしてください。',
      },
    },
  ],
});
