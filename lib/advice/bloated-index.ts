/** Btrees at least half of which is air. */
import type { AdviceItem } from '@/lib/contract/advice';
import { tableName } from '@/lib/inventory/inventory';
import { bytesText, countText, labels, shareText } from './amounts';
import { expectedBytes } from './bloat';
import { quoteName } from './quote-identifier';
import { usable } from './serves';
import { indexesOf, indexName, type Rule, schemaOf } from './view';

const leastBytes = 10 * 1024 * 1024;
const leastShare = 0.5;

export const bloatedIndexes: Rule = (view) => {
  const known = schemaOf(view);
  if (!known) return { advice: [], not_said: [] };
  const { instance, inventory } = known;
  const advice: AdviceItem[] = [];
  for (const { table, index } of indexesOf(inventory)) {
    const name = indexName(table, index);
    const bytes = index.bytes ?? 0;
    if (table.kind === 'partitioned' || !usable(index) || bytes < leastBytes) continue;
    if (view.building?.has(name)) continue;
    const expected = expectedBytes(table, index);
    if (expected === null) continue;
    const share = 1 - expected / bytes;
    if (share < leastShare) continue;
    advice.push({
      id: `bloated_index/${view.database}/${name}`,
      kind: 'bloated_index',
      severity: bytes - expected >= 1024 ** 3 ? 'warning' : 'info',
      title: {
        en: `About ${shareText(share)} of ${name} is bloat (${bytesText(bytes)})`,
        ja: `${name} の約 ${shareText(share)} が無駄な領域です(${bytesText(bytes)})`,
      },
      says: {
        en: 'Updates and deletes leave pages of an index half empty; they fill memory and are read like full ones. Built anew, the index takes what its rows need.',
        ja: '更新や削除により、インデックスのページに空きが残ります。空いたページもメモリを占め、同じように読み込まれます。作り直せば、行に必要な大きさに戻ります。',
      },
      evidence: [
        { label: labels.size, value: bytesText(bytes) },
        {
          label: { en: 'Expected size', ja: '想定されるサイズ' },
          value: bytesText(expected),
        },
        {
          label: { en: 'Estimated from', ja: '推定の根拠' },
          value: `${countText(table.rows ?? 0)} × avg_width (pg_stats)`,
        },
        { label: labels.definition, value: index.definition },
      ],
      gain: {
        en: `Frees about ${bytesText(bytes - expected)} on disk and in memory.`,
        ja: `ディスクとメモリで約 ${bytesText(bytes - expected)} が空きます。`,
      },
      cost: {
        en: `Reads the table twice and needs about ${bytesText(expected)} while it is built; writes go on.`,
        ja: `テーブルを2回読み、作成中に約 ${bytesText(expected)} が必要です。書き込みは止まりません。`,
      },
      known: 'estimated',
      sql: `REINDEX INDEX CONCURRENTLY ${quoteName(table.schema, index.name)};`,
      instance,
      database: view.database,
      table: tableName(table),
      index: index.name,
      statements: [],
      lesson: 'bloat',
      saves: { ms_per_second: null, bytes: bytes - expected },
    });
  }
  return { advice, not_said: [] };
};
