/** Indexes that statements would use if they were there: the dearest statements first, one index for many. */

import type { PlanNode } from '@/lib/contract';
import type { AdviceItem } from '@/lib/contract/advice';
import { type Inventory, type InventoryTable, tableName } from '@/lib/inventory/inventory';
import { bytesText, countText, labels, msText, rateText, shareText } from './amounts';
import { type Candidate, candidateFor, keysOf, servedAlready, servedBy } from './candidate';
import { createIndexSql, describeIndex, newIndexBytes, newIndexName } from './create-index';
import { wholeScanOf } from './plan-scan';
import { distinctOf, selectivityOf } from './selectivity';
import type { OrderColumn, TableUse } from './table-use';
import { writesPerSecond } from './writes';

/** One statement in one window, with what is known of it. */
export type MeasuredStatement = {
  id: string;
  uses: readonly TableUse[];
  calls: number;
  total_ms: number;
  /** Rows returned or changed, all calls together. */
  rows: number;
  /** Newest stored plan, if any. */
  plan: PlanNode | null;
};

/** Reading a smaller table whole is quick. */
const leastRows = 10_000;
/** An index that leaves more of the table than this is not worth its jumps from page to page. */
const mostShare = 0.1;
/** Statements that together take less than this share of a second per second are not worth an index. */
const leastMsPerSecond = 0.01;
/** Rows read in order until a LIMIT is reached, at a guess: pages of a list have some tens. */
const fewSorted = 100;
/** Where reading the table is a small part of the statement, an index changes little. */
const leastSaved = 0.3;

type Wanted = {
  table: InventoryTable;
  candidate: Candidate;
  statement: MeasuredStatement;
  use: TableUse;
  /** Share of the table's rows that the index leaves; null when not known. */
  share: number | null;
  /** Share of the statement's time that is expected to go away. */
  saved: number;
  from_plan: { type: string; filter: string | null; cost: number; total: number } | null;
};

/**
 * @param seconds length of the window in which `statements` were measured
 * @param lately rows written per second by table, where it is measured
 */
export function missingIndexes(
  instance: string,
  inventory: Inventory,
  statements: readonly MeasuredStatement[],
  seconds: number,
  lately: ReadonlyMap<string, number>,
): AdviceItem[] {
  const tables = new Map(inventory.tables.map((table) => [tableName(table), table]));
  const parts = partitionsOf(inventory);
  const wanted = statements.flatMap((statement) =>
    statement.uses.flatMap((use) => {
      const table = tables.get(use.table);
      return table ? wantedBy(withRows(table, parts), use, statement, parts) : [];
    }),
  );
  return merge(wanted)
    .map((group) => adviceFor(instance, inventory, group, seconds, lately))
    .filter((item) => (item.saves?.ms_per_second ?? 0) >= leastMsPerSecond)
    .toSorted((a, b) => (b.saves?.ms_per_second ?? 0) - (a.saves?.ms_per_second ?? 0));
}

type Parts = ReadonlyMap<string, InventoryTable[]>;

function partitionsOf(inventory: Inventory): Parts {
  const parts = new Map<string, InventoryTable[]>();
  for (const table of inventory.tables)
    if (table.parent !== null) parts.set(table.parent, [...(parts.get(table.parent) ?? []), table]);
  return parts;
}

/** A partitioned table has the rows of its partitions. */
function withRows(table: InventoryTable, parts: Parts): InventoryTable {
  if (table.kind !== 'partitioned') return { ...table, rows: table.rows ?? table.live_rows };
  const rows = (parts.get(tableName(table)) ?? []).map((part) => part.rows ?? part.live_rows ?? 0);
  return { ...table, rows: rows.length === 0 ? null : rows.reduce((sum, one) => sum + one, 0) };
}

