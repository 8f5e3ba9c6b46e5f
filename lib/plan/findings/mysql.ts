import type { FindingBody, PlanNode } from '@/lib/contract';
import { countText, detail, finding, labels, type Place, type PlanView } from './finding';
import { mysqlComparedColumns } from './mysql-conditions';

const manyRows = 10_000;
const manyPairs = 1_000_000;
/** More than this in a sort does not fit into the buffer as it is set from the factory (256 KiB). */
const largeSort = 100_000;

/** What only plans of MySQL and MariaDB show. */
export function mysqlFindings(plan: PlanView): FindingBody[] {
  if (plan.engine === 'postgres') return [];
  return plan.places.flatMap((place) => [
    ...sorts(place),
    ...temporaryTable(place),
    ...joinBuffer(place),
    ...partitions(plan, place),
  ]);
}

/** MariaDB counts the passes of a sort; of MySQL's nobody sees whether it spilled. */
function sorts({ node, path }: Place): FindingBody[] {
  if (node.type !== 'Sort') return [];
  const passes = Number(detail(node, 'Sort passes') ?? 0);
  if (passes > 1)
    return [
      finding(
        path,
        'spill_sort',
        'warning',
        {
          en: `The sort did not fit into sort_buffer_size: ${countText(passes)} runs were written to disk and merged. Set more for this session, sort fewer or narrower rows, or let an index give the order.`,
          ja: `ソートが sort_buffer_size に収まらず、${countText(passes)} 個のランをディスクに書き出して併合しました。このセッションで増やすか、行や列を減らすか、その順のインデックスを使ってください。`,
        },
        { evidence: [[{ en: 'Merge passes', ja: 'マージパス数' }, countText(passes)]] },
      ),
    ];
  const rows = node.rows_actual ?? rowsInto(node);
  if (rows < largeSort || detail(node, 'Top rows alone')) return [];
  return [
    finding(path, 'large_sort', 'info', {
      en: `Sorts about ${countText(rows)} rows (filesort): beyond sort_buffer_size this spills to disk. An index in that order avoids the sort.`,
      ja: `約 ${countText(rows)} 行をソートします(filesort)。sort_buffer_size を超えるとディスクに書き出します。その順のインデックスがあればソートは不要です。`,
    }),
  ];
}

function temporaryTable({ node, path }: Place): FindingBody[] {
  const kept = detail(node, 'Temporary table') ?? /using temporary table$/.test(node.type);
  const rows = rowsInto(node);
  if (!kept || rows < manyRows) return [];
  return [
    finding(
      path,
      'temporary_table',
      'info',
      {
        en: `About ${countText(rows)} rows go through a temporary table, which moves to disk beyond tmp_table_size. An index in the order of the groups avoids it.`,
        ja: `約 ${countText(rows)} 行が一時テーブルを通り、tmp_table_size を超えるとディスクに移ります。グループの順のインデックスがあれば不要です。`,
      },
      { evidence: [[labels.read, countText(rows)]] },
    ),
  ];
}

/** A join without an index tests every pair, a bufferful of rows at a time. A hash join does not. */
function joinBuffer({ node, path }: Place): FindingBody[] {
  if (!/^Block nested loop/.test(node.type)) return [];
  const [outer, inner] = node.children;
  const left = rowsOf(outer);
  const right = inner?.rows_examined ?? rowsOf(inner);
  if (left * right < manyPairs) return [];
  const table = inner?.relation ?? '';
  const condition = detail(node, 'Join Filter') ?? '';
  return [
    finding(
      path,
      'join_buffer',
      'warning',
      {
        en: `${table} is joined without an index: about ${countText(left)} × ${countText(right)} pairs are compared in the join buffer (${condition}). An index on the join column is missing.`,
        ja: `${table} はインデックスなしで結合され、約 ${countText(left)} × ${countText(right)} 組をジョインバッファ内で比較します(${condition})。結合列にインデックスがありません。`,
      },
      { evidence: [[labels.condition, condition]] },
    ),
  ];
}

/** Several partitions are read because the key is inside a function. */
function partitions(plan: PlanView, { node, path }: Place): FindingBody[] {
  const names = detail(node, 'Partitions')?.split(', ') ?? [];
  if (names.length < 2) return [];
  const key = plan.table(node.relation)?.partition_key ?? null;
  const hidden = mysqlComparedColumns(node).find(
    ({ wrapped, column }) => wrapped !== null && (key === null || key.includes(column)),
  );
  if (!hidden) return [];
  return [
    finding(
      path,
      'partitions_not_pruned',
      'warning',
      {
        en: `${countText(names.length)} partitions are read: the condition compares ${hidden.call}, not ${hidden.column} itself${key ? ` (the partition key: ${key})` : ''}, so none can be left out. Compare the column with a value or a range.`,
        ja: `${countText(names.length)} 個のパーティションを読みます。条件が ${hidden.column}${key ? `(パーティションキー: ${key})` : ''} 自体でなく ${hidden.call} を比較しているため、除外できません。列を値や範囲と比較してください。`,
      },
      {
        evidence: [
          [{ en: 'Partitions read', ja: '読んだパーティション' }, countText(names.length)],
        ],
      },
    ),
  ];
}

const rowsOf = (node: PlanNode | undefined) =>
  node ? (node.rows_actual ?? node.rows_estimated ?? 0) : 0;

/** Rows a step is given, by the first step below it that says how many. */
function rowsInto(node: PlanNode): number {
  const [child] = node.children;
  if (!child) return 0;
  const rows = child.rows_actual ?? child.rows_estimated;
  // How many groups there will be, nobody says.
  if (rows === null && /aggregate|temporary/i.test(child.type)) return 0;
  return rows === null ? rowsInto(child) : rows;
}
