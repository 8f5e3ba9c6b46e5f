/** Indexes that nobody has scanned for a week, on the primary and on all of its standbys. */
import type { AdviceItem } from '@/lib/contract/advice';
import { type InventoryIndex, type InventoryTable, tableName } from '@/lib/inventory/inventory';
import { bytesText, countText, dayText, labels, periodText, rateText } from './amounts';
import { identical } from './duplicate-index';
import { dropIndexSql } from './index-sql';
import { enforces, ofParent, servesAlone, usable } from './serves';
import { indexesOf, indexName, type NotSaid, type Rule, type WatchedDatabase } from './view';
import { writesPerSecond } from './writes';

const week = 7 * 86_400_000;
/** On the demo, where the workload repeats itself every few minutes. */
const demoEnough = 15 * 60_000;

/** Below this an index costs next to nothing. */
const leastBytes = 64 * 1024;

export const unusedIndexes: Rule = (view) => {
  const { primary, database, now } = view;
  if (!primary?.inventory) return { advice: [], not_said: [unknownOn(primary, database)] };
  const nodes = [primary, ...view.replicas];
  const enough = view.demo ? demoEnough : week;
  const not_said = nodes.flatMap((node) => tooYoung(node, database, now, enough));
  if (not_said.length > 0) return { advice: [], not_said };
  const inventory = primary.inventory;
  const since = Math.max(...nodes.map((node) => countedSince(node) ?? now));
  // The other instances by index, once: 2,000 tables have many.
  const elsewhere = view.replicas.map((replica) => ({
    instance: replica.instance,
    scans: new Map(
      replica.inventory
        ? [...indexesOf(replica.inventory)].map(
            ({ table, index }) => [indexName(table, index), index.scans] as const,
          )
        : [],
    ),
  }));
  const advice: AdviceItem[] = [];
  const leaving = new Set<string>();
  for (const { table, index } of indexesOf(inventory)) {
    const name = indexName(table, index);
    if (table.kind === 'partitioned' || !usable(index) || enforces(index)) continue;
    if (index.scans !== 0 || elsewhere.some(({ scans }) => scans.get(name) !== 0)) continue;
    if (nodes.some(({ once_used }) => once_used.has(name))) continue;
    // The same index twice is said as such, which needs no week.
    if (table.indexes.some((other) => isTwin(index, other))) continue;
    if (view.young.has(name) || ofParent(inventory.tables, table, index)) continue;
    if ((table.live_rows ?? table.rows ?? 0) <= 0 || tooSmall(table, index)) continue;
    if (servesAlone(table, index, leaving).length > 0) continue;
    leaving.add(index.oid);
    const writes = writesPerSecond(inventory, table, view.writes);
    const size = bytesText(index.bytes);
    const period = periodText(now - since);
    advice.push({
      id: `unused_index/${database}/${name}`,
      kind: 'unused_index',
      severity: (writes ?? 0) >= 10 || (index.bytes ?? 0) >= 1024 ** 3 ? 'warning' : 'info',
      title: {
        en: `${name} is never used (${size})`,
        ja: `${name} は使われていません(${size})`,
      },
      says: table.engine
        ? unusedInMysql(period, view.replicas.length)
        : {
            en: `No statement has scanned this index for ${period.en}, on the primary or on ${view.replicas.length} watched standbys. It still takes space and is written at each insert, delete and non-HOT update. Keep it if a rare job (month end, year end) needs it.${view.demo ? ' On the demo 15 minutes are enough to say so; a real server is watched for 7 days first.' : ''}`,
            ja: `${period.ja}、プライマリでも監視中のスタンバイ ${view.replicas.length} 台でも一度もスキャンされていません。それでも領域を使い、INSERT、DELETE、HOT でない UPDATE のたびに書き込まれます。月末や年末だけの処理が使う場合は残してください。${view.demo ? 'デモでは 15 分で判断しています。実際のサーバーでは 7 日間の集計を待ちます。' : ''}`,
          },
      evidence: [
        ...nodes.map((node) => ({ label: labels.scans_on(node.name), value: '0' })),
        { label: labels.counted_since, value: `${dayText(since)} (${period.en})` },
        { label: labels.size, value: size },
        { label: labels.table_rows, value: countText(table.live_rows ?? table.rows ?? 0) },
        ...(writes === null ? [] : [{ label: labels.writes, value: rateText(writes) }]),
        { label: labels.definition, value: index.definition },
      ],
      gain: {
        en: `Frees ${size}${writes === null ? '' : `; up to ${rateText(writes)} fewer index writes`}.`,
        ja: `${size} が空きます${writes === null ? '' : `。インデックスへの書き込みが最大 ${rateText(writes)} 減ります`}。`,
      },
      cost: table.engine
        ? {
            en: `A statement that needs it later will be slow until it is made again (its definition is above). To try first: ALTER TABLE … ALTER INDEX … ${table.engine === 'mysql' ? 'INVISIBLE' : 'IGNORED'}, which is undone at once.`,
            ja: `後で必要になった文は、作り直すまで遅くなります(定義は上にあります)。先に ALTER TABLE … ALTER INDEX … ${table.engine === 'mysql' ? 'INVISIBLE' : 'IGNORED'} で試せば、すぐに戻せます。`,
          }
        : {
            en: 'A statement that needs it later will be slow until it is made again (its definition is above).',
            ja: '後で必要になった文は、作り直すまで遅くなります(定義は上にあります)。',
          },
      known: 'measured',
      sql: dropIndexSql(table, index),
      instance: primary.instance,
      database,
      table: tableName(table),
      index: index.name,
      statements: [],
      lesson: 'unused-indexes',
      saves: { ms_per_second: null, bytes: index.bytes },
    });
  }
  return { advice, not_said };
};