function wantedBy(
  table: InventoryTable,
  use: TableUse,
  statement: MeasuredStatement,
  parts: Parts,
): Wanted[] {
  const rows = table.rows;
  if (rows === null || rows < leastRows || table.kind === 'foreign table') return [];
  // A partition is indexed through its parent.
  if (table.parent !== null && table.kind === 'partition') return [];
  const names = new Set(
    [table, ...(parts.get(tableName(table)) ?? [])].flatMap((one) => [one.name, tableName(one)]),
  );
  const scan = statement.plan ? wholeScanOf(statement.plan, names) : undefined;
  // The plan shows that the table is read through an index already.
  if (scan === null) return [];
  const joins =
    scan !== undefined &&
    use.join.length > 0 &&
    scan.other_side !== null &&
    scan.other_side <= rows / 100;
  const candidate = candidateFor(table, use, joins);
  if (!candidate || servedAlready(table, candidate)) return [];
  const share = shareLeft(table, use, candidate, statement, joins ? null : (scan?.rows ?? null));
  const stopsEarly =
    candidate.sorts && candidate.equal.length === use.equal.length && use.range.length === 0;
  if (share === null ? !stopsEarly && !joins : share > mostShare && !stopsEarly) return [];
  // An order alone helps only where the plan sorts the whole table, or where no plan is known to say otherwise.
  if (candidate.equal.length === 0 && scan && !scan.sorted && share === null) return [];
  const saved = savedShare(rows, stopsEarly ? Math.min(share ?? 1, fewSorted / rows) : share, scan);
  if (saved < leastSaved) return [];
  return [
    {
      table,
      candidate,
      statement,
      use,
      share,
      saved,
      from_plan: scan ?? null,
    },
  ];
}

/** By statistics, else by the planner's estimate, else by the rows that a plain statement returned. */
function shareLeft(
  table: InventoryTable,
  use: TableUse,
  candidate: Candidate,
  statement: MeasuredStatement,
  planned: number | null,
): number | null {
  const rows = table.rows ?? 1;
  const known = candidate.equal.length > 0 ? selectivityOf(table, candidate.equal) : null;
  if (known !== null) return Math.min(1, known);
  // The planner's estimate is of all conditions together: usable when the index has all of them.
  const all = use.equal.length + use.range.length;
  const has = candidate.equal.length + (candidate.sorts ? 0 : candidate.tail.length);
  if (table.engine)
    return all > 0 && has >= all && returnsItsRows(use, statement)
      ? Math.min(1, statement.rows / statement.calls / rows)
      : null;
  if (planned !== null && all > 0 && has >= all) return Math.min(1, planned / rows);
  if (use.written && statement.uses.length === 1 && statement.calls > 0 && all > 0 && has >= all)
    return Math.min(1, statement.rows / statement.calls / rows);
  return null;
}

/**
 * Whether the rows a statement returns are those its condition finds, none left out and none added up. MySQL and MariaDB
 * guess where a column has no index (a tenth, or all), so their estimate says nothing.
 */
function returnsItsRows(use: TableUse, { uses, calls, plan }: MeasuredStatement): boolean {
  if (calls <= 0 || uses.length !== 1 || use.limited) return false;
  if (use.written) return true;
  let alone = plan !== null;
  const visit = (node: PlanNode) => {
    if (/aggregate|group|limit|union|duplicat|temporary|window|join/i.test(node.type))
      alone = false;
    node.children.forEach(visit);
  };
  if (plan) visit(plan);
  return alone;
}

/** Part of the statement's time that reading the table whole takes, less what reading through the index takes. */
function savedShare(
  rows: number,
  share: number | null,
  scan: ReturnType<typeof wholeScanOf>,
): number {
  const left = Math.max(1, (share ?? 0.001) * rows);
  if (!scan || scan.total <= 0) return Math.max(0, 0.95 - (share ?? 0.05) * 4);
  // random_page_cost at its default of 4: each row may lie on a page of its own.
  const through = Math.min(scan.cost, 8 + left * 4);
  return Math.max(0, Math.min(0.99, (scan.cost - through) / scan.total));
}

