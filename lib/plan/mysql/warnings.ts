import type { PlanNode } from '@/lib/contract';

/** An index that a comparison cannot use, as SHOW WARNINGS after EXPLAIN says; the value compared is left out. */
type Unusable = { index: string; column: string };

const mysqlWarning =
  /^Cannot use \w+ access on index '(.{1,200}?)' due to type or collation conversion on field '(.{1,200}?)'$/;
const mariadbWarning =
  /^Cannot use key `(.{1,200}?)` part\[\d+\] for \w+: (?:`[^`]*`\.)*`([^`]*)` of type/;

/**
 * Adds to the steps what the server warned of: MySQL's 1739, MariaDB's 1105. All else a server warns of may hold
 * literals, and is not kept.
 */
export function addWarnings(
  root: PlanNode,
  warnings: readonly { code: number; message: string }[],
): void {
  for (const one of warnings.slice(0, 100)) {
    const found = unusableIn(one.message.slice(0, 2000));
    if (found) addTo(root, found);
  }
}

function unusableIn(message: string): Unusable | null {
  const [, index, column] = mysqlWarning.exec(message) ?? mariadbWarning.exec(message) ?? [];
  return index !== undefined && column !== undefined ? { index, column } : null;
}

function addTo(node: PlanNode, unusable: Unusable): void {
  for (const child of node.children) addTo(child, unusable);
  const names = node.details.find(({ name }) => name === 'Possible indexes')?.value.split(', ');
  const filter = node.details.find(({ name }) => name === 'Filter')?.value ?? '';
  const value = `${unusable.index} (${unusable.column})`;
  const concerned = names ? names.includes(unusable.index) : filter.includes(unusable.column);
  if (!concerned || node.relation === null || node.index === unusable.index) return;
  if (!node.details.some((one) => one.name === 'Index not usable' && one.value === value))
    node.details.push({ name: 'Index not usable', value });
}
