import type { AdviceItem } from '@/lib/contract';

export type AdviceGroup = { kind: AdviceItem['kind']; items: AdviceItem[] };

/** By kind, in the order of each kind's most valuable item; items keep the order they came in. */
export function groupAdvice(advice: readonly AdviceItem[]): AdviceGroup[] {
  const groups = new Map<AdviceItem['kind'], AdviceItem[]>();
  for (const item of advice) groups.set(item.kind, [...(groups.get(item.kind) ?? []), item]);
  return [...groups].map(([kind, items]) => ({ kind, items }));
}

/** Address of a table's page, `schema.name` as one part of it. */
export const tableHref = (base: string, table: string): string =>
  `${base}/tables/${encodeURIComponent(table)}`;
