/** Temporary tables that statements made, in memory and on disk. */
import { counter, defineMetric, gauge } from '@/lib/metric/define-metric';
import { statusSql } from '../status-queries';

const variables = {
  created: 'Created_tmp_tables',
  created_on_disk: 'Created_tmp_disk_tables',
  created_files: 'Created_tmp_files',
};
const memoryOf = (event: string) =>
  `(select m.current_number_of_bytes_used from performance_schema.memory_summary_global_by_event_name m where m.event_name = 'memory/temptable/${event}')`;

export const mysqlTempTables = defineMetric({
  id: 'mysql.temp-tables',
  layer: 'database',
  title: { en: 'Temporary tables', ja: '一時テーブル' },
  help: {
    en: 'Temporary tables that statements made for themselves, and those that went to disk. MySQL also tells how much memory and mapped files they take now.',
    ja: 'ステートメントの処理のために作られた一時テーブルと、そのうちディスクに置かれたもの。MySQL では現在のメモリとマップドファイルの使用量も分かります。',
  },
  source:
    'Server Status Variables: Created_tmp_*; performance_schema.memory_summary_global_by_event_name',
  every: '30s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: [
    {
      from: 800,
      flavour: 'mysql',
      sql: statusSql('mysql', variables, {
        memory_bytes: memoryOf('physical_ram'),
        mapped_bytes: memoryOf('physical_disk'),
      }),
    },
    {
      from: 1006,
      flavour: 'mariadb',
      sql: statusSql('mariadb', variables, { memory_bytes: 'null', mapped_bytes: 'null' }),
    },
  ],
  columns: {
    created: counter('count', { en: 'Made, on disk or not', ja: '作成(ディスク上を含む)' }),
    created_on_disk: counter('count', { en: 'Made on disk', ja: 'ディスク上に作成' }),
    created_files: counter('count', { en: 'Temporary files made', ja: '一時ファイルの作成' }),
    memory_bytes: gauge('bytes', { en: 'In memory now', ja: '現在のメモリ使用量' }),
    mapped_bytes: gauge('bytes', { en: 'In mapped files now', ja: '現在のマップドファイル' }),
  },
  panels: [
    {
      id: 'made',
      title: { en: 'Temporary tables made', ja: '一時テーブルの作成' },
      show: 'line',
      y: ['created', 'created_on_disk', 'created_files'],
    },
    {
      id: 'memory',
      title: { en: 'Memory of temporary tables', ja: '一時テーブルのメモリ' },
      show: 'line',
      y: ['memory_bytes', 'mapped_bytes'],
    },
  ],
});
