import type { PlanNode } from '@/lib/contract';
import type { Compared } from './conditions';
import { detail } from './finding';

const name = '(?:(?:`[^`]+`|[\\p{L}_$][\\w$]*)\\.)*(`[^`]+`|[\\p{L}_$][\\w$]*)';
const operator = '\\s*(=|<>|!=|<=>|<=|>=|<|>|like|regexp)\\s';
const plain = new RegExp(`(?:^|[(\\s])${name}${operator}`, 'gu');
const collated = new RegExp(`\\(?${name} collate (\\w+)\\)?${operator}`, 'gu');
const converted = new RegExp(
  `(?:convert|cast)\\(${name} (?:using |as )([\\w ]+?)(?:\\(\\d+\\))?\\)${operator}`,
  'gu',
);
const inFunction = new RegExp(
  `\\b([a-z_]\\w*)\\((?:[^(),]*,\\s*)?${name}(?:,[^()]*)?\\)${operator}`,
  'gu',
);
/** What the optimizer writes into conditions of its own. */
const notFunctions = /^(cast|convert|trigcond|in|and|or|not|if|isnull|count|sum|min|max|avg)$/;

/** The columns that a step's conditions compare with something, as MySQL and MariaDB print conditions. */
export function mysqlComparedColumns(node: PlanNode): Compared[] {
  const found: Compared[] = [];
  for (const where of ['Filter', 'Index condition pushed down']) {
    const text = detail(node, where) ?? '';
    if (text.length > 5000) continue;
    const add = (column = '', op = '', more: Partial<Compared> = {}) =>
      found.push({
        ...{
          column: column.replaceAll('`', ''),
          operator: op,
          wrapped: null,
          call: null,
          cast: null,
        },
        ...more,
      });
    for (const [, column, op] of text.matchAll(plain)) add(column, op);
    for (const [, column, to, op] of text.matchAll(collated))
      add(column, op, { cast: `collation ${to}` });
    for (const [, column, to, op] of text.matchAll(converted))
      add(column, op, { cast: to ?? null });
    for (const [whole, wrapped = '', column, op = ''] of text.matchAll(inFunction))
      if (!notFunctions.test(wrapped))
        add(column, op, { wrapped, call: whole.slice(0, whole.lastIndexOf(')') + 1).trim() });
  }
  return found;
}

/** Columns compared with a bare number, which keeps an index on a column of text from being used. */
export const columnsComparedWithNumbers = (node: PlanNode): string[] =>
  node.details
    .filter((one) => one.name === 'Compared with a number')
    .flatMap(({ value }) => value.split(', '));
