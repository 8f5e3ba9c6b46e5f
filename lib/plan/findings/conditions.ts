import type { PlanNode } from '@/lib/contract';
import { detail } from './finding';

export type Compared = {
  column: string;
  operator: string;
  /** `lower`, when the column is inside a function. */
  wrapped: string | null;
  /** The function with its arguments, as printed. */
  call: string | null;
  /** The type it is cast to. */
  cast: string | null;
};

const name = String.raw`(?:(?:"[^"]+"|[a-z_]\w*)\.)?("[^"]+"|[a-z_]\w*)`;
const operator = String.raw` (=|<>|<=|>=|<|>|~~\*?|~\*?) `;
const typeName = '([a-z][a-z ]*[a-z])';
const plain = new RegExp(String.raw`\(${name}${operator}`, 'g');
const cast = new RegExp(String.raw`\(\(${name}\)::${typeName}(?:\(\d+\))?${operator}`, 'g');
const inFunction = new RegExp(
  String.raw`\(([a-z_]\w*)\((?:[^(),]*, )?\(?${name}\)?(?:::[a-z ]+)?(?:, [^()]*)?\)${operator}`,
  'g',
);

/** The columns that a step's conditions compare with something, as PostgreSQL prints conditions. */
export function comparedColumns(node: PlanNode): Compared[] {
  const found: Compared[] = [];
  for (const where of ['Filter', 'Index Cond', 'Recheck Cond']) {
    const text = detail(node, where) ?? '';
    if (text.length > 5000) continue;
    const add = (column = '', op = '', more: Partial<Compared> = {}) =>
      found.push({
        ...{
          column: column.replaceAll('"', ''),
          operator: op,
          wrapped: null,
          call: null,
          cast: null,
        },
        ...more,
      });
    for (const [, column, op] of text.matchAll(plain)) add(column, op);
    for (const [, column, to, op] of text.matchAll(cast)) add(column, op, { cast: to ?? null });
    for (const [whole, wrapped = '', column, op = ''] of text.matchAll(inFunction))
      add(column, op, { wrapped, call: whole.slice(1, -(op.length + 2)) });
  }
  return found;
}
