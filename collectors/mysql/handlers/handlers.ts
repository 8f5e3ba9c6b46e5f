/** Reads and writes of rows as the storage engines were asked for them. */
import { counter, defineMetric } from '@/lib/metric/define-metric';
import { statusQueries } from '../status-queries';

export const mysqlHandlers = defineMetric({
  id: 'mysql.handlers',
  layer: 'database',
  title: { en: 'Row reads and writes', ja: '行の読み取りと書き込み' },
  help: {
    en: 'Requests to storage engines. Many reads of the next row in file order come from scans of whole tables; reads by key come from indexes.',
    ja: 'ストレージエンジンへの要求。ファイル順の次行読み取りが多いのは全件走査によるもので、キーによる読み取りは索引によるものです。',
  },
  source: 'Server Status Variables: Handler_*',
  every: '30s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: statusQueries({
    read_key: 'Handler_read_key',
    read_next: 'Handler_read_next',
    read_prev: 'Handler_read_prev',
    read_first: 'Handler_read_first',
    read_last: 'Handler_read_last',
    read_rnd: 'Handler_read_rnd',
    read_rnd_next: 'Handler_read_rnd_next',
    writes: 'Handler_write',
    updates: 'Handler_update',
    deletes: 'Handler_delete',
  }),
  columns: {
    read_key: counter('count', { en: 'By key', ja: 'キーによる読み取り' }),
    read_next: counter('count', { en: 'Next in an index', ja: '索引順の次' }),
    read_prev: counter('count', { en: 'Previous in an index', ja: '索引順の前' }),
    read_first: counter('count', { en: 'First of an index', ja: '索引の先頭' }),
    read_last: counter('count', { en: 'Last of an index', ja: '索引の末尾' }),
    read_rnd: counter('count', { en: 'By position', ja: '位置による読み取り' }),
    read_rnd_next: counter('count', { en: 'Next in file order', ja: 'ファイル順の次' }),
    writes: counter('count', { en: 'Rows inserted', ja: '挿入' }),
    updates: counter('count', { en: 'Rows updated', ja: '更新' }),
    deletes: counter('count', { en: 'Rows deleted', ja: '削除' }),
  },
  panels: [
    {
      id: 'reads',
      title: { en: 'Reads of rows', ja: '行の読み取り' },
      show: 'stacked',
      y: ['read_key', 'read_next', 'read_prev', 'read_rnd', 'read_rnd_next'],
    },
    {
      id: 'writes',
      title: { en: 'Writes of rows', ja: '行の書き込み' },
      show: 'stacked',
      y: ['writes', 'updates', 'deletes'],
    },
  ],
});
