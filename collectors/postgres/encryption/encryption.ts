/** How many of the connections over the network are encrypted. */
import { defineMetric, gauge } from '@/lib/metric/define-metric';

export const encryption = defineMetric({
  id: 'postgres.encryption',
  layer: 'database',
  title: { en: 'Encrypted connections', ja: '暗号化された接続' },
  help: {
    en: 'Client connections over TCP, and how many of them use TLS. Those over a Unix socket stay on the host and are counted apart. Passwords and rows of an unencrypted connection can be read on the way.',
    ja: 'TCP のクライアント接続と、そのうち TLS を使うもの。Unix ソケットの接続はホスト内にとどまるため別に数えます。暗号化されていない接続では、パスワードや行が途中で読まれるおそれがあります。',
  },
  source: 'pg_stat_ssl, pg_stat_activity',
  every: '1m',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ role: 'pg_read_all_stats' }],
  queries: [
    {
      from: 13,
      sql: `select count(*) filter (where a.client_port >= 0 and s.ssl) as encrypted,
    count(*) filter (where a.client_port >= 0 and not s.ssl) as plain,
    count(*) filter (where a.client_port = -1) as local,
    count(*) filter (where a.client_port >= 0 and s.ssl)::float8 / nullif(count(*) filter (where a.client_port >= 0), 0) as share
  from pg_stat_activity a join pg_stat_ssl s on s.pid = a.pid where a.backend_type = 'client backend'`,
    },
  ],
  columns: {
    encrypted: gauge('count', {
      en: 'Over the network with TLS',
      ja: 'ネットワーク経由・TLS あり',
    }),
    plain: gauge('count', { en: 'Over the network without TLS', ja: 'ネットワーク経由・TLS なし' }),
    local: gauge('count', { en: 'Over a Unix socket', ja: 'Unix ソケット経由' }),
    share: gauge('ratio', {
      en: 'Share of the network connections that use TLS; unknown when there are none',
      ja: 'ネットワーク接続のうち TLS を使う割合。接続がなければ不明',
    }),
  },
  panels: [
    {
      id: 'by-encryption',
      title: { en: 'Connections with and without TLS', ja: 'TLS の有無別の接続' },
      show: 'stacked',
      y: ['encrypted', 'plain', 'local'],
    },
  ],
  // No default alert. Whether plain connections are allowed is a policy, not a threshold.
});
