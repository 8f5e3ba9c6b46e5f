import { useFormatter, useTranslations } from 'next-intl';
import type { PlanNode } from '@/lib/contract';
import type { PlanMarks, PlanRow } from './prepare-plan-rows';

/** The marks of a step: where the cost is, where the time went, where the planner was wrong. */
export function PlanMarkBadges({ row, marks }: { row: PlanRow<PlanNode>; marks: PlanMarks }) {
  const t = useTranslations('plan.mark');
  const format = useFormatter();
  const count = (value: number | null) => (value === null ? '?' : format.number(value));
  return (
    <>
      {row.id === marks.slowest && (
        <Badge text={t('slowest')} hint={t('slowestHint')} shape="M6 1l5 10H1z" />
      )}
      {row.id === marks.costliest && (
        <Badge text={t('costliest')} hint={t('costliestHint')} shape="M6 1l5 10H1z" />
      )}
      {row.id === marks.worst && row.misestimate !== null && (
        <Badge
          text={t('misestimated', {
            factor: format.number(row.misestimate, { maximumSignificantDigits: 2 }),
          })}
          hint={t('misestimatedHint', {
            estimated: count(row.node.rows_estimated),
            actual: count(row.node.rows_actual),
          })}
          shape="M6 1l5 5-5 5-5-5z"
        />
      )}
    </>
  );
}

function Badge({ text, hint, shape }: { text: string; hint: string; shape: string }) {
  return (
    <span
      title={hint}
      className="inline-flex items-center gap-1 whitespace-nowrap rounded-sm border border-warning px-1.5 py-px text-[11px] text-warning"
    >
      <svg aria-hidden="true" viewBox="0 0 12 12" className="size-2 fill-current">
        <path d={shape} />
      </svg>
      {text}
    </span>
  );
}
