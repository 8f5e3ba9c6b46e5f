/** What the rules share: what they are given, and how they say it. Pure. */
import type { FindingBody, PlanExecution, PlanNode } from '@/lib/contract';
import type { Inventory, InventoryTable } from '@/lib/inventory/inventory';

export type Place = { node: PlanNode; path: string; parent: PlanNode | null };
export type Said = { en: string; ja: string };

export type PlanEngine = 'postgres' | 'mysql' | 'mariadb';

export type PlanView = {
  engine: PlanEngine;
  root: PlanNode;
  places: readonly Place[];
  /** Null of a plan that was not executed. */
  totalMs: number | null;
  execution: PlanExecution | null;
  /** Rows of a whole table by its name in the plan; null when nobody knows. */
  tableRows(relation: string | null): number | null;
  table(relation: string | null): InventoryTable | null;
};

type More = { evidence?: [label: Said, value: string][]; sql?: string };

export const finding = (
  node: string,
  kind: string,
  severity: FindingBody['severity'],
  says: Said,
  more: More = {},
): FindingBody => ({
  node,
  kind,
  severity,
  says,
  ...(more.evidence && {
    evidence: more.evidence.map(([label, value]) => ({ label, value })),
  }),
  ...(more.sql !== undefined && { sql: more.sql }),
});

/** The table that a plan calls `orders` or `shop.orders`: a plan without VERBOSE names no schema. */
export function tableIn(inventory: Inventory | null, relation: string | null) {
  if (!inventory || relation === null) return null;
  const [name = '', schema] = relation.split('.').reverse();
  const found = inventory.tables.filter(
    (one) => one.name === name && (schema === undefined || one.schema === schema),
  );
  return (
    found.find((one) => schema === undefined && one.schema === 'public') ??
    (found.length === 1 ? (found[0] as InventoryTable) : null)
  );
}

export const detail = (node: PlanNode, name: string): string | null =>
  node.details.find((one) => one.name === name)?.value ?? null;

export const countText = (value: number): string => Math.round(value).toLocaleString('en-US');
export const msText = (ms: number): string =>
  ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${ms >= 100 ? Math.round(ms) : ms.toFixed(1)} ms`;
export const kbText = (kb: number): string =>
  kb >= 1024 ? `${(kb / 1024).toFixed(1)} MB` : `${Math.round(kb)} kB`;

/** `Seq Scan on shop.orders` */
export const stepText = ({ type, relation }: PlanNode): string =>
  relation ? `${type} on ${relation}` : type;

export const relationSql = (relation: string, engine: PlanEngine = 'postgres'): string => {
  const mark = engine === 'postgres' ? '"' : '`';
  return relation
    .split('.')
    .map((part) =>
      /^[a-z_][a-z0-9_]*$/.test(part) ? part : mark + part.replaceAll(mark, mark + mark) + mark,
    )
    .join('.');
};

/** A scan from a table's (or an index's) start to its end. `Index Scan` of PostgreSQL is a search, MySQL's is not. */
export const readsAll = ({ engine }: Pick<PlanView, 'engine'>, node: PlanNode): boolean =>
  engine === 'postgres'
    ? /Seq Scan$/.test(node.type)
    : /^(Table scan|(Covering )?[Ii]ndex scan)$/.test(node.type) &&
      !(node.relation ?? '<').startsWith('<');

/** How an index is made: in InnoDB beside the work that goes on, as PostgreSQL does with CONCURRENTLY. */
export const addIndexSql = (engine: PlanEngine, relation: string, key: string): string =>
  engine === 'postgres'
    ? `CREATE INDEX CONCURRENTLY ON ${relationSql(relation)} (${key});`
    : `ALTER TABLE ${relationSql(relation, engine)} ADD INDEX (${key}), ALGORITHM=INPLACE, LOCK=NONE;`;

/** All rows a step gave, over all loops; null when it was not executed. */
export const rowsGiven = (node: PlanNode): number | null =>
  node.rows_actual === null || !node.actual ? null : node.rows_actual * node.actual.loops;

export const labels = {
  estimated: { en: 'Rows expected', ja: '見積もり行数' },
  seen: { en: 'Rows seen', ja: '実際の行数' },
  read: { en: 'Rows read', ja: '読んだ行数' },
  removed: { en: 'Rows thrown away', ja: '捨てた行数' },
  loops: { en: 'Executions', ja: '実行回数' },
  time: { en: 'Time', ja: '時間' },
  ownTime: { en: 'Own time', ja: '単独の時間' },
  disk: { en: 'On disk', ja: 'ディスク使用量' },
  memory: { en: 'In memory', ja: 'メモリ使用量' },
  batches: { en: 'Batches', ja: 'バッチ数' },
  condition: { en: 'Condition', ja: '条件' },
  index: { en: 'Index', ja: 'インデックス' },
} satisfies Record<string, Said>;
