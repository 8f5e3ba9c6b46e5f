/** Indexes that another index of the same table makes superfluous: the same, or a leading part of it. */
import type { AdviceItem } from '@/lib/contract/advice';
import { type InventoryIndex, tableName } from '@/lib/inventory/inventory';
import { bytesText, labels, rateText } from './amounts';
import { quoteIdentifier, quoteName } from './quote-identifier';
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
    for (const { index, kept, same } of superfluous(table.indexes)) {
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
              en: `Both have the same columns in the same order, method, operator classes, condition and uniqueness. The planner uses one of them; the other is only written.`,
              ja: `列、列順、方式、演算子クラス、条件、一意性がすべて同じです。プランナは片方だけを使い、もう片方は書き込まれるだけです。`,
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
        sql: `DROP INDEX CONCURRENTLY ${quoteName(table.schema, index.name)};`,
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
function superfluous(indexes: readonly InventoryIndex[]): Superfluous[] {
  const sorted = indexes.filter(usable).toSorted(mayGoFirst);
  const gone = new Set<string>();
  const found: Superfluous[] = [];
  for (const index of sorted) {
    if (index.primary || index.constraint !== null || index.replica_identity) continue;
    const others = sorted.filter((other) => other.oid !== index.oid && !gone.has(other.oid));
    const twin = others.find((other) => identical(index, other));
    const kept = twin ?? others.filter((other) => contains(other, index)).toSorted(narrowFirst)[0];
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
