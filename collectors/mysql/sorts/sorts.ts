/** Sorts, and joins and scans without a fitting index. */
import { counter, defineMetric } from '@/lib/metric/define-metric';
import { statusQueries } from '../status-queries';

export const mysqlSorts = defineMetric({
  id: 'mysql.sorts',
  layer: 'database',
  title: { en: 'Sorts, scans and joins without index', ja: 'ソート、走査、索引なしの結合' },
  help: {
    en: 'Joins that scan the joined table are missing an index. Merge passes are sorts that did not fit in sort_buffer_size.',
    ja: '結合先の表を走査する結合には索引が足りません。マージパスは sort_buffer_size に収まらなかったソートです。',
  },
  source: 'Server Status Variables: Select_*, Sort_*',
  every: '30s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [],
  queries: statusQueries({
    full_joins: 'Select_full_join',
    full_range_joins: 'Select_full_range_join',
    range_checks: 'Select_range_check',
    scans: 'Select_scan',
    merge_passes: 'Sort_merge_passes',
    sorted_rows: 'Sort_rows',
    sorts_by_scan: 'Sort_scan',
    sorts_by_range: 'Sort_range',
  }),
  columns: {
    full_joins: counter('count', {
      en: 'Joins that scan the joined table',
      ja: '結合先を全件走査した結合',
    }),
    full_range_joins: counter('count', {
      en: 'Joins by a range of the joined table',
      ja: '結合先を範囲検索した結合',
    }),
    range_checks: counter('count', {
      en: 'Joins that look for an index at each row',
      ja: '行ごとに索引を選び直した結合',
    }),
    scans: counter('count', {
      en: 'Statements that scan the first table',
      ja: '最初の表を全件走査した文',
    }),
    merge_passes: counter('count', { en: 'Merge passes of sorts', ja: 'ソートのマージパス' }),
    sorted_rows: counter('count', { en: 'Rows sorted', ja: 'ソートした行' }),
    sorts_by_scan: counter('count', { en: 'Sorts after a scan', ja: '全件走査のソート' }),
    sorts_by_range: counter('count', { en: 'Sorts after a range', ja: '範囲検索のソート' }),
  },
  panels: [
    {
      id: 'without-index',
      title: { en: 'Scans and joins without index', ja: '走査と索引なしの結合' },
      show: 'line',
      y: ['scans', 'full_joins', 'full_range_joins', 'range_checks'],
    },
    {
      id: 'sorts',
      title: { en: 'Sorts and merge passes', ja: 'ソートとマージパス' },
      show: 'line',
      y: ['sorts_by_scan', 'sorts_by_range', 'merge_passes'],
    },
    {
      id: 'sorted-rows',
      title: { en: 'Rows sorted', ja: 'ソートした行' },
      show: 'line',
      y: ['sorted_rows'],
    },
  ],
});
