import type { FindingBody, PlanExecution, PlanNode } from '@/lib/contract';
import type { Inventory } from '@/lib/inventory/inventory';
import { estimateFindings } from './findings/estimates';
import { countText, finding, type Place, type PlanView, tableIn } from './findings/finding';
import { loopFindings } from './findings/loops';
import { mysqlFindings } from './findings/mysql';
import { partitionFindings } from './findings/partitions';
import { scanFindings } from './findings/scans';
import { spillFindings } from './findings/spills';
import { wholeFindings } from './findings/whole';
import { eachNode } from './plan-shape';

/** Whoever ran in less time, or is expected to cost less, has nothing to gain. */
const trivialMs = 1;
const trivialCost = 50;
const manyNodes = 2000;

export type KnownBesides = {
  execution?: PlanExecution | null;
  inventory?: Inventory | null;
};

/**
 * What a plan gives away, in plain words, each with the node it stands on.
 * @param statement its normalised text, for what only the text shows; empty when it is not known
 * @param tableRows estimated rows of tables by the name the plan uses, where known
 */
export function planFindings(
  root: PlanNode,
  statement: string,
  tableRows: Readonly<Record<string, number>> = {},
  { execution = null, inventory = null }: KnownBesides = {},
): FindingBody[] {
  const totalMs = root.actual ? (execution?.execution_ms ?? root.time_ms) : null;
  if (totalMs !== null && totalMs < trivialMs) return [];
  const places: Place[] = [];
  eachNode(root, (node, path, parent) => {
    if (places.length < manyNodes) places.push({ node, path, parent });
  });
  const plan: PlanView = {
    engine: root.engine ?? 'postgres',
    root,
    places,
    totalMs: root.actual ? (root.time_ms ?? totalMs) : null,
    execution,
    tableRows: (name) => tableRows[name ?? ''] ?? tableIn(inventory, name)?.rows ?? null,
    table: (name) => tableIn(inventory, name),
  };
  const found = [
    ...estimateFindings(plan),
    ...spillFindings(plan),
    ...scanFindings(plan),
    ...loopFindings(plan),
    ...partitionFindings(plan),
    ...mysqlFindings(plan),
    ...wholeFindings(plan),
    ...largeSorts(plan),
  ];
  if ((root.actual || (root.cost ?? 0) >= trivialCost) && /\bselect\s+(\w+\.)?\*/i.test(statement))
    found.push(
      finding('0', 'select_star', 'info', {
        en: 'SELECT * fetches every column: name those that are used, and a covering index becomes possible.',
        ja: 'SELECT * はすべての列を取得します。必要な列だけを指定すれば、カバリングインデックスも使えます。',
      }),
    );
  return withoutRepeats(found);
}

/** A partition that need not be read needs no index; what is said of one branch is not said of the next ones. */
function withoutRepeats(found: readonly FindingBody[]): FindingBody[] {
  const appends = found.filter(({ kind }) => kind === 'partitions_not_pruned');
  const has = (kind: string, node: string) =>
    found.some((one) => one.kind === kind && one.node === node);
  const said = new Set<string>();
  return found.filter((one) => {
    if (appends.some(({ node }) => one.node.startsWith(`${node}.`))) return false;
    // The same index would serve both.
    if (one.kind === 'selective_seq_scan' && has('nested_seq_scan', one.node)) return false;
    if (one.kind.startsWith('index_') && has('partitions_not_pruned', one.node)) return false;
    if (one.kind === 'filter_discards' && has('join_buffer', one.node)) return false;
    const key = `${one.kind} ${one.node.slice(0, one.node.lastIndexOf('.'))} ${one.kind.startsWith('index_') ? one.says.en : one.node}`;
    return !said.has(key) && said.add(key);
  });
}

/** Of a plan that was not executed nobody knows whether it spills. */
function largeSorts({ places, engine }: PlanView): FindingBody[] {
  return places.flatMap(({ node, path }) => {
    const rows = node.rows_estimated ?? 0;
    if (engine !== 'postgres' || node.actual || !/Sort$/.test(node.type) || rows <= 100_000)
      return [];
    return [
      finding(path, 'large_sort', 'info', {
        en: `Sorts about ${countText(rows)} rows of ${node.width ?? '?'} bytes: beyond work_mem this spills to disk.`,
        ja: `約 ${countText(rows)} 行(1行 ${node.width ?? '?'} バイト)をソートします。work_mem を超えるとディスクに書き出します。`,
      }),
    ];
  });
}
