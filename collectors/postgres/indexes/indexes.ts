/** How large indexes are and whether anybody uses them. */
import { counter, defineMetric, flag, gauge, label } from '@/lib/metric/define-metric';

const columns = (unusedFor: string) => `with t as (
    select format('%I.%I', n.nspname, c.relname) as table_name, format('%I.%I', n.nspname, x.relname) as index_name, x.oid,
      x.relpages * current_setting('block_size')::bigint as bytes, pg_stat_get_numscans(x.oid) as scans,
      ${unusedFor} as unused_ms, i.indisvalid as valid, i.indisunique as is_unique, i.indisprimary as is_primary,
      i.indisunique or i.indisexclusion or i.indisreplident as enforces
    from pg_index i
    join pg_class x on x.oid = i.indexrelid and x.relkind = 'i'
    join pg_class c on c.oid = i.indrelid and c.relkind in ('r', 'm') and c.relpersistence <> 't'
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast'
  ), ranked as (
    select t.*, row_number() over (order by bytes desc, index_name) as by_size,
      not valid or (scans = 0 and not enforces) as idle,
      row_number() over (partition by not valid or (scans = 0 and not enforces) order by bytes desc, index_name) as by_idle
    from t
  )
  select current_database() as database, table_name as "table", index_name as index, scans, bytes, unused_ms, valid, is_unique,
    is_primary, scans = 0 and not enforces as unused,
    concat_ws(' ', (select stats_reset from pg_stat_database where datname = current_database()), oid) as reset_at
  from ranked where by_size <= 50 or (idle and by_idle <= 50)`;

export const indexes = defineMetric({
  id: 'postgres.indexes',
  layer: 'database',
  title: { en: 'Indexes', ja: 'インデックス' },
  help: {
    en: 'The 50 largest indexes of the connected database, and the 50 largest that are invalid or were never scanned. An index may be used on a standby only: look there too before dropping it. Sizes are those of the last VACUUM, ANALYZE or CREATE INDEX.',
    ja: '接続先データベースの最も大きいインデックス 50 件と、無効または一度もスキャンされていない大きいもの 50 件。スタンバイだけで使われることもあるため、削除の前にそちらも確認してください。サイズは直近の VACUUM、ANALYZE、CREATE INDEX の時点の値です。',
  },
  source: 'pg_stat_user_indexes, pg_index',
  every: '5m',
  timeout: '5s',
  on: 'any',
  cost: 'medium',
  needs: [],
  queries: [
    { from: 13, sql: columns('null::float8') },
    {
      from: 16,
      sql: columns('extract(epoch from clock_timestamp() - pg_stat_get_lastscan(x.oid)) * 1000'),
    },
  ],
  resetAt: 'reset_at',
  columns: {
    database: label(),
    table: label(),
    index: label(),
    scans: counter('count', { en: 'Scans of the index', ja: 'インデックスのスキャン' }),
    bytes: gauge('bytes', {
      en: 'Size at the last VACUUM, ANALYZE or CREATE INDEX',
      ja: 'サイズ(直近の VACUUM・ANALYZE・CREATE INDEX 時点)',
    }),
    unused_ms: gauge('ms', {
      en: 'Time since the last scan; unknown when there was none, and before PostgreSQL 16',
      ja: '最後のスキャンからの時間。一度もなければ不明(PostgreSQL 16 以降)',
    }),
    valid: flag({
      en: 'Usable; not so after a failed CREATE INDEX CONCURRENTLY',
      ja: '使用可能。CREATE INDEX CONCURRENTLY の失敗後は使えません',
    }),
    is_unique: flag({ en: 'Unique', ja: '一意' }),
    is_primary: flag({ en: 'Primary key', ja: '主キー' }),
    unused: flag({
      en: 'Never scanned since statistics were reset, and enforces nothing',
      ja: '統計のリセット以降スキャンされておらず、制約も担っていない',
    }),
  },
  panels: [
    {
      id: 'size',
      title: { en: 'Size of indexes', ja: 'インデックスのサイズ' },
      show: 'stacked',
      y: ['bytes'],
      by: 'index',
    },
    {
      id: 'scans',
      title: { en: 'Index scans', ja: 'インデックススキャン' },
      show: 'line',
      y: ['scans'],
      by: 'index',
    },
  ],
  // No default alert. Unused and invalid ones are advice, which needs more than one number.
});
