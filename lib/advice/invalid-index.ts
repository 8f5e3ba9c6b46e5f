/** Indexes that a failed CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY left behind. */

import type { AdviceItem } from '@/lib/contract/advice';
import { type InventoryIndex, type InventoryTable, tableName } from '@/lib/inventory/inventory';
import { bytesText, labels } from './amounts';
import { quoteName } from './quote-identifier';
import { indexesOf, indexName, type Rule, schemaOf } from './view';

export const invalidIndexes: Rule = (view) => {
  const known = schemaOf(view);
  if (!known) return { advice: [], not_said: [] };
  const { instance, inventory } = known;
  const advice: AdviceItem[] = [];
  for (const { table, index } of indexesOf(inventory)) {
    const name = indexName(table, index);
    if (index.valid || view.building?.has(name)) continue;
    // REINDEX CONCURRENTLY names its own index …_ccnew (not finished) or …_ccold (not dropped yet).
    const remnant = /_cc(new|old)\d*$/.test(index.name);
    const parts = table.kind === 'partitioned';
    advice.push({
      id: `invalid_index/${view.database}/${name}`,
      kind: 'invalid_index',
      severity: index.unique && !remnant ? 'critical' : 'warning',
      title: { en: `${name} is invalid`, ja: `${name} は無効です` },
      says: parts
        ? {
            en: 'No statement uses it as a whole: at least one partition has no attached index for it. Make the index of that partition and attach it with ALTER INDEX … ATTACH PARTITION.',
            ja: '全体としては使われません。対応するインデックスが付いていないパーティションがあります。そのパーティションにインデックスを作り、ALTER INDEX … ATTACH PARTITION で取り付けてください。',
          }
        : {
            en: `No statement can use it${index.ready ? ', but every write still maintains it' : ''}. ${remnant ? 'A REINDEX CONCURRENTLY that failed left it behind; the index it was to replace is still there.' : 'A CREATE INDEX CONCURRENTLY that failed left it behind.'}${index.unique && !remnant ? ' Uniqueness is not assured by it.' : ''}${view.building === null ? ' Whether it is being built right now is not known: check pg_stat_progress_create_index first.' : ''}`,
            ja: `どの文からも使われません${index.ready ? 'が、書き込みのたびに更新されます' : ''}。${remnant ? '失敗した REINDEX CONCURRENTLY の残りで、元のインデックスは残っています。' : '失敗した CREATE INDEX CONCURRENTLY の残りです。'}${index.unique && !remnant ? '一意性は保証されません。' : ''}${view.building === null ? '現在作成中かどうかは分かりません。先に pg_stat_progress_create_index を確認してください。' : ''}`,
          },
      evidence: [
        { label: labels.definition, value: index.definition },
        { label: labels.size, value: bytesText(index.bytes) },
      ],
      gain: remnant
        ? { en: `Frees ${bytesText(index.bytes)}.`, ja: `${bytesText(index.bytes)} が空きます。` }
        : {
            en: 'The index works again as it was meant to.',
            ja: 'インデックスが本来どおり使えるようになります。',
          },
      cost: parts
        ? null
        : remnant
          ? { en: 'None.', ja: 'ありません。' }
          : {
              en: 'Reads the whole table twice while others go on writing. If it is not wanted any more, drop it instead.',
              ja: '書き込みを止めずに、テーブル全体を2回読みます。不要なら代わりに削除してください。',
            },
      known: 'measured',
      sql: parts ? null : repair(table, index, remnant),
      instance,
      database: view.database,
      table: tableName(table),
      index: index.name,
      statements: [],
      lesson: 'unused-indexes',
      saves: { ms_per_second: null, bytes: remnant ? index.bytes : null },
    });
  }
  return { advice, not_said: [] };
};

function repair(table: InventoryTable, index: InventoryIndex, remnant: boolean): string {
  const drop = `DROP INDEX CONCURRENTLY ${quoteName(table.schema, index.name)};`;
  return remnant ? drop : `REINDEX INDEX CONCURRENTLY ${quoteName(table.schema, index.name)};`;
}
