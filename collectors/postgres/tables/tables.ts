/** What each table of the connected database does and how large it is: fifty by name, the others summed. */
import { counter, defineMetric, gauge, label } from '@/lib/metric/define-metric';

export const tables = defineMetric({
  id: 'postgres.tables',
  layer: 'database',
  title: { en: 'Tables', ja: 'テーブル' },
  help: {
    en: 'Scans, rows written and size of the tables of the connected database: the 50 most used and largest, the others summed. Sizes are those of the last VACUUM, ANALYZE or CREATE INDEX: measuring the files would wait behind schema changes.',
    ja: '接続先データベースのテーブルごとのスキャン、書き込み行、サイズ。よく使われるもの・大きいもの上位 50 件を名前で示し、残りは合計します。サイズは直近の VACUUM、ANALYZE、CREATE INDEX の時点の値です(ファイルを測るとスキーマ変更を待つことになるため)。',
  },
  source: 'pg_stat_user_tables, pg_class',
  every: '1m',
  timeout: '5s',
  on: 'any',
  cost: 'medium',
  needs: [],
  queries: [
    {
      from: 13,
      // The functions behind pg_stat_user_tables: the view groups all indexes by name for columns not needed here.
      // On a standby the counts of rows are zero because nobody counts them: unknown.
      // A table that enters or leaves the named ones would show as a jump of the others: their reset is said instead.
      sql: `with facts as (
    select current_setting('block_size')::bigint as block, not pg_is_in_recovery() as counted,
      (select stats_reset::text from pg_stat_database where datname = current_database()) as stats_reset
  ), t as (
    select c.oid, format('%I.%I', n.nspname, c.relname) as name,
      pg_stat_get_numscans(c.oid) as seq_scans, pg_stat_get_tuples_returned(c.oid) as seq_rows,
      i.scans as index_scans, f.counted, f.stats_reset,
      pg_stat_get_tuples_inserted(c.oid) as inserted, pg_stat_get_tuples_updated(c.oid) as updated,
      pg_stat_get_tuples_deleted(c.oid) as deleted, pg_stat_get_tuples_hot_updated(c.oid) as hot_updated,
      pg_stat_get_live_tuples(c.oid) as live, pg_stat_get_dead_tuples(c.oid) as dead,
      case when c.relpages > 0 or pg_stat_get_last_vacuum_time(c.oid) is not null or pg_stat_get_last_autovacuum_time(c.oid) is not null
          or pg_stat_get_last_analyze_time(c.oid) is not null or pg_stat_get_last_autoanalyze_time(c.oid) is not null
        then (c.relpages + coalesce(toast.relpages, 0)) * f.block end as table_bytes,
      coalesce(i.pages, 0) * f.block as index_bytes
    from facts f cross join pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_class toast on toast.oid = c.reltoastrelid
    left join (
      select indrelid, sum(pg_stat_get_numscans(indexrelid)) as scans, sum(x.relpages) as pages
      from pg_index join pg_class x on x.oid = indexrelid and x.relkind = 'i' group by indrelid) i on i.indrelid = c.oid
    where c.relkind in ('r', 'm') and c.relpersistence <> 't'
      and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast'
  ), ranked as (
    select t.*, row_number() over (order by seq_rows + coalesce(index_scans, 0) + inserted + updated + deleted desc, name) as by_use,
      row_number() over (order by coalesce(table_bytes, 0) + index_bytes desc, name) as by_size from t
  ), named as (
    select r.*, row_number() over (order by least(by_use, by_size), by_use) <= 50 as shown from ranked r
  )
  select current_database() as database, case when shown then name else '(others)' end as "table", count(*) as tables,
    sum(seq_scans) as seq_scans, sum(seq_rows) as seq_rows, sum(index_scans) as index_scans,
    sum(inserted) filter (where counted) as rows_inserted, sum(updated) filter (where counted) as rows_updated,
    sum(deleted) filter (where counted) as rows_deleted, sum(hot_updated) filter (where counted) as rows_hot_updated,
    sum(live) filter (where counted) as live_rows, sum(dead) filter (where counted) as dead_rows,
    sum(table_bytes) as table_bytes, sum(index_bytes) as index_bytes,
    concat_ws(' ', max(stats_reset), case when shown then max(oid::text)
      else (select md5(string_agg(s.oid::text, ',' order by s.oid)) from named s where s.shown) end) as reset_at
  from named group by shown, case when shown then name else '(others)' end`,
    },
  ],
  resetAt: 'reset_at',
  columns: {
    database: label(),
    table: label(),
    tables: gauge('count', {
      en: 'Tables in this row: one, or how many the others are',
      ja: 'この行のテーブル数。1、または「その他」の数',
    }),
    seq_scans: counter('count', { en: 'Sequential scans', ja: 'シーケンシャルスキャン' }),
    seq_rows: counter('count', {
      en: 'Rows read by sequential scans',
      ja: 'シーケンシャルスキャンで読まれた行',
    }),
    index_scans: counter('count', {
      en: 'Scans of its indexes; unknown for a table without any',
      ja: 'インデックススキャン。インデックスのないテーブルでは不明',
    }),
    rows_inserted: counter('count', {
      en: 'Rows inserted; not counted on a standby',
      ja: '挿入された行。スタンバイでは数えられません',
    }),
    rows_updated: counter('count', {
      en: 'Rows updated; not counted on a standby',
      ja: '更新された行。スタンバイでは数えられません',
    }),
    rows_deleted: counter('count', {
      en: 'Rows deleted; not counted on a standby',
      ja: '削除された行。スタンバイでは数えられません',
    }),
    rows_hot_updated: counter('count', {
      en: 'Rows updated without touching an index (HOT)',
      ja: 'インデックスに触れずに更新された行(HOT)',
    }),
    live_rows: gauge('count', {
      en: 'Live rows, as the statistics estimate',
      ja: '有効な行(統計による推定)',
    }),
    dead_rows: gauge('count', {
      en: 'Dead rows not yet removed, as the statistics estimate',
      ja: '未回収の不要行(統計による推定)',
    }),
    table_bytes: gauge('bytes', {
      en: 'Table and its TOAST at the last VACUUM or ANALYZE; unknown before the first',
      ja: 'テーブルと TOAST のサイズ(直近の VACUUM・ANALYZE 時点)。一度も行われていなければ不明',
    }),
    index_bytes: gauge('bytes', {
      en: 'Its indexes at the last VACUUM, ANALYZE or CREATE INDEX',
      ja: 'インデックスのサイズ(直近の VACUUM・ANALYZE・CREATE INDEX 時点)',
    }),
  },
  panels: [
    {
      id: 'rows-written',
      title: { en: 'Rows inserted by table', ja: 'テーブル別の挿入行' },
      show: 'stacked',
      y: ['rows_inserted'],
      by: 'table',
    },
    {
      id: 'rows-changed',
      title: { en: 'Rows updated and deleted by table', ja: 'テーブル別の更新行と削除行' },
      show: 'line',
      y: ['rows_updated', 'rows_deleted'],
      by: 'table',
    },
    {
      id: 'seq-rows',
      title: {
        en: 'Rows read by sequential scans',
        ja: 'シーケンシャルスキャンで読まれた行',
      },
      show: 'line',
      y: ['seq_rows'],
      by: 'table',
    },
    {
      id: 'index-scans',
      title: { en: 'Index scans by table', ja: 'テーブル別のインデックススキャン' },
      show: 'line',
      y: ['index_scans'],
      by: 'table',
    },
    {
      id: 'size',
      title: { en: 'Size of tables', ja: 'テーブルのサイズ' },
      show: 'stacked',
      y: ['table_bytes'],
      by: 'table',
    },
  ],
  // No default alert. What a table does is neither good nor bad in itself; `postgres.vacuum` has the limits.
});
