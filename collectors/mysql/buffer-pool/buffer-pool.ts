/** InnoDB's cache of pages: what is in it, what it saved, what it cost. */
import { counter, defineMetric, gauge } from '@/lib/metric/define-metric';
import { statusQueries } from '../status-queries';

export const mysqlBufferPool = defineMetric({
  id: 'mysql.buffer-pool',
  layer: 'database',
  title: { en: 'InnoDB buffer pool', ja: 'InnoDB バッファプール' },
  help: {
    en: 'Pages in memory and the reads that missed it. Waits for a free page mean that pages are not written out fast enough.',
    ja: 'メモリ上のページと、そこになくディスクから読んだ回数。空きページ待ちは、書き出しが間に合っていないことを示します。',
  },
  source: 'Server Status Variables: Innodb_buffer_pool_*',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: statusQueries(
    {
      total_pages: 'Innodb_buffer_pool_pages_total',
      data_pages: 'Innodb_buffer_pool_pages_data',
      free_pages: 'Innodb_buffer_pool_pages_free',
      dirty_pages: 'Innodb_buffer_pool_pages_dirty',
      read_requests: 'Innodb_buffer_pool_read_requests',
      reads: 'Innodb_buffer_pool_reads',
      read_ahead: 'Innodb_buffer_pool_read_ahead',
      read_ahead_evicted: 'Innodb_buffer_pool_read_ahead_evicted',
      flushed: 'Innodb_buffer_pool_pages_flushed',
      wait_free: 'Innodb_buffer_pool_wait_free',
    },
    {
      dirty_ratio: 's.dirty_pages / nullif(s.data_pages + s.free_pages, 0)',
      pool_bytes: '@@global.innodb_buffer_pool_size',
    },
  ),
  columns: {
    pool_bytes: gauge('bytes', { en: 'innodb_buffer_pool_size', ja: 'innodb_buffer_pool_size' }),
    total_pages: gauge('count', { en: 'Pages', ja: 'ページ数' }),
    data_pages: gauge('count', { en: 'Pages with data', ja: 'データのあるページ' }),
    free_pages: gauge('count', { en: 'Free pages', ja: '空きページ' }),
    dirty_pages: gauge('count', { en: 'Dirty pages', ja: 'ダーティページ' }),
    dirty_ratio: gauge('ratio', { en: 'Share of dirty pages', ja: 'ダーティページの割合' }),
    read_requests: counter('count', { en: 'Reads of pages', ja: 'ページの読み取り' }),
    reads: counter('count', { en: 'Reads that went to disk', ja: 'ディスクから読んだ回数' }),
    read_ahead: counter('count', { en: 'Pages read ahead', ja: '先読みしたページ' }),
    read_ahead_evicted: counter('count', {
      en: 'Pages read ahead and never used',
      ja: '先読みしたが使われなかったページ',
    }),
    flushed: counter('count', { en: 'Pages written out', ja: '書き出したページ' }),
    wait_free: counter('count', { en: 'Waits for a free page', ja: '空きページ待ち' }),
  },
  panels: [
    {
      id: 'pages',
      title: { en: 'Pages in the buffer pool', ja: 'バッファプールのページ' },
      show: 'line',
      y: ['data_pages', 'free_pages', 'dirty_pages'],
      limit: 'total_pages',
    },
    {
      id: 'reads',
      title: { en: 'Reads that went to disk', ja: 'ディスクからの読み取り' },
      show: 'line',
      y: ['reads', 'read_ahead'],
    },
    {
      id: 'requests',
      title: { en: 'Reads of pages', ja: 'ページの読み取り' },
      show: 'line',
      y: ['read_requests'],
    },
    {
      id: 'writes',
      title: { en: 'Pages written, waits for a free page', ja: 'ページの書き出しと空きページ待ち' },
      show: 'line',
      y: ['flushed', 'wait_free'],
    },
  ],
});
