/** InnoDB's redo log: how much is written, and how far the checkpoint is behind. */
import { counter, defineMetric, gauge } from '@/lib/metric/define-metric';
import { statusSql } from '../status-queries';

const written = {
  written: 'Innodb_os_log_written',
  write_requests: 'Innodb_log_write_requests',
  writes: 'Innodb_log_writes',
  waits: 'Innodb_log_waits',
};

export const mysqlRedo = defineMetric({
  id: 'mysql.redo',
  layer: 'database',
  title: { en: 'Redo log and checkpoint age', ja: 'redo ログとチェックポイント経過量' },
  help: {
    en: 'Redo written since the last checkpoint, against the size of the log. Near the limit, writes wait until dirty pages are written out. MySQL tells the age since 8.0.30.',
    ja: '直近のチェックポイント以降に書かれた redo の量をログの大きさと比べます。上限に近づくと、ダーティページが書き出されるまで書き込みが待たされます。MySQL では 8.0.30 以降で分かります。',
  },
  source:
    'Server Status Variables: Innodb_redo_log_*, Innodb_os_log_written; MariaDB Innodb_checkpoint_age, Innodb_checkpoint_max_age',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: [
    {
      from: 800,
      flavour: 'mysql',
      sql: statusSql(
        'mysql',
        {
          ...written,
          current_lsn: 'Innodb_redo_log_current_lsn',
          checkpoint_lsn: 'Innodb_redo_log_checkpoint_lsn',
          capacity: 'Innodb_redo_log_capacity_resized',
          disk_bytes: 'Innodb_redo_log_physical_size',
        },
        {
          checkpoint_age: 's.current_lsn - s.checkpoint_lsn',
          age_ratio: '(s.current_lsn - s.checkpoint_lsn) / nullif(s.capacity, 0)',
        },
      ),
    },
    {
      from: 1006,
      flavour: 'mariadb',
      sql: statusSql(
        'mariadb',
        {
          ...written,
          checkpoint_age: 'Innodb_checkpoint_age',
          capacity: 'Innodb_checkpoint_max_age',
        },
        {
          age_ratio: 's.checkpoint_age / nullif(s.capacity, 0)',
          disk_bytes: '@@global.innodb_log_file_size', // One file since 10.5.
        },
      ),
    },
  ],
  columns: {
    checkpoint_age: gauge('bytes', {
      en: 'Redo since the last checkpoint',
      ja: '直近のチェックポイント以降の redo',
    }),
    capacity: gauge('bytes', {
      en: 'Capacity of the log (MariaDB: the largest age allowed)',
      ja: 'ログの容量(MariaDB では許される最大の経過量)',
    }),
    age_ratio: gauge('ratio', { en: 'Share of the capacity in use', ja: '容量の使用率' }),
    disk_bytes: gauge('bytes', { en: 'Redo on disk', ja: 'ディスク上の redo' }),
    written: counter('bytes', { en: 'Redo written', ja: '書かれた redo' }),
    write_requests: counter('count', { en: 'Write requests', ja: '書き込み要求' }),
    writes: counter('count', { en: 'Writes to the file', ja: 'ファイルへの書き込み' }),
    waits: counter('count', {
      en: 'Waits because the log buffer was full',
      ja: 'ログバッファ不足による待ち',
    }),
  },
  panels: [
    {
      id: 'checkpoint-age',
      title: { en: 'Redo since the last checkpoint', ja: '直近のチェックポイント以降の redo' },
      show: 'line',
      y: ['checkpoint_age'],
      limit: 'capacity',
    },
    {
      id: 'written',
      title: { en: 'Redo written', ja: '書かれた redo' },
      show: 'line',
      y: ['written'],
    },
    {
      id: 'waits',
      title: { en: 'Waits for the log buffer', ja: 'ログバッファ待ち' },
      show: 'line',
      y: ['waits'],
    },
  ],
});
