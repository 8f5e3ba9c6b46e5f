/** Bytes between the server and its clients. */
import { counter, defineMetric } from '@/lib/metric/define-metric';
import { statusQueries } from '../status-queries';

export const mysqlNetwork = defineMetric({
  id: 'mysql.network',
  layer: 'infrastructure',
  title: { en: 'Network traffic', ja: 'ネットワーク転送量' },
  help: {
    en: 'Bytes received from and sent to all clients, replicas included.',
    ja: 'レプリカを含むすべてのクライアントとの送受信バイト数。',
  },
  source: 'Server Status Variables: Bytes_received, Bytes_sent',
  every: '30s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: statusQueries({ received: 'Bytes_received', sent: 'Bytes_sent' }),
  columns: {
    received: counter('bytes', { en: 'Received', ja: '受信' }),
    sent: counter('bytes', { en: 'Sent', ja: '送信' }),
  },
  panels: [
    {
      id: 'bytes',
      title: { en: 'Network traffic', ja: 'ネットワーク転送量' },
      show: 'line',
      y: ['received', 'sent'],
    },
  ],
});