/** InnoDB's sizes of indexes are in a schema our login need not read: an unknown one counts where the table is large. */
const tooSmall = (table: InventoryTable, index: InventoryIndex) =>
  index.bytes === null && table.engine
    ? (table.index_bytes ?? 0) < leastBytes
    : (index.bytes ?? 0) < leastBytes;

const sevenDays = { en: '7 days', ja: '7 日分' };
const fifteenMinutes = { en: '15 minutes', ja: '15 分' };

const isTwin = (index: InventoryIndex, other: InventoryIndex) =>
  other.oid !== index.oid && usable(other) && identical(index, other);

function unknownOn(node: WatchedDatabase | null, database: string): NotSaid {
  const name = node?.name ?? '';
  return {
    instance: node?.instance ?? '',
    database,
    reason: {
      en: node
        ? `Nothing is said about unused indexes of ${database}: its inventory on ${name} is not known yet.`
        : `Nothing is said about unused indexes of ${database}: no primary of this cluster is known.`,
      ja: node
        ? `${database} の未使用インデックスについては判断できません。${name} のインベントリがまだありません。`
        : `${database} の未使用インデックスについては判断できません。このクラスタのプライマリが分かりません。`,
    },
    fix_sql: null,
  };
}

/** Since when scans are counted: by the server, else as long as we have kept their daily counts. */
const countedSince = ({ inventory, kept_since }: WatchedDatabase): number | null =>
  inventory?.counted_since ?? kept_since;

function tooYoung(node: WatchedDatabase, database: string, now: number, enough: number): NotSaid[] {
  const wait = enough === week ? sevenDays : fifteenMinutes;
  const { instance, name, inventory } = node;
  if (!inventory) return [unknownOn(node, database)];
  const since = countedSince(node);
  if (since !== null && now - since >= enough) return [];
  return [
    {
      instance,
      database,
      reason:
        since === null
          ? {
              en: `Nothing is said about unused indexes of ${database}: ${name} does not say since when it counts scans, and their use has not been watched for ${wait.en}.`,
              ja: `${database} の未使用インデックスについては判断できません。${name} はスキャン回数の集計開始時刻を示しておらず、利用状況の記録も ${wait.ja}に達していません。`,
            }
          : {
              en: `Nothing is said about unused indexes of ${database}: scans on ${name} are counted only since ${dayText(since)}; ${wait.en} are needed.`,
              ja: `${database} の未使用インデックスについては判断できません。${name} のスキャン回数は ${dayText(since)} からしか集計されていません。${wait.ja}が必要です。`,
            },
      fix_sql: null,
    },
  ];
}

const unusedInMysql = (period: { en: string; ja: string }, replicas: number) => ({
  en: `No statement has used this index for ${period.en}, on the primary or on ${replicas} watched replicas (performance_schema counts each use). It still takes space and is written at each insert, delete and change of its columns. Keep it if a rare job (month end, year end) needs it.`,
  ja: `${period.ja}、プライマリでも監視中のレプリカ ${replicas} 台でも一度も使われていません(performance_schema がすべての使用を数えています)。それでも領域を使い、INSERT、DELETE、列の変更のたびに書き込まれます。月末や年末だけの処理が使う場合は残してください。`,
});
