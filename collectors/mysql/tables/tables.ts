/** What is done to each table and index, and how large tables are: fifty by name, the others summed. */
import { counter, defineMetric, gauge, label } from '@/lib/metric/define-metric';
import { forBoth } from '../status-queries';

const systemSchemas = `('mysql', 'sys', 'information_schema', 'performance_schema')`;

/**
 * The fifty with most use by name, the rest summed. A table that enters or leaves the named ones would show as a jump of
 * the others: their reset is said instead.
 */
const busiest = (key: string, from: string, sums: Record<string, string>) => `with t as (
    select ${key}, count_star, ${Object.values(sums).join(', ')} from ${from}
  ), ranked as (
    select t.*, row_number() over (order by count_star desc, name) <= 50 as shown from t
  ), named as (
    select ranked.*, sum(case when shown then crc32(name) else 0 end) over () as names from ranked
  )
  select case when shown then name else '(others)' end as name, count(*) as members,
    ${Object.entries(sums)
      .map(([column, source]) => `sum(${source}) as ${column}`)
      .join(', ')},
    case when shown then '' else max(names) end as reset_at
  from named group by shown, case when shown then name else '(others)' end`;

const columns = {
  name: label(),
  members: gauge('count', { en: 'How many are summed in this row', ja: 'この行に合計された数' }),
};

export const mysqlTables = defineMetric({
  id: 'mysql.tables',
  layer: 'database',
  title: { en: 'Tables', ja: 'テーブル' },
  help: {
    en: 'Rows read and written per table since the server started: the 50 most used, the others summed.',
    ja: 'サーバー起動後の表ごとの読み取り行と書き込み行。よく使われる上位 50 件を名前で示し、残りは合計します。',
  },
  source: 'performance_schema.table_io_waits_summary_by_table',
  every: '1m',
  timeout: '5s',
  on: 'any',
  cost: 'medium',
  needs: [
    { variable: 'performance_schema', value: 'ON' },
    { instrument: 'wait/io/table/sql/handler' },
  ],
  queries: forBoth(() =>
    busiest(
      `concat(object_schema, '.', object_name) as name`,
      `performance_schema.table_io_waits_summary_by_table where object_type = 'TABLE' and count_star > 0 and object_schema not in ${systemSchemas}`,
      {
        rows_read: 'count_fetch',
        rows_inserted: 'count_insert',
        rows_updated: 'count_update',
        rows_deleted: 'count_delete',
        wait_ms: 'sum_timer_wait',
      },
    ).replace('sum(sum_timer_wait)', 'sum(sum_timer_wait) / 1e9'),
  ),
  resetAt: 'reset_at',
  columns: {
    ...columns,
    rows_read: counter('count', { en: 'Rows read', ja: '読み取り行' }),
    rows_inserted: counter('count', { en: 'Rows inserted', ja: '挿入行' }),
    rows_updated: counter('count', { en: 'Rows updated', ja: '更新行' }),
    rows_deleted: counter('count', { en: 'Rows deleted', ja: '削除行' }),
    wait_ms: counter('ms', { en: 'Time in the table', ja: '表の処理時間' }),
  },
  panels: [
    {
      id: 'read',
      title: { en: 'Rows read', ja: '読み取り行' },
      show: 'stacked',
      y: ['rows_read'],
      by: 'name',
    },
    {
      id: 'written',
      title: { en: 'Rows written', ja: '書き込み行' },
      show: 'stacked',
      y: ['rows_inserted', 'rows_updated', 'rows_deleted'],
      by: 'name',
    },
    {
      id: 'time',
      title: { en: 'Time in tables', ja: '表の処理時間' },
      show: 'stacked',
      y: ['wait_ms'],
      by: 'name',
    },
  ],
});

export const mysqlIndexes = defineMetric({
  id: 'mysql.indexes',
  layer: 'database',
  title: { en: 'Indexes', ja: '索引' },
  help: {
    en: 'Rows read by each index since the server started: the 50 most used, the others summed. (none) are rows read without an index.',
    ja: 'サーバー起動後に各索引で読んだ行。よく使われる上位 50 件を名前で示し、残りは合計します。(none) は索引なしで読んだ行です。',
  },
  source: 'performance_schema.table_io_waits_summary_by_index_usage',
  every: '5m',
  timeout: '5s',
  on: 'any',
  cost: 'medium',
  needs: [
    { variable: 'performance_schema', value: 'ON' },
    { instrument: 'wait/io/table/sql/handler' },
  ],
  queries: forBoth(() =>
    busiest(
      `concat(object_schema, '.', object_name, '.', coalesce(index_name, '(none)')) as name`,
      `performance_schema.table_io_waits_summary_by_index_usage where object_type = 'TABLE' and count_star > 0 and object_schema not in ${systemSchemas}`,
      { rows_read: 'count_fetch' },
    ),
  ),
  resetAt: 'reset_at',
  columns: { ...columns, rows_read: counter('count', { en: 'Rows read', ja: '読み取り行' }) },
  panels: [
    {
      id: 'read',
      title: { en: 'Rows read by index', ja: '索引ごとの読み取り行' },
      show: 'stacked',
      y: ['rows_read'],
      by: 'name',
    },
  ],
});

const sizes = (from: string) => `with t as (
    select substring_index(lower(name), '#p#', 1) as name, sum(file_size) as bytes, sum(allocated_size) as allocated
    from ${from} group by substring_index(lower(name), '#p#', 1)
  ), ranked as (
    select t.*, row_number() over (order by bytes desc, name) <= 50 as shown from t
  )
  select case when shown then replace(name, '/', '.') else '(others)' end as name, count(*) as members,
    sum(bytes) as bytes, sum(allocated) as allocated_bytes
  from ranked group by shown, case when shown then replace(name, '/', '.') else '(others)' end`;

export const mysqlTableSize = defineMetric({
  id: 'mysql.table-size',
  layer: 'infrastructure',
  title: { en: 'Table size', ja: '表のサイズ' },
  help: {
    en: "Files of InnoDB's tables with their indexes and partitions: the 50 largest, the others summed. Tables inside a shared tablespace count as that tablespace.",
    ja: 'InnoDB の表のファイルサイズ(索引とパーティションを含む)。大きい順に 50 件を名前で示し、残りは合計します。共有テーブルスペース内の表はそのテーブルスペースとして数えます。',
  },
  source:
    'information_schema.INNODB_TABLESPACES, MariaDB information_schema.INNODB_SYS_TABLESPACES',
  every: '5m',
  timeout: '10s',
  on: 'any',
  cost: 'high',
  needs: [{ privilege: 'PROCESS' }],
  queries: [
    {
      from: 800,
      flavour: 'mysql',
      sql: sizes(
        `information_schema.innodb_tablespaces where space_type in ('Single', 'General', 'System')`,
      ),
    },
    { from: 1006, flavour: 'mariadb', sql: sizes('information_schema.innodb_sys_tablespaces') },
  ],
  columns: {
    ...columns,
    bytes: gauge('bytes', { en: 'Size of the files', ja: 'ファイルサイズ' }),
    allocated_bytes: gauge('bytes', {
      en: 'Bytes they take on disk',
      ja: 'ディスク上の割り当てバイト数',
    }),
  },
  panels: [
    {
      id: 'size',
      title: { en: 'Table size', ja: '表のサイズ' },
      show: 'stacked',
      y: ['bytes'],
      by: 'name',
    },
  ],
});
