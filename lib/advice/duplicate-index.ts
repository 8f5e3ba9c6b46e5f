/** Indexes that another index of the same table makes superfluous: the same, or a leading part of it. */
import type { AdviceItem } from '@/lib/contract/advice';
import { type InventoryIndex, type InventoryTable, tableName } from '@/lib/inventory/inventory';
import { bytesText, labels, rateText } from './amounts';
import { dropIndexSql } from './index-sql';
import { quoteIdentifier } from './quote-identifier';
import { enforces, ofParent, usable } from './serves';
import { indexName, type Rule, schemaOf } from './view';
import { writesPerSecond } from './writes';

export const duplicateIndexes: Rule = (view) => {
  const known = schemaOf(view);
  if (!known) return { advice: [], not_said: [] };
  const { instance, inventory } = known;
  const advice: AdviceItem[] = [];
  for (const table of inventory.tables) {
    // Indexes of a partitioned table are dropped with their parts, without CONCURRENTLY: not advised.
    if (table.kind === 'partitioned' || table.indexes.length < 2) continue;
    for (const { index, kept, same } of superfluous(table)) {
      if (ofParent(inventory.tables, table, index)) continue;
      const name = indexName(table, index);
      const writes = writesPerSecond(inventory, table, view.writes);
      const size = bytesText(index.bytes);
      const wider = !same && (kept.bytes ?? 0) > (index.bytes ?? 0);
      advice.push({
        id: `${same ? 'duplicate_index' : 'redundant_index'}/${view.database}/${name}`,
        kind: same ? 'duplicate_index' : 'redundant_index',
        severity: same ? 'warning' : 'info',
        title: same
          ? {
              en: `${name} is the same as ${kept.name} (${size})`,
              ja: `${name} は ${kept.name} と同じです(${size})`,
            }
          : {
              en: `${name} is contained in ${kept.name} (${size})`,
              ja: `${name} は ${kept.name} に含まれています(${size})`,
            },
        says: same
          ? {
              en: `Both have the same columns in the same order, method${table.engine ? '' : ', operator classes, condition'} and uniqueness. The planner uses one of them; the other is only written.`,
              ja: `列、列順、方式${table.engine ? '' : '、演算子クラス、条件'}、一意性がすべて同じです。プランナは片方だけを使い、もう片方は書き込まれるだけです。`,
            }
          : kept.keys.length < index.keys.length
            ? {
                en: `InnoDB appends the primary key to each index: ${kept.name} (${kept.keys.join(', ')}) has all columns of ${index.name} (${index.keys.join(', ')}) already.`,
                ja: `InnoDB はすべてのインデックスに主キーを付け加えます。${kept.name}(${kept.keys.join(', ')})は、${index.name}(${index.keys.join(', ')})の列をすでにすべて含んでいます。`,
              }
            : {
                en: `Column order: an index serves its leading columns. (${keysOf(kept)}) begins with (${keysOf(index)}), so whatever ${index.name} serves, ${kept.name} serves too.`,
                ja: `列順:インデックスは先頭の列から使えます。(${keysOf(kept)}) は (${keysOf(index)}) で始まるため、${index.name} でできることは ${kept.name} でもできます。`,
              },
        evidence: [
          { label: labels.definition, value: index.definition },
          { label: labels.kept, value: kept.definition },
          { label: labels.size, value: size },
          ...(writes === null ? [] : [{ label: labels.writes, value: rateText(writes) }]),
        ],
        gain: {
          en: `Frees ${size}${writes === null ? '' : `; up to ${rateText(writes)} fewer index writes`}.`,
          ja: `${size} が空きます${writes === null ? '' : `。インデックスへの書き込みが最大 ${rateText(writes)} 減ります`}。`,
        },
        cost: wider
          ? {
              en: `${kept.name} is larger (${bytesText(kept.bytes)}): scans that used the small one read somewhat more.`,
              ja: `${kept.name} のほうが大きい(${bytesText(kept.bytes)})ため、小さいほうを使っていたスキャンは読む量が少し増えます。`,
            }
          : { en: 'None that can be seen.', ja: '見える範囲ではありません。' },
        known: 'measured',
        sql: dropIndexSql(table, index),
        instance,
        database: view.database,
        table: tableName(table),
        index: index.name,
        statements: [],
        lesson: same ? 'unused-indexes' : 'column-order',
        saves: { ms_per_second: null, bytes: index.bytes },
      });
    }
  }
  return { advice, not_said: [] };
};