type Group = { keys: OrderColumn[]; members: [Wanted, ...Wanted[]] };

/** One index for all candidates of a table that one column order serves; the dearest statement's decides. */
function merge(wanted: readonly Wanted[]): Group[] {
  const groups: Group[] = [];
  const weight = (one: Wanted) => one.saved * one.statement.total_ms;
  for (const one of wanted.toSorted((a, b) => weight(b) - weight(a))) {
    const own = keysOf(one.candidate);
    const group = groups.find(
      ({ keys, members }) =>
        members[0].table.oid === one.table.oid &&
        (servedBy(keys, one.candidate) ||
          (own.length <= 3 && members.every(({ candidate }) => servedBy(own, candidate)))),
    );
    if (!group) {
      groups.push({ keys: own, members: [one] });
      continue;
    }
    if (!servedBy(group.keys, one.candidate)) group.keys = own;
    group.members.push(one);
  }
  return groups;
}

function adviceFor(
  instance: string,
  inventory: Inventory,
  group: Group,
  seconds: number,
  lately: ReadonlyMap<string, number>,
): AdviceItem {
  const [first] = group.members;
  const { table, candidate } = first;
  const statements = [...new Map(group.members.map((one) => [one.statement.id, one])).values()];
  const included = statements.length === 1 ? candidate.included : [];
  const index = { keys: group.keys, included };
  const columns = describeIndex(table, index);
  const total = statements.reduce((sum, { statement }) => sum + statement.total_ms, 0);
  const calls = statements.reduce((sum, { statement }) => sum + statement.calls, 0);
  const saved = statements.reduce(
    (sum, { statement, saved }) => sum + statement.total_ms * saved,
    0,
  );
  const perSecond = seconds > 0 ? saved / seconds : 0;
  const writes = writesPerSecond(inventory, table, lately);
  const bytes = newIndexBytes(table, index);
  const mean = total / Math.max(1, calls);
  const after = (total - saved) / Math.max(1, calls);
  const name = tableName(table);
  return {
    id: `missing_index/${inventory.database}/${name}/${columns}`,
    kind: 'missing_index',
    severity: perSecond >= 100 ? 'critical' : perSecond >= 5 ? 'warning' : 'info',
    title: {
      en: `An index on ${name} ${columns} is missing`,
      ja: `${name} ${columns} のインデックスがありません`,
    },
    says: sentences(first, group.keys, included),
    evidence: [
      {
        label: { en: 'Time of its statements', ja: '対象の文の合計時間' },
        value: `${msText(total)} = ${countText(calls)} × ${msText(mean)}`,
      },
      { label: labels.table_rows, value: countText(table.rows ?? 0) },
      ...group.keys.flatMap(({ column }) => {
        const distinct = distinctOf(table, column);
        return distinct === null
          ? []
          : [
              {
                label: { en: `Cardinality of ${column}`, ja: `${column} のカーディナリティ` },
                value: countText(distinct),
              },
            ];
      }),
      ...(first.share === null
        ? []
        : [
            {
              label: { en: 'Selectivity', ja: '選択性' },
              value: `${shareText(first.share)} (${countText(Math.max(1, first.share * (table.rows ?? 0)))} / ${countText(table.rows ?? 0)})`,
            },
          ]),
      ...(first.from_plan
        ? [
            {
              label: { en: 'In the stored plan', ja: '保存された実行計画' },
              value: `${first.from_plan.type} on ${name}${first.from_plan.filter ? `, Filter ${first.from_plan.filter}` : ''}, cost ${countText(first.from_plan.cost)} of ${countText(first.from_plan.total)}`,
            },
          ]
        : []),
      ...first.use.in_the_way.map(({ column, by }) => ({
        label: { en: 'In the way of an index', ja: 'インデックスを妨げるもの' },
        value: `${by}: ${column}`,
      })),
    ],
    gain: {
      en: `The mean is expected to fall from ${msText(mean)} to about ${msText(after)}. Estimated from ${first.from_plan ? "the plan's cost" : 'the number of rows'}${first.share === null ? '' : ' and the selectivity'}, not measured.`,
      ja: `平均は ${msText(mean)} から約 ${msText(after)} に下がる見込みです。${first.from_plan ? '実行計画のコスト' : '行数'}${first.share === null ? '' : 'と選択性'}からの推定で、実測ではありません。`,
    },
    cost: {
      en: `About ${bytesText(bytes)}${writes === null ? '; writes on the table are not known' : `; one more index to write at up to ${rateText(writes)}`}. It is built without blocking writes.`,
      ja: `約 ${bytesText(bytes)}${writes === null ? '。テーブルへの書き込み量は不明です' : `。書き込み(最大 ${rateText(writes)})のたびに更新するインデックスが1つ増えます`}。作成中も書き込みは止まりません。`,
    },
    known: 'estimated',
    sql: createIndexSql(table, index, inventory.tables),
    instance,
    database: inventory.database,
    table: name,
    index: newIndexName(table, index),
    statements: statements.map(({ statement }) => statement.id),
    lesson:
      included.length > 0
        ? 'covering-index'
        : group.keys.length > 1
          ? 'column-order'
          : 'selectivity',
    saves: { ms_per_second: perSecond, bytes: null },
  };
}

