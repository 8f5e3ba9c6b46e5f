/** Searches that InnoDB's adaptive hash index answered, against those that walked a tree. */
import { counter, defineMetric, flag } from '@/lib/metric/define-metric';
import { forBoth, innodbCounter } from '../status-queries';

export const mysqlAdaptiveHash = defineMetric({
  id: 'mysql.adaptive-hash',
  layer: 'database',
  title: { en: 'Adaptive hash index', ja: 'アダプティブハッシュインデックス' },
  help: {
    en: 'Searches answered by hash and by tree. Off by default in MySQL 8.4 and MariaDB 10.5 and later: then all go to the tree.',
    ja: 'ハッシュと B ツリーそれぞれによる検索数。MySQL 8.4 以降と MariaDB 10.5 以降では既定で無効で、すべて B ツリーの検索になります。',
  },
  source:
    'information_schema.INNODB_METRICS: adaptive_hash_searches, adaptive_hash_searches_btree; innodb_adaptive_hash_index',
  every: '1m',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ privilege: 'PROCESS' }],
  queries: forBoth(
    (flavour) => `select @@global.innodb_adaptive_hash_index as enabled,
    ${innodbCounter(flavour, 'adaptive_hash_searches')} as hash_searches,
    ${innodbCounter(flavour, 'adaptive_hash_searches_btree')} as tree_searches`,
  ),
  columns: {
    enabled: flag({ en: 'The adaptive hash index is on', ja: '有効' }),
    hash_searches: counter('count', { en: 'Searches by hash', ja: 'ハッシュによる検索' }),
    tree_searches: counter('count', { en: 'Searches by tree', ja: 'B ツリーによる検索' }),
  },
  panels: [
    {
      id: 'searches',
      title: { en: 'Searches by hash and by tree', ja: 'ハッシュと B ツリーの検索' },
      show: 'stacked',
      y: ['hash_searches', 'tree_searches'],
    },
  ],
});
