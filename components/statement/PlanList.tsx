'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Ago } from '@/components/screen/Ago';
import { Badge } from '@/components/ui/Badge';
import { buttonClass } from '@/components/ui/Button';
import type { StatementDetailBody } from '@/lib/contract';
import { comparison, groupPlans } from './group-plans';
import { useAmount } from './use-amount';

type PlanListProps = {
  plans: StatementDetailBody['plans'];
  instances: readonly { id: string; name: string }[];
};

/** The plans taken over time, newest first; a change of shape is said; two can be compared. */
export function PlanList({ plans, instances }: PlanListProps) {
  const t = useTranslations('statement.plans');
  const amount = useAmount();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  if (plans.length === 0) return <p className="text-muted">{t('none')}</p>;
  const groups = groupPlans(plans);
  // Older first, so that the comparison reads before → after.
  const pair = groups
    .map(({ plan }) => plan)
    .reverse()
    .filter(({ id }) => chosen.includes(id));
  return (
    <div className="flex flex-col gap-3">
      <ol className="flex flex-col">
        {groups.map((group) => {
          const { plan, times, since, changed } = group;
          return (
            <li key={plan.id} className="flex items-start gap-2 border-line border-b py-2">
              {groups.length > 1 && (
                <input
                  type="checkbox"
                  aria-label={t('choose', { when: new Date(plan.captured_at).toISOString() })}
                  checked={chosen.includes(plan.id)}
                  onChange={(event) =>
                    setChosen((old) =>
                      event.target.checked
                        ? [...old, plan.id].slice(-2)
                        : old.filter((id) => id !== plan.id),
                    )
                  }
                  className="mt-0.5 size-4 accent-accent"
                />
              )}
              <div className="min-w-0 flex-1">
                <Link href={`/plans/${plan.id}`} className="font-medium hover:underline">
                  {t('cost', { cost: amount.count(plan.total_cost) })}
                </Link>{' '}
                <span className="text-muted">
                  {t('on', {
                    instance:
                      instances.find(({ id }) => id === plan.instance)?.name ?? plan.instance,
                  })}
                </span>
                <div className="flex flex-wrap items-center gap-1.5 pt-0.5 text-[12px] text-muted">
                  <Ago at={plan.checked_at} clock />
                  {plan.duration_ms !== null && (
                    <Badge>{t('executed', { duration: amount.time(plan.duration_ms) })}</Badge>
                  )}
                  {plan.generic && <Badge>{t('generic')}</Badge>}
                  {times > 1 && (
                    <span>{t.rich('times', { times, since: () => <Ago at={since} /> })}</span>
                  )}
                  {changed && (
                    <>
                      <Badge tone="warning">{t('changed')}</Badge>
                      <Link href={comparison(group)} className="text-accent hover:underline">
                        {t('compareBefore')}
                      </Link>
                    </>
                  )}
                </div>
              </div>
            </li>
          );
        })}
      </ol>
      {groups.length > 1 && (
        <Link
          href={pair.length === 2 ? `/plans/compare?a=${pair[0]?.id}&b=${pair[1]?.id}` : '#compare'}
          aria-disabled={pair.length !== 2}
          onClick={(event) => pair.length !== 2 && event.preventDefault()}
          className={`${buttonClass('secondary', 'small')} self-start aria-disabled:opacity-50`}
        >
          {t('compare')}
        </Link>
      )}
    </div>
  );
}
