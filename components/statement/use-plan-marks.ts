import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { useMemo } from 'react';
import type { ChartMark } from '@/lib/chart/prepare-marks';
import type { StatementDetailBody } from '@/lib/contract';
import { formatClock } from '@/lib/format/time';
import type { Locale } from '@/lib/i18n/locale';
import { comparison, groupPlans } from './group-plans';

/** A mark where a plan's shape was first seen; a change leads to the comparison with the plan before. */
export function usePlanMarks(
  plans: StatementDetailBody['plans'] | undefined,
  instances: readonly { id: string; name: string }[] | undefined,
): ChartMark[] {
  const t = useTranslations('statement.chart');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  return useMemo(
    () =>
      groupPlans(plans ?? []).map((group) => {
        const instance = group.plan.instance;
        const values = {
          when: formatClock(group.since, locale, zone),
          instance: instances?.find(({ id }) => id === instance)?.name ?? instance,
        };
        return {
          at: group.since,
          text: group.changed ? t('planChanged', values) : t('planFirst', values),
          href: comparison(group),
        };
      }),
    [plans, instances, locale, zone, t],
  );
}
