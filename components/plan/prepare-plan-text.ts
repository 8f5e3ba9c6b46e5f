import type { PlanNode } from '@/lib/contract';

/**
 * The plan as EXPLAIN's text form writes it, from our own vocabulary.
 * Source: PostgreSQL manual, "Using EXPLAIN".
 */
export function preparePlanText(root: PlanNode): string {
  const lines: string[] = [];
  write(root, 0, lines);
  return lines.join('\n');
}

function write(node: PlanNode, depth: number, lines: string[]) {
  const indent = ' '.repeat(depth === 0 ? 0 : depth * 6 - 4);
  const arrow = depth === 0 ? '' : '->  ';
  const using = node.index ? ` using ${node.index}` : '';
  const on = node.relation ? ` on ${node.relation}` : '';
  lines.push(`${indent}${arrow}${node.type}${using}${on}${figures(node)}`);
  const below = ' '.repeat(depth === 0 ? 2 : depth * 6 + 2);
  for (const { name, value } of node.details) lines.push(`${below}${name}: ${value}`);
  for (const child of node.children) write(child, depth + 1, lines);
}

function figures(node: PlanNode): string {
  const parts: string[] = [];
  if (node.cost !== null)
    parts.push(`cost=${(node.startup_cost ?? 0).toFixed(2)}..${node.cost.toFixed(2)}`);
  if (node.rows_estimated !== null) parts.push(`rows=${node.rows_estimated}`);
  if (node.width !== null) parts.push(`width=${node.width}`);
  const planned = parts.length > 0 ? `  (${parts.join(' ')})` : '';
  if (node.actual?.never_executed) return `${planned} (never executed)`;
  if (node.rows_actual === null) return planned;
  // EXPLAIN prints the mean of a loop; we know the time of all loops.
  if (node.actual) {
    const all = node.time_ms === null ? '' : `, ${node.time_ms.toFixed(3)} ms in all`;
    return `${planned} (actual rows=${node.rows_actual} loops=${node.actual.loops}${all})`;
  }
  const time = node.time_ms === null ? '' : `time=${node.time_ms.toFixed(3)} `;
  return `${planned} (actual ${time}rows=${node.rows_actual})`;
}
