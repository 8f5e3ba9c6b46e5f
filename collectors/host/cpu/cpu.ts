/** CPU by mode and the load averages of the machine. */
import { defineMetric, gauge } from '@/lib/metric/define-metric';

export const hostCpu = defineMetric({
  id: 'host.cpu',
  layer: 'infrastructure',
  title: { en: 'CPU', ja: 'CPU' },
  help: {
    en: 'How the time of all cores of the machine was spent since the reading before, and its load averages. Busy is everything but idle and waiting for a disk.',
    ja: '前回の読み取り以降、マシンの全コアの時間がどう使われたかと、ロードアベレージ。「使用中」はアイドルとディスク待ち以外のすべて。',
  },
  source:
    'node_cpu_seconds_total, node_load1, node_load5, node_load15 of node_exporter; /proc/stat, /proc/loadavg (proc_stat(5), proc_loadavg(5))',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  origin: 'host',
  queries: [],
  columns: {
    busy_ratio: gauge('ratio', { en: 'Busy', ja: '使用中' }),
    user_ratio: gauge('ratio', { en: 'Programs', ja: 'プログラム (user)' }),
    nice_ratio: gauge('ratio', {
      en: 'Programs of low priority',
      ja: '低優先度のプログラム (nice)',
    }),
    system_ratio: gauge('ratio', { en: 'Kernel', ja: 'カーネル (system)' }),
    interrupt_ratio: gauge('ratio', { en: 'Interrupts', ja: '割り込み (irq, softirq)' }),
    iowait_ratio: gauge('ratio', {
      en: 'Idle while waiting for a disk',
      ja: 'ディスク待ちのアイドル (iowait)',
    }),
    steal_ratio: gauge('ratio', {
      en: 'Taken by the hypervisor for other machines',
      ja: 'ハイパーバイザーが他の仮想マシンに回した時間 (steal)',
    }),
    cores: gauge('count', { en: 'Cores', ja: 'コア数' }),
    load1: gauge('count', { en: 'Load, 1 minute', ja: 'ロードアベレージ(1 分)' }),
    load5: gauge('count', { en: 'Load, 5 minutes', ja: 'ロードアベレージ(5 分)' }),
    load15: gauge('count', { en: 'Load, 15 minutes', ja: 'ロードアベレージ(15 分)' }),
  },
  panels: [
    {
      id: 'modes',
      title: { en: 'CPU by mode', ja: 'CPU の内訳' },
      show: 'stacked',
      y: [
        'user_ratio',
        'nice_ratio',
        'system_ratio',
        'interrupt_ratio',
        'iowait_ratio',
        'steal_ratio',
      ],
    },
    {
      id: 'load',
      title: { en: 'Load average, against cores', ja: 'ロードアベレージ(破線はコア数)' },
      show: 'line',
      y: ['load1', 'load5', 'load15'],
      limit: 'cores',
    },
  ],
  alerts: [
    {
      id: 'host-cpu-busy',
      on: 'busy_ratio',
      above: { warning: 0.9, critical: 0.98 },
      for: '5m',
      says: {
        en: 'The CPUs of the machine are busy all the time: everything on it waits for its turn.',
        ja: 'マシンの CPU が使い切られています。すべての処理が順番待ちになります。',
      },
      fix: {
        en: 'See which statements are executing, and whether another program runs on the machine.',
        ja: '実行中の文と、同じマシンで動く他のプログラムを確認してください。',
      },
    },
    {
      id: 'host-cpu-steal',
      on: 'steal_ratio',
      above: { warning: 0.1 },
      for: '5m',
      says: {
        en: 'The hypervisor gives CPU time to other machines that this one wanted.',
        ja: 'このマシンが必要とした CPU 時間を、ハイパーバイザーが他の仮想マシンに回しています。',
      },
      fix: {
        en: 'Move the machine, take a larger kind, or look at the CPU credits of a burstable one.',
        ja: 'マシンを移すか大きな種類に替え、バースト型ならCPUクレジットを確認してください。',
      },
    },
  ],
});
