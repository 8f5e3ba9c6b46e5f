'use client';

import { useTranslations } from 'next-intl';
import { useNumbers } from './use-numbers';

/** A percentile with the bucket it lies in on hover; one in a bucket without an end says from where it begins. */
export function Percentile(props: {
  value: number | null;
  bounds: [number, number | null] | null;
}) {
  const t = useTranslations('service');
  const { ms } = useNumbers();
  const { value, bounds } = props;
  if (bounds === null) return <span>—</span>;
  const [low, high] = bounds;
  if (value === null) return <span title={t('boundsOpen', { low: ms(low) })}>&gt; {ms(low)}</span>;
  return <span title={t('bounds', { low: ms(low), high: ms(high) })}>{ms(value)}</span>;
}
