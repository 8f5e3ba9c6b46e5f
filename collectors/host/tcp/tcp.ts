/** What TCP had to send again, and who knocked while nobody opened: the network as its users feel it. */
import { counter, defineMetric } from '@/lib/metric/define-metric';

export const hostTcp = defineMetric({
  id: 'host.tcp',
  layer: 'infrastructure',
  title: { en: 'TCP', ja: 'TCP' },
  help: {
    en: 'Segments that the machine sent, those that it sent again because no answer came, and connections dropped because a program did not accept them in time (its backlog was full).',
    ja: 'マシンが送ったセグメント、応答がなく再送したセグメント、プログラムの受け付けが間に合わず(backlog が満杯で)捨てられた接続。',
  },
  source:
    'node_netstat_Tcp_OutSegs, _RetransSegs, node_netstat_TcpExt_ListenOverflows of node_exporter; /proc/net/snmp, /proc/net/netstat (docs.kernel.org/networking/snmp_counter.html)',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  origin: 'host',
  queries: [],
  columns: {
    sent: counter('count', { en: 'Segments sent', ja: '送信セグメント' }),
    retransmits: counter('count', { en: 'Sent again', ja: '再送' }),
    listen_overflows: counter('count', {
      en: 'Connections dropped, backlog full',
      ja: 'backlog 満杯で捨てられた接続',
    }),
  },
  panels: [
    {
      id: 'again',
      title: { en: 'TCP: sent again, dropped', ja: 'TCP の再送と破棄' },
      show: 'line',
      y: ['retransmits', 'listen_overflows'],
    },
  ],
  alerts: [
    {
      id: 'host-listen-overflows',
      on: 'listen_overflows',
      above: { warning: 1 },
      for: '2m',
      says: {
        en: 'Connections are dropped because a program on the machine does not accept them in time.',
        ja: 'プログラムの受け付けが間に合わず、接続が捨てられています。',
      },
      fix: {
        en: 'Raise the backlog (net.core.somaxconn and the program’s own), and see why it does not accept: too many new connections want a pool.',
        ja: 'backlog(net.core.somaxconn とプログラム側の設定)を増やし、受け付けられない理由を確認してください。新規接続が多すぎる場合はコネクションプールを使います。',
      },
    },
  ],
});
