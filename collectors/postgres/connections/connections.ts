/** Who is connected and what they do, against the limit. */
import { defineMetric, gauge, label } from '@/lib/metric/define-metric';

export const connections = defineMetric({
  id: 'postgres.connections',
  layer: 'database',
  title: { en: 'Connections by state', ja: '状態別の接続' },
  help: {
    en: 'Client connections by what they are doing. Idle in transaction holds locks and keeps dead rows from being removed.',
    ja: 'クライアント接続を状態別に数えます。トランザクション中の待機はロックを保持し、不要行の回収を妨げます。',
  },
  source: 'pg_stat_activity',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ role: 'pg_read_all_stats' }],
  queries: [
    {
      from: 13,
      sql: `select s.state, count(a.pid) as connections
  from (values ('active'), ('idle'), ('idle in transaction'), ('idle in transaction (aborted)'), ('other')) as s(state)
  left join (
    select pid, case when state in ('active', 'idle', 'idle in transaction', 'idle in transaction (aborted)')
                     then state else 'other' end as state
    from pg_stat_activity where backend_type = 'client backend'
  ) a on a.state = s.state
  group by s.state`,
    },
  ],
  columns: {
    state: label(),
    connections: gauge('count', { en: 'Client connections', ja: 'クライアント接続数' }),
  },
  panels: [
    {
      id: 'by-state',
      title: { en: 'Connections by state', ja: '状態別の接続' },
      show: 'stacked',
      y: ['connections'],
      by: 'state',
    },
  ],
});

export const connectionUse = defineMetric({
  id: 'postgres.connection-use',
  layer: 'database',
  title: { en: 'Connections against the limit', ja: '接続数と上限' },
  help: {
    en: 'Connections that count against max_connections, and what is left for ordinary logins after the reserved ones.',
    ja: 'max_connections に数えられる接続数と、予約分を除いて一般のログインに残る数。',
  },
  source: 'pg_stat_activity, max_connections, superuser_reserved_connections, reserved_connections',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ role: 'pg_read_all_stats' }],
  queries: [
    {
      from: 13,
      sql: `select c.used, l.max_connections, l.available, c.used::float8 / nullif(l.available, 0) as used_ratio
  from (select count(*) as used from pg_stat_activity where backend_type = 'client backend') c,
    (select current_setting('max_connections')::int as max_connections,
            current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
              - coalesce(current_setting('reserved_connections', true)::int, 0) as available) l`,
    },
  ],
  columns: {
    used: gauge('count', { en: 'Client connections', ja: 'クライアント接続数' }),
    max_connections: gauge('count', { en: 'max_connections', ja: 'max_connections' }),
    available: gauge('count', {
      en: 'Connections ordinary logins may use',
      ja: '一般のログインが使える接続数',
    }),
    used_ratio: gauge('ratio', {
      en: 'Share of the ordinary connections in use',
      ja: '一般用接続の使用率',
    }),
  },
  panels: [
    {
      id: 'against-limit',
      title: { en: 'Connections against the limit', ja: '接続数と上限' },
      show: 'line',
      y: ['used'],
      limit: 'available',
    },
  ],
  alerts: [
    {
      id: 'nearly-full',
      on: 'used_ratio',
      above: { warning: 0.8, critical: 0.9 },
      for: '1m',
      says: {
        en: 'Connections are running out.',
        ja: '接続数が上限に近づいています。',
      },
      fix: {
        en: 'Find the application that holds them (idle connections, leaks), lower its pool, or put a pooler in between. Raising max_connections needs a restart.',
        ja: '接続を占めているアプリケーション(待機接続やリーク)を調べ、プールを小さくするかプーラーを挟んでください。max_connections の変更には再起動が必要です。',
      },
    },
  ],
});