const keysOf = (index: InventoryIndex) =>
  index.keys.map((key, i) => (index.columns[i] === key ? quoteIdentifier(key) : key)).join(', ');

type Superfluous = { index: InventoryIndex; kept: InventoryIndex; same: boolean };

/** Each index that may go, with one that stays. An index that is to stay is never named as one to go. */
function superfluous(table: InventoryTable): Superfluous[] {
  const own = table.engine ? withPrimaryKey(table.indexes) : new Map<string, InventoryIndex>();
  const whole = (index: InventoryIndex) => own.get(index.oid) ?? index;
  const sorted = table.indexes.filter(usable).toSorted(mayGoFirst);
  const gone = new Set<string>();
  const found: Superfluous[] = [];
  for (const index of sorted) {
    if (index.primary || index.constraint !== null || index.replica_identity) continue;
    const others = sorted.filter((other) => other.oid !== index.oid && !gone.has(other.oid));
    const twin = others.find((other) => identical(index, other));
    const kept =
      twin ?? others.filter((other) => contains(whole(other), index)).toSorted(narrowFirst)[0];
    if (!kept) continue;
    gone.add(index.oid);
    found.push({ index, kept, same: twin !== undefined });
  }
  return found;
}

/** Those that enforce nothing first, then the less used, the longer name, the later name: the same choice each time. */
function mayGoFirst(a: InventoryIndex, b: InventoryIndex): number {
  return (
    Number(enforces(a)) - Number(enforces(b)) ||
    a.keys.length - b.keys.length ||
    (a.scans ?? 0) - (b.scans ?? 0) ||
    b.name.length - a.name.length ||
    (a.name < b.name ? 1 : -1)
  );
}

const narrowFirst = (a: InventoryIndex, b: InventoryIndex) =>
  a.keys.length - b.keys.length || (a.name < b.name ? -1 : 1);

const sameList = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((one, i) => one === b[i]);

/** Whether two indexes of a table are the same but for their names. */
export function identical(a: InventoryIndex, b: InventoryIndex): boolean {
  return (
    a.method === b.method &&
    sameList(a.keys, b.keys) &&
    sameList(a.included.toSorted(), b.included.toSorted()) &&
    a.predicate === b.predicate &&
    a.unique === b.unique
  );
}

/** Whether `wide` serves all that `narrow` serves: both btrees over all rows, `narrow` enforcing nothing. */
function contains(wide: InventoryIndex, narrow: InventoryIndex): boolean {
  if (wide.method !== 'btree' || narrow.method !== 'btree' || enforces(narrow)) return false;
  if (wide.predicate !== null || narrow.predicate !== null) return false;
  if (narrow.keys.length > wide.keys.length) return false;
  if (!narrow.keys.every((key, i) => key === wide.keys[i])) return false;
  const has = new Set([...wide.columns, ...wide.included]);
  return narrow.included.every((column) => has.has(column));
}

/**
 * InnoDB appends the primary key's columns to each other index: `(a)` serves what `(a, id)` serves.
 * Source: MySQL manual, "Clustered and Secondary Indexes".
 */
function withPrimaryKey(indexes: readonly InventoryIndex[]): Map<string, InventoryIndex> {
  const primary = indexes.find((one) => one.primary);
  return new Map(
    indexes.map((index) => {
      const more = (primary?.keys ?? []).filter((key) => !index.keys.includes(key));
      const appended = index.primary || index.method !== 'btree' ? [] : more;
      return [
        index.oid,
        { ...index, keys: [...index.keys, ...appended], columns: [...index.columns, ...appended] },
      ];
    }),
  );
}
