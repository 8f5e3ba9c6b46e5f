import { useTranslations } from 'next-intl';
import { visibleText } from '@/components/statement/sql-tokens';
import type { PlanNode } from '@/lib/contract';

/** A step as a person reads it: what it does, on which table, with which index. */
export function PlanNodeName({ node }: { node: PlanNode }) {
  const t = useTranslations('plan');
  return (
    <span className="min-w-0 break-words">
      <span className="font-medium">{visibleText(node.type)}</span>
      {node.relation && (
        <span className="text-muted">
          {' '}
          {t.rich('node.on', {
            relation: visibleText(node.relation),
            name: (chunks) => <bdi className="font-mono text-text">{chunks}</bdi>,
          })}
        </span>
      )}
      {node.index && (
        <span className="text-muted">
          {' '}
          {t.rich('node.using', {
            index: visibleText(node.index),
            name: (chunks) => <bdi className="font-mono text-text">{chunks}</bdi>,
          })}
        </span>
      )}
    </span>
  );
}

/** The same as plain text, for sentences and labels. */
export function nodeTitle(node: Pick<PlanNode, 'type' | 'relation' | 'index'>): string {
  const on = node.relation ?? node.index;
  return visibleText(on ? `${node.type} (${on})` : node.type);
}
