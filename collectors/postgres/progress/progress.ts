/** Long operations under way, with how much of the present phase is done. */
import { defineMetric, gauge, label } from '@/lib/metric/define-metric';

/** What of the present phase is done, of how much: pairs of columns by the condition in which they count. */
const parts = (...cases: [when: string, done: string, total: string][]) =>
  [1, 2]
    .map(
      (nth) =>
        `case ${cases.map((one) => `when ${one[0]} then ${one[nth]}`).join(' ')} end::float8`,
    )
    .join(', ');

const vacuum = (
  ...indexes: [string, string, string][]
) => `select 'vacuum' as operation, pid, datid, relid, phase,
      ${parts(
        ["phase = 'scanning heap'", 'heap_blks_scanned', 'heap_blks_total'],
        ["phase = 'vacuuming heap'", 'heap_blks_vacuumed', 'heap_blks_total'],
        ...indexes,
      ).replace(', case', ' as done_amount, case')} as total_amount
    from pg_stat_progress_vacuum`;

const vacuumBefore17 = vacuum();
const vacuumSince17 = vacuum([
  "phase in ('vacuuming indexes', 'cleaning up indexes')",
  'indexes_processed',
  'indexes_total',
]);

const sinceAll = `
    union all select 'analyze', pid, datid, relid, phase,
      ${parts(
        [
          "phase in ('acquiring sample rows', 'acquiring inherited sample rows')",
          'sample_blks_scanned',
          'sample_blks_total',
        ],
        ["phase = 'computing extended statistics'", 'ext_stats_computed', 'ext_stats_total'],
      )}
    from pg_stat_progress_analyze
    union all select 'create-index', pid, datid, relid, phase,
      ${parts(
        ["phase like 'waiting for %'", 'lockers_done', 'lockers_total'],
        ["phase like '%loading tuples%'", 'tuples_done', 'tuples_total'],
        ["phase = 'building index' or phase like '%scanning%'", 'blocks_done', 'blocks_total'],
      )}
    from pg_stat_progress_create_index
    union all select 'cluster', pid, datid, relid, phase,
      ${parts(["phase = 'seq scanning heap'", 'heap_blks_scanned', 'heap_blks_total'])}
    from pg_stat_progress_cluster
    union all select 'base-backup', pid, null, null, phase, backup_streamed, backup_total
    from pg_stat_progress_basebackup`;

const copySince14 = `
    union all select 'copy', pid, datid, relid, lower(command), bytes_processed, bytes_total
    from pg_stat_progress_copy`;

// Names of tables are known for the connected database only; equal operations are told apart by their order.
const query = (operations: string) => `with o as (
    ${operations}
  ), named as (
    select o.*, coalesce(d.datname, '') as database,
      case when o.relid is null or o.relid = 0 then '' when c.oid is null then 'oid ' || o.relid
        else format('%I.%I', n.nspname, c.relname) end as on_table
    from o left join pg_database d on d.oid = o.datid
    left join pg_class c on c.oid = o.relid and d.datname = current_database()
    left join pg_namespace n on n.oid = c.relnamespace
  )
  select operation, database, on_table as "table", coalesce(phase, '') as phase,
    (row_number() over (partition by operation, database, on_table, phase order by n.pid))::text as nth,
    case when done_amount > nullif(total_amount, 0) then 1 else done_amount / nullif(total_amount, 0) end as done,
    done_amount, nullif(total_amount, 0) as total_amount, extract(epoch from clock_timestamp() - coalesce(a.query_start, a.backend_start)) * 1000 as running_ms
  from named n left join pg_stat_activity a on a.pid = n.pid order by running_ms desc nulls last limit 50`;

export const progress = defineMetric({
  id: 'postgres.progress',
  layer: 'database',
  title: { en: 'Progress of long operations', ja: '長い処理の進み具合' },
  help: {
    en: 'Vacuum, analyze, index builds, COPY, CLUSTER and VACUUM FULL, and base backups under way. The share is that of the present phase; it is unknown where the server does not know the total, as for COPY from a client.',
    ja: '実行中の VACUUM、ANALYZE、インデックス作成、COPY、CLUSTER と VACUUM FULL、ベースバックアップ。割合は現在のフェーズのもので、クライアントからの COPY のように総量が分からない場合は不明です。',
  },
  source: 'pg_stat_progress_vacuum, _analyze, _create_index, _cluster, _copy, _basebackup',
  every: '10s',
  timeout: '2s',
  on: 'any',
  cost: 'low',
  needs: [{ role: 'pg_read_all_stats' }],
  queries: [
    { from: 13, sql: query(vacuumBefore17 + sinceAll) },
    { from: 14, sql: query(vacuumBefore17 + sinceAll + copySince14) },
    { from: 17, sql: query(vacuumSince17 + sinceAll + copySince14) },
  ],
  columns: {
    operation: label(),
    database: label(),
    table: label(),
    phase: label(),
    nth: label(),
    done: gauge('ratio', {
      en: 'Share of the phase done; unknown where the total is not known',
      ja: 'フェーズの完了割合。総量が分からない場合は不明',
    }),
    done_amount: gauge('count', {
      en: 'Done in this phase: pages, rows, indexes, lock holders, or bytes of a COPY and a base backup',
      ja: 'このフェーズで完了した量: ページ、行、インデックス、ロック保持者。COPY とベースバックアップではバイト',
    }),
    total_amount: gauge('count', {
      en: 'To be done in this phase, in the same unit; unknown where the server does not know it',
      ja: 'このフェーズの総量(単位は同じ)。サーバーにも分からない場合は不明',
    }),
    running_ms: gauge('ms', { en: 'Running for', ja: '実行時間' }),
  },
  panels: [
    {
      id: 'done',
      title: { en: 'Share of the phase done', ja: 'フェーズの完了割合' },
      show: 'line',
      y: ['done'],
      by: 'table',
    },
    {
      id: 'running',
      title: { en: 'Running for', ja: '実行時間' },
      show: 'line',
      y: ['running_ms'],
      by: 'operation',
    },
  ],
  // No default alert. What runs long may be right to; that it stands still takes more than one reading to see.
});
