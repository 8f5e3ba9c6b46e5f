'use client';

import { useFormatter, useTranslations } from 'next-intl';
import { SqlText } from '@/components/statement/SqlText';
import { visibleText } from '@/components/statement/sql-tokens';
import { useAmount } from '@/components/statement/use-amount';
import type { PlanNode } from '@/lib/contract';
import { PlanNodeName } from './PlanNodeName';
import type { PlanRow } from './prepare-plan-rows';

/** Everything known about one step. */
export function PlanNodeDetail({ row }: { row: PlanRow<PlanNode> | null }) {
  const t = useTranslations('plan.node');
  const format = useFormatter();
  const amount = useAmount();
  if (!row) return <p className="text-muted">{t('choose')}</p>;
  const { node } = row;
  const number = (value: number | null) =>
    value === null ? t('unknown') : format.number(value, { maximumFractionDigits: 2 });
  const facts: [string, string][] = [
    [t('ownCost'), withShare(number(row.ownCost), row.costShare)],
    [t('totalCost'), number(node.cost)],
    [t('startupCost'), number(node.startup_cost)],
    [t('rowsEstimated'), number(node.rows_estimated)],
  ];
  if (node.rows_actual !== null) facts.push([t('rowsActual'), number(node.rows_actual)]);
  if (row.ownTimeMs !== null)
    facts.push([t('ownTime'), withShare(amount.time(row.ownTimeMs), row.timeShare)]);
  if (node.width !== null) facts.push([t('width'), amount.bytes(node.width)]);

  function withShare(text: string, share: number | null): string {
    return share === null ? text : `${text} (${t('share', { percent: amount.share(share) })})`;
  }

  return (
    <div className="flex flex-col gap-4">
      <h3 className="text-[14px]">
        <PlanNodeName node={node} />
      </h3>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="text-right tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      {node.details.length > 0 && (
        <dl className="flex flex-col gap-2 border-line border-t pt-3">
          {node.details.map(({ name, value }) => (
            <div key={name} className="min-w-0">
              <dt className="text-[12px] text-muted">{visibleText(name)}</dt>
              <dd className="mt-0.5 [overflow-wrap:anywhere] rounded-sm bg-sunken px-2 py-1 text-[12px]">
                <SqlText sql={value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
