/** Foreign keys whose referencing side has no index: each delete of a referenced row reads the whole table. */
import type { AdviceItem } from '@/lib/contract/advice';
import { type InventoryTable, tableName } from '@/lib/inventory/inventory';
import { bytesText, countText, labels, rateText } from './amounts';
import { createIndexSql, newIndexBytes, newIndexName } from './create-index';
import { leadsWith } from './serves';
import { type Rule, schemaOf } from './view';
import { writesPerSecond } from './writes';

/** Smaller tables are read in no time. */
const manyRows = 10_000;
/** Large enough that a single delete hurts, even if none has been seen. */
const veryManyRows = 100_000;
/** With fewer distinct values an index hardly narrows anything. */
const fewValues = 10;

export const foreignKeysWithoutIndex: Rule = (view) => {
  const known = schemaOf(view);
  if (!known) return { advice: [], not_said: [] };
  const { instance, inventory } = known;
  const byName = new Map(inventory.tables.map((table) => [tableName(table), table]));
  const advice: AdviceItem[] = [];
  for (const table of inventory.tables) {
    const rows = rowsOf(table, inventory.tables);
    // A partition's foreign key is its parent's.
    if (table.kind === 'partition' || rows === null || rows < manyRows) continue;
    for (const key of table.foreign_keys) {
      if (table.indexes.some((index) => leadsWith(index, key.columns))) continue;
      const deleted = byName.get(key.references)?.deleted ?? 0;
      if (deleted === 0 && (rows < veryManyRows || lowCardinality(table, key.columns))) continue;
      const index = { keys: key.columns.map((column) => ({ column })), included: [] };
      const writes = writesPerSecond(inventory, table, view.writes);
      const bytes = newIndexBytes(table.rows === null ? { ...table, rows } : table, index);
      advice.push({
        id: `foreign_key_without_index/${view.database}/${tableName(table)}/${key.name}`,
        kind: 'foreign_key_without_index',
        severity: deleted > 0 ? 'warning' : 'info',
        title: {
          en: `Foreign key ${key.name} of ${tableName(table)} has no index`,
          ja: `${tableName(table)} の外部キー ${key.name} にインデックスがありません`,
        },
        says: {
          en: `Each DELETE of a row of ${key.references} (and each UPDATE of its key) looks for rows of ${tableName(table)} that refer to it, and reads all ${countText(rows)} of them, holding locks meanwhile. Joins from ${key.references} read all of them too.`,
          ja: `${key.references} の行を DELETE する(またはキーを UPDATE する)たびに、参照している行を探すため ${tableName(table)} の全 ${countText(rows)} 行を読み、その間ロックを保持します。${key.references} からの結合でも全行を読みます。`,
        },
        evidence: [
          { label: labels.table_rows, value: countText(rows) },
          {
            label: {
              en: `Rows deleted from ${key.references}`,
              ja: `${key.references} で削除された行`,
            },
            value: countText(deleted),
          },
          {
            label: { en: 'Foreign key', ja: '外部キー' },
            value: `(${key.columns.join(', ')}) → ${key.references} (${key.referenced_columns.join(', ')})`,
          },
          ...(writes === null ? [] : [{ label: labels.writes, value: rateText(writes) }]),
        ],
        gain: {
          en: 'The check finds the rows through the index instead of reading the table.',
          ja: 'テーブル全体を読む代わりに、インデックスで該当行を見つけます。',
        },
        cost: {
          en: `About ${bytesText(bytes)}${writes === null ? '' : `; one more index to write at ${rateText(writes)}`}. With very few distinct values (low cardinality) it helps little.`,
          ja: `約 ${bytesText(bytes)}${writes === null ? '' : `。書き込み(${rateText(writes)})のたびに更新するインデックスが1つ増えます`}。値の種類が少ない(カーディナリティが低い)場合は効果が小さくなります。`,
        },
        known: 'estimated',
        sql: createIndexSql(table, index, inventory.tables),
        instance,
        database: view.database,
        table: tableName(table),
        index: newIndexName(table, index),
        statements: [],
        lesson: 'foreign-key-indexes',
        saves: { ms_per_second: null, bytes: null },
      });
    }
  }
  return { advice, not_said: [] };
};

/** Rows of a table; of a partitioned one, of its partitions. */
function rowsOf(table: InventoryTable, tables: readonly InventoryTable[]): number | null {
  if (table.kind !== 'partitioned') return table.rows ?? table.live_rows;
  return tables
    .filter(({ parent }) => parent === tableName(table))
    .reduce<number | null>((sum, part) => {
      const rows = part.rows ?? part.live_rows;
      return rows === null ? sum : (sum ?? 0) + rows;
    }, null);
}

/** Whether statistics say that the columns have few values; false when nothing is known. */
function lowCardinality(table: InventoryTable, columns: readonly string[]): boolean {
  return columns.every((name) => {
    const distinct = table.columns.find((one) => one.name === name)?.n_distinct;
    return distinct !== undefined && distinct !== null && distinct >= 0 && distinct < fewValues;
  });
}
