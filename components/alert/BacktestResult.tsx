'use client';

import { useLocale, useTranslations } from 'next-intl';
import { Moment } from '@/components/screen/Ago';
import { StatusMark } from '@/components/ui/StatusMark';
import type { BacktestBody } from '@/lib/contract';
import { formatMs } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

const listed = 8;

/** What the rule would have done: how often, for how long, and when last. */
export function BacktestResult({ result }: { result: BacktestBody }) {
  const t = useTranslations('alerts.backtest');
  const locale = useLocale() as Locale;
  const days = Math.round((result.to - result.from) / 86_400_000);
  return (
    <section
      aria-label={t('run')}
      className="flex flex-col gap-1 rounded-md border border-line p-3"
    >
      <p role="status" className="font-medium">
        {t('fired', { count: result.fired, days, instances: result.instances })}{' '}
        {result.fired > 0 && t('total', { duration: formatMs(result.firing_ms, locale) })}
      </p>
      <ul className="flex flex-col gap-0.5 text-[12px] text-muted">
        {result.episodes.slice(0, listed).map((one) => (
          <li key={`${one.instance} ${one.from} ${JSON.stringify(one.labels)}`}>
            <StatusMark status={one.level} size={10} /> <Moment at={one.from} /> · {one.name} ·{' '}
            {one.to === null ? t('still') : formatMs(one.to - one.from, locale)}
          </li>
        ))}
      </ul>
      <p className="text-[12px] text-muted">
        {t('step', { step: formatMs(result.step_ms, locale) })}
      </p>
    </section>
  );
}