/** Why this index, in the three terms: selectivity, column order, covering. */
function sentences(first: Wanted, keys: readonly OrderColumn[], included: readonly string[]) {
  const { candidate, table, share } = first;
  const name = tableName(table);
  const rows = table.rows ?? 0;
  const en: string[] = [];
  const ja: string[] = [];
  const equal = candidate.equal.join(', ');
  const tail = candidate.tail.map(({ column }) => column).join(', ');
  if (candidate.equal.length > 0 && share !== null) {
    en.push(
      `Selectivity: ${equal} narrows ${name} to about ${countText(Math.max(1, share * rows))} of ${countText(rows)} rows, and no index serves it, so all rows are read.`,
    );
    ja.push(
      `選択性:${equal} で ${name} の ${countText(rows)} 行が約 ${countText(Math.max(1, share * rows))} 行に絞り込まれますが、使えるインデックスがなく、全行を読んでいます。`,
    );
  } else {
    en.push(
      `No index of ${name} serves ${[equal, tail].filter(Boolean).join(', ')}: all ${countText(rows)} rows are read.`,
    );
    ja.push(
      `${name} には ${[equal, tail].filter(Boolean).join(', ')} に使えるインデックスがなく、全 ${countText(rows)} 行を読んでいます。`,
    );
  }
  if (keys.length > 1) {
    en.push(
      `Column order: ${equal ? `columns compared for equality first (${equal}${candidate.equal.length > 1 ? ', the most selective in front' : ''})` : 'as the ORDER BY'}${tail && equal ? `, then ${tail}, ${candidate.sorts ? 'so that rows come out sorted and reading stops at the LIMIT' : 'the range'}` : ''}.`,
    );
    ja.push(
      `列順:${equal ? `等価条件の列を先頭に置き(${equal}${candidate.equal.length > 1 ? '、選択性の高いものから' : ''})` : 'ORDER BY の順'}${tail && equal ? `、次に ${tail} ${candidate.sorts ? 'を置くと、並び替えずに LIMIT で読み終えられます' : '(範囲条件)を置きます'}` : ''}。`,
    );
  }
  if (included.length > 0) {
    en.push(
      `Covering: with ${included.join(', ')} included, the statement is answered from the index alone.`,
    );
    ja.push(
      `カバリング:${included.join(', ')} を INCLUDE すると、インデックスだけで応答できます。`,
    );
  }
  return { en: en.join(' '), ja: ja.join('') };
}
