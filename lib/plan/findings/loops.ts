import type { FindingBody, PlanNode } from '@/lib/contract';
import {
  countText,
  detail,
  finding,
  labels,
  msText,
  type Place,
  type PlanView,
  readsAll,
  type Said,
  stepText,
} from './finding';

const manyLoops = 1000;
const manyLoopsOfTable = 100;
const manyRows = 1000;
const largeShare = 0.4;
const leastMs = 20;

/** What is done again for each row of the other side. */
export function loopFindings(plan: PlanView): FindingBody[] {
  return plan.places.flatMap((place) => {
    const inner = isNestedLoop(place.parent) && place.parent?.children[1] === place.node;
    if (inner) return wholeTableAgain(plan, place) ?? again(plan, place) ?? [];
    return detail(place.node, 'Parent Relationship') === 'SubPlan' ? subplan(plan, place) : [];
  });
}

export const isNestedLoop = (node: PlanNode | null): boolean =>
  node !== null && /^Nested [Ll]oop\b/.test(node.type);

const timeOf = ({ node }: Place): [Said, string][] =>
  node.time_ms === null ? [] : [[labels.time, msText(node.time_ms)]];

function wholeTableAgain(plan: PlanView, place: Place): FindingBody[] | null {
  const { node, path, parent } = place;
  if (!readsAll(plan, node)) return null;
  const { actual } = node;
  const loops = actual ? actual.loops : (parent?.children[0]?.rows_estimated ?? 0);
  const seen =
    actual && loops > 0
      ? (node.rows_actual ?? 0) + (actual.rows_removed.filter ?? 0) / loops
      : null;
  const rows =
    seen ?? plan.tableRows(node.relation) ?? node.rows_examined ?? node.rows_estimated ?? 0;
  if (loops <= manyLoopsOfTable || rows < manyRows) return null;
  const about: Said = actual ? { en: '', ja: '' } : { en: 'about ', ja: '約 ' };
  return [
    finding(
      path,
      'nested_seq_scan',
      'critical',
      {
        en: `${node.relation} (${countText(rows)} rows) is read from start to end for each of ${about.en}${countText(loops)} rows: an index on the join column is missing.`,
        ja: `${about.ja}${countText(loops)} 行のそれぞれについて ${node.relation}(${countText(rows)} 行)を先頭から読んでいます。結合列にインデックスがありません。`,
      },
      { evidence: [[labels.loops, countText(loops)], ...timeOf(place)] },
    ),
  ];
}

function again(plan: PlanView, place: Place): FindingBody[] | null {
  const { node, path, parent } = place;
  const loops = node.actual?.loops ?? 0;
  const { totalMs } = plan;
  if (totalMs !== null && totalMs < leastMs) return null;
  if (loops < manyLoops * 10 || totalMs === null || (node.time_ms ?? 0) < totalMs * largeShare)
    return null;
  const expected = parent?.children[0]?.rows_estimated ?? null;
  const surprise = expected !== null && loops >= expected * 10;
  return [
    finding(
      path,
      'nested_loop_repeated',
      'warning',
      {
        en: `${stepText(node)} is executed ${countText(loops)} times, which takes ${msText(node.time_ms ?? 0)} of ${msText(totalMs)}.${surprise ? ` ${countText(expected)} times were expected: the estimate of the outer side led to the nested loop.` : ' For so many rows one pass with a hash join is often cheaper.'}`,
        ja: `${stepText(node)} が ${countText(loops)} 回実行され、${msText(totalMs)} のうち ${msText(node.time_ms ?? 0)} を占めています。${surprise ? `見込みは ${countText(expected)} 回でした。外側の見積もりがネステッドループを選ばせています。` : 'これほどの行数なら、一度で済むハッシュ結合の方が安いことが多いです。'}`,
      },
      { evidence: [[labels.loops, countText(loops)], ...timeOf(place)] },
    ),
  ];
}

function subplan(plan: PlanView, place: Place): FindingBody[] {
  const { node, path } = place;
  const loops = node.actual?.loops ?? 0;
  const { totalMs } = plan;
  const share = totalMs ? (node.time_ms ?? 0) / totalMs : 0;
  if (loops < manyLoopsOfTable || share < largeShare || totalMs === null) return [];
  return [
    finding(
      path,
      'subplan_repeated',
      'warning',
      {
        en: `A subquery is executed once per row, ${countText(loops)} times, which takes ${msText(node.time_ms ?? 0)} of ${msText(totalMs)}. Written as a join it is executed once.`,
        ja: `サブクエリが行ごとに計 ${countText(loops)} 回実行され、${msText(totalMs)} のうち ${msText(node.time_ms ?? 0)} を占めています。結合に書き換えると一度で済みます。`,
      },
      { evidence: [[labels.loops, countText(loops)], ...timeOf(place)] },
    ),
  ];
}
