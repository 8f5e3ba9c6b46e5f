/** What both engines' definitions of the heartbeat have in common. Pure. */
import { gauge, type Text } from '@/lib/metric/define-metric';

const inClass = (en: string, ja: string) =>
  gauge('count', {
    en: `Looks at which the replica was at most ${en} behind, and more than the class before`,
    ja: `レプリカの遅れが${ja}以内だった回数(前の区分を除く)`,
  });

export const heartbeatText: { title: Text; help: Text } = {
  title: { en: 'Heartbeat', ja: 'ハートビート' },
  help: {
    en: 'Optional. The primary gets a beat each second in the one table its owner made for it, and every replica is asked for it a tenth of a second later. What a fresh write needs until it can be read does not depend on the arithmetic of the server or on its clock. Resolution: 0.1 s for a replica that keeps up, one second for one that does not. Each beat is one small transaction in the log.',
    ja: '任意。プライマリでは所有者が用意した 1 つの表に毎秒 1 回書き込み、各レプリカではその 0.1 秒後に読みます。新しい書き込みが読めるまでの時間を、サーバー側の計算や時計に頼らずに測ります。分解能は、追いついているレプリカで 0.1 秒、遅れているもので 1 秒。書き込みごとに小さなトランザクションが 1 つログに残ります。',
  },
};

export const heartbeatColumns = {
  beats: gauge('count', { en: 'Beats written', ja: '書き込んだ回数' }),
  write_ms: gauge('ms', { en: 'Median time to write one', ja: '書き込み 1 回の時間(中央値)' }),
  samples: gauge('count', { en: 'Looks at the beat', ja: '読み取った回数' }),
  lag_min_ms: gauge('ms', { en: 'Smallest lag', ja: '最小の遅延' }),
  lag_ms: gauge('ms', { en: 'Median lag', ja: '遅延の中央値' }),
  lag_max_ms: gauge('ms', { en: 'Largest lag', ja: '最大の遅延' }),
  within_250_ms: inClass('0.25 s', ' 0.25 秒'),
  within_500_ms: inClass('0.5 s', ' 0.5 秒'),
  within_1_s: inClass('1 s', ' 1 秒'),
  within_2_s: inClass('2 s', ' 2 秒'),
  within_5_s: inClass('5 s', ' 5 秒'),
  within_10_s: inClass('10 s', ' 10 秒'),
  within_30_s: inClass('30 s', ' 30 秒'),
  within_60_s: inClass('1 min', ' 1 分'),
  within_300_s: inClass('5 min', ' 5 分'),
  later: gauge('count', {
    en: 'Looks at which it was more than 5 min behind',
    ja: 'レプリカの遅れが 5 分を超えていた回数',
  }),
};

export const heartbeatPanels = [
  {
    id: 'lag',
    title: { en: 'Lag by heartbeat', ja: 'ハートビートによる遅延' },
    show: 'line',
    y: ['lag_min_ms', 'lag_ms', 'lag_max_ms'],
  },
  {
    id: 'write',
    title: { en: 'Time to write a beat', ja: '書き込みの所要時間' },
    show: 'line',
    y: ['write_ms'],
  },
] as const;
