/** Reads, writes and syncs of files, by what the files are for. */
import { counter, defineMetric, label } from '@/lib/metric/define-metric';
import { forBoth } from '../status-queries';

export const mysqlIo = defineMetric({
  id: 'mysql.io',
  layer: 'infrastructure',
  title: { en: 'I/O by kind of file', ja: 'ファイル種別ごとの I/O' },
  help: {
    en: 'What the server read and wrote, by kind of file: data, redo, binary log, temporary files. Other operations are open, close, sync and the like; most of their time is sync.',
    ja: 'データ、redo、バイナリログ、一時ファイルなど、ファイルの種別ごとの読み書き。その他の操作はオープン、クローズ、同期などで、時間の大半は同期です。',
  },
  source: 'performance_schema.file_summary_by_event_name',
  every: '30s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ variable: 'performance_schema', value: 'ON' }, { instrument: 'wait/io/file/%' }],
  queries: forBoth(
    () => `select substring(event_name, 14) as file, count_read as \`reads\`, count_write as \`writes\`, count_misc as others,
    sum_number_of_bytes_read as read_bytes, sum_number_of_bytes_write as written_bytes,
    sum_timer_read / 1e9 as read_ms, sum_timer_write / 1e9 as write_ms, sum_timer_misc / 1e9 as other_ms
  from performance_schema.file_summary_by_event_name
  where event_name like 'wait/io/file/%' and count_star > 0 order by count_star desc limit 200`,
  ),
  columns: {
    file: label(),
    reads: counter('count', { en: 'Reads', ja: '読み取り' }),
    writes: counter('count', { en: 'Writes', ja: '書き込み' }),
    others: counter('count', { en: 'Other operations', ja: 'その他の操作' }),
    read_bytes: counter('bytes', { en: 'Bytes read', ja: '読み取りバイト数' }),
    written_bytes: counter('bytes', { en: 'Bytes written', ja: '書き込みバイト数' }),
    read_ms: counter('ms', { en: 'Time of reads', ja: '読み取りの時間' }),
    write_ms: counter('ms', { en: 'Time of writes', ja: '書き込みの時間' }),
    other_ms: counter('ms', { en: 'Time of other operations', ja: 'その他の操作の時間' }),
  },
  panels: [
    {
      id: 'read',
      title: { en: 'Bytes read', ja: '読み取りバイト数' },
      show: 'stacked',
      y: ['read_bytes'],
      by: 'file',
    },
    {
      id: 'written',
      title: { en: 'Bytes written', ja: '書き込みバイト数' },
      show: 'stacked',
      y: ['written_bytes'],
      by: 'file',
    },
    {
      id: 'time',
      title: { en: 'Time in file I/O', ja: 'ファイル I/O の時間' },
      show: 'stacked',
      y: ['read_ms', 'write_ms', 'other_ms'],
      by: 'file',
    },
  ],
});
