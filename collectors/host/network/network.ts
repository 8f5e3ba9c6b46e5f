/** What goes through each network interface of the machine. */
import { counter, defineMetric, label } from '@/lib/metric/define-metric';

export const hostNetwork = defineMetric({
  id: 'host.network',
  layer: 'infrastructure',
  title: { en: 'Network', ja: 'ネットワーク' },
  help: {
    en: 'Bytes, packets, errors and drops of each network interface; without the loopback and the ends of containers.',
    ja: 'ネットワークインターフェースごとの転送量、パケット数、エラー、破棄。ループバックとコンテナの端は除く。',
  },
  source: 'node_network_* of node_exporter; /proc/net/dev (proc_pid_net(5))',
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
    received_bytes: counter('bytes', { en: 'Received', ja: '受信' }),
    sent_bytes: counter('bytes', { en: 'Sent', ja: '送信' }),
    received_packets: counter('count', { en: 'Packets received', ja: '受信パケット' }),
    sent_packets: counter('count', { en: 'Packets sent', ja: '送信パケット' }),
    received_errors: counter('count', { en: 'Errors receiving', ja: '受信エラー' }),
    sent_errors: counter('count', { en: 'Errors sending', ja: '送信エラー' }),
    received_drops: counter('count', { en: 'Dropped receiving', ja: '受信時の破棄' }),
    sent_drops: counter('count', { en: 'Dropped sending', ja: '送信時の破棄' }),
  },
  panels: [
    {
      id: 'throughput',
      title: { en: 'Network', ja: 'ネットワークの転送量' },
      show: 'line',
      y: ['received_bytes', 'sent_bytes'],
      by: 'device',
    },
    {
      id: 'packets',
      title: { en: 'Packets', ja: 'パケット数' },
      show: 'line',
      y: ['received_packets', 'sent_packets'],
      by: 'device',
    },
    {
      id: 'errors',
      title: { en: 'Network errors and drops', ja: 'ネットワークのエラーと破棄' },
      show: 'line',
      y: ['received_errors', 'sent_errors', 'received_drops', 'sent_drops'],
      by: 'device',
    },
  ],
  alerts: [
    {
      id: 'host-network-errors',
      on: 'received_errors',
      above: { warning: 1 },
      for: '5m',
      says: {
        en: 'Packets arrive damaged: everything over this interface is sent again, late.',
        ja: '壊れたパケットが届いています。このインターフェースの通信は再送され、遅くなります。',
      },
      fix: {
        en: 'Check the cable, the port and the settings of speed and duplex.',
        ja: 'ケーブル、ポート、速度と二重化の設定を確認してください。',
      },
    },
  ],
});
