/** Long operations under way, with how much of the present phase is done. */
import { defineMetric, gauge, label } from '@/lib/metric/define-metric';

/** A share only when the total is known and the phase counts. */
const share = (done: string, total: string) => `${done}::float8 / nullif(${total}, 0)`;

const vacuum = (indexes: string) => `select 'vacuum' as operation, pid, datid, relid, phase,
      case phase when 'scanning heap' then ${share('heap_blks_scanned', 'heap_blks_total')}
        when 'vacuuming heap' then ${share('heap_blks_vacuumed', 'heap_blks_total')}${indexes} end as done
    from pg_stat_progress_vacuum`;

const vacuumBefore17 = vacuum('');
const vacuumSince17 = vacuum(`
        when 'vacuuming indexes' then ${share('indexes_processed', 'indexes_total')}
        when 'cleaning up indexes' then ${share('indexes_processed', 'indexes_total')}`);

const sinceAll = `
    union all select 'analyze', pid, datid, relid, phase,
      case when phase in ('acquiring sample rows', 'acquiring inherited sample rows') then ${share('sample_blks_scanned', 'sample_blks_total')}
        when phase = 'computing extended statistics' then ${share('ext_stats_computed', 'ext_stats_total')} end
    from pg_stat_progress_analyze
    union all select 'create-index', pid, datid, relid, phase,
      case when phase like 'waiting for %' then ${share('lockers_done', 'lockers_total')}
        when phase like '%loading tuples%' then ${share('tuples_done', 'tuples_total')}
        when phase = 'building index' or phase like '%scanning%' then ${share('blocks_done', 'blocks_total')} end
    from pg_stat_progress_create_index
    union all select 'cluster', pid, datid, relid, phase,
      case phase when 'seq scanning heap' then ${share('heap_blks_scanned', 'heap_blks_total')} end
    from pg_stat_progress_cluster
    union all select 'base-backup', pid, null, null, phase, ${share('backup_streamed', 'backup_total')}
    from pg_stat_progress_basebackup`;

const copySince14 = `
    union all select 'copy', pid, datid, relid, lower(command), ${share('bytes_processed', 'bytes_total')}
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
    case when done > 1 then 1 else done end as done, extract(epoch from clock_timestamp() - coalesce(a.query_start, a.backend_start)) * 1000 as running_ms
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
});
