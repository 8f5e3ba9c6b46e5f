import type { PlanActual, PlanNode } from '@/lib/contract';
import { numberCompared, withoutBackticks, withoutMysqlLiterals } from './mysql-literals';

/** A step of MySQL or MariaDB; what it does not say is null. */
export const newNode = (type: string, more: Partial<PlanNode> = {}): PlanNode => ({
  ...{ type: type.slice(0, 200), relation: null, index: null, cost: null, startup_cost: null },
  ...{ rows_estimated: null, rows_actual: null, time_ms: null, width: null },
  details: [],
  children: [],
  ...more,
});

export const newActual = (loops: number, more: Partial<PlanActual> = {}): PlanActual => ({
  ...{ loops, never_executed: loops === 0, self_ms: null, buffers: null },
  rows_removed: { filter: null, join_filter: null, recheck: null },
  ...{ sort: null, hash: null, aggregate: null, heap_fetches: null },
  ...{ exact_blocks: null, lossy_blocks: null },
  ...more,
});

/** Adds what is printed of a step; its literals are replaced. */
export function addDetail(node: PlanNode, name: string, value: unknown): void {
  const text = textOf(value);
  if (text === null || text === '') return;
  node.details.push({ name, value: withoutMysqlLiterals(withoutBackticks(text)).slice(0, 2000) });
}

/** Adds a condition, and which columns it compares with a number. */
export function addCondition(node: PlanNode, name: string, value: unknown): void {
  const text = textOf(value);
  if (text === null) return;
  addDetail(node, name, text);
  const columns = numberCompared(text);
  if (columns.length > 0) addDetail(node, 'Compared with a number', columns.join(', '));
}

function textOf(value: unknown): string | null {
  if (Array.isArray(value)) return value.slice(0, 1000).map(String).join(', ');
  return ['string', 'number', 'boolean'].includes(typeof value)
    ? String(value).replaceAll('\u0000', '').slice(0, 10_000)
    : null;
}

export const round = (value: number): number => Math.round(value * 1000) / 1000;

/** Time of the step alone: what its children took is not its own. */
export function addSelfTimes(node: PlanNode): void {
  for (const child of node.children) addSelfTimes(child);
  if (!node.actual || node.time_ms === null) return;
  const below = node.children.reduce((sum, child) => sum + (child.time_ms ?? 0), 0);
  node.actual.self_ms = round(Math.max(0, node.time_ms - below));
}
