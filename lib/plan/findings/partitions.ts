import type { FindingBody, PlanNode } from '@/lib/contract';
import { countText, detail, finding, type PlanView } from './finding';

/** Partitions that were read although nothing in them was wanted. */
export function partitionFindings(plan: PlanView): FindingBody[] {
  return plan.places.flatMap(({ node, path }) => {
    if (!/Append$/.test(node.type)) return [];
    const read = node.children.filter(
      (child) => child.relation !== null && (child.actual?.loops ?? 0) > 0 && filterOf(child),
    );
    // One condition, tested in each: branches of a UNION have their own.
    const same = new Set(read.map((child) => withoutNames(filterOf(child) ?? '')));
    const parents = new Set(read.map((child) => plan.table(child.relation)?.parent));
    const siblings = same.size === 1 && parents.size === 1 && !parents.has(null);
    const empty = read.filter((child) => child.rows_actual === 0);
    if (!siblings || read.length < 2 || empty.length * 2 < read.length) return [];
    const key = parentKey(plan, read[0]);
    return [
      finding(
        path,
        'partitions_not_pruned',
        'warning',
        {
          en: `${countText(read.length)} partitions are read, and ${countText(empty.length)} of them hold nothing that is wanted: the condition ${filterOf(read[0])} does not name the partition key${key ? ` (${key})` : ''} in a form that lets them be left out. Compare the key itself with a value or a range.`,
          ja: `${countText(read.length)} 個のパーティションを読み、うち ${countText(empty.length)} 個には該当行がありません。条件 ${filterOf(read[0])} は、除外できる形でパーティションキー${key ? `(${key})` : ''}を比較していません。キー自体を値や範囲と比較してください。`,
        },
        {
          evidence: [
            [{ en: 'Partitions read', ja: '読んだパーティション' }, countText(read.length)],
            [{ en: 'Without a wanted row', ja: '該当行なし' }, countText(empty.length)],
          ],
        },
      ),
    ];
  });
}

const filterOf = (node: PlanNode | undefined) => (node ? detail(node, 'Filter') : null);
/** `visit_1.at` and `visit_2.at` are the same column. */
const withoutNames = (text: string) => text.replace(/(?:"[^"]*"|\w+)\./g, '');

function parentKey(plan: PlanView, child: PlanNode | undefined): string | null {
  const parent = plan.table(child?.relation ?? null)?.parent ?? null;
  return plan.table(parent)?.partition_key ?? null;
}
