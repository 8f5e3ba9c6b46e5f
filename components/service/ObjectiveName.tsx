'use client';

import { useTranslations } from 'next-intl';
import type { ObjectiveBody } from '@/lib/contract';
import { useNumbers } from './use-numbers';

/** What an objective promises, in words. */
export function ObjectiveName({ objective }: { objective: ObjectiveBody }) {
  const t = useTranslations('service.promise');
  const { target, ms } = useNumbers();
  return objective.kind === 'availability'
    ? t('availability', { target: target(objective.target) })
    : t('latency', { target: target(objective.target), threshold: ms(objective.threshold_ms) });
}
