/** Pressure stall information: the share of time in which tasks stood still for want of CPU, memory or a disk. */
import { defineMetric, gauge } from '@/lib/metric/define-metric';

export const hostPressure = defineMetric({
  id: 'host.pressure',
  layer: 'infrastructure',
  title: { en: 'Pressure', ja: '資源の逼迫 (PSI)' },
  help: {
    en: 'Share of time in which some tasks (waiting) or all of them (stalled) stood still because the machine lacked CPU, memory or disk. Unknown where the kernel does not count it (before Linux 4.20, or switched off).',
    ja: 'CPU・メモリー・ディスクの不足により、一部のタスク(待ち)またはすべてのタスク(停止)が止まっていた時間の割合。カーネルが数えない場合(Linux 4.20 より前、または無効)は不明。',
  },
  source:
    'node_pressure_*_seconds_total of node_exporter; /proc/pressure/cpu, memory, io (docs.kernel.org/accounting/psi.html)',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  origin: 'host',
  queries: [],
  columns: {
    cpu_waiting_ratio: gauge('ratio', { en: 'Waiting for a CPU', ja: 'CPU 待ち' }),
    memory_waiting_ratio: gauge('ratio', { en: 'Waiting for memory', ja: 'メモリー待ち' }),
    memory_stalled_ratio: gauge('ratio', {
      en: 'Stalled for memory',
      ja: 'メモリー不足による停止',
    }),
    io_waiting_ratio: gauge('ratio', { en: 'Waiting for a disk', ja: 'ディスク待ち' }),
    io_stalled_ratio: gauge('ratio', { en: 'Stalled for a disk', ja: 'ディスク待ちによる停止' }),
  },
  panels: [
    {
      id: 'pressure',
      title: { en: 'Time lost to shortage', ja: '資源不足で失われた時間' },
      show: 'line',
      y: ['cpu_waiting_ratio', 'memory_waiting_ratio', 'io_waiting_ratio', 'io_stalled_ratio'],
    },
  ],
  alerts: [
    {
      id: 'host-memory-stalled',
      on: 'memory_stalled_ratio',
      above: { warning: 0.05, critical: 0.2 },
      for: '5m',
      says: {
        en: 'All work on the machine stands still again and again because memory is short.',
        ja: 'メモリー不足により、マシン上の全処理が繰り返し止まっています。',
      },
      fix: {
        en: 'Give the machine more memory or its programs less.',
        ja: 'マシンのメモリーを増やすか、プログラムの使用量を減らしてください。',
      },
    },
    {
      id: 'host-io-stalled',
      on: 'io_stalled_ratio',
      above: { warning: 0.3 },
      for: '5m',
      says: {
        en: 'All work on the machine stands still for its disks for much of the time.',
        ja: 'ディスク待ちにより、マシン上の全処理が長い時間止まっています。',
      },
      fix: {
        en: 'See which disk is busy and which statements read or write most.',
        ja: 'どのディスクが混んでいるか、どの文の読み書きが多いかを確認してください。',
      },
    },
  ],
});
