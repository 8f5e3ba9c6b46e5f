'use client';

import { useTranslations } from 'next-intl';
import { historySpans } from '@/lib/alert/history-spans';
import type { AlertBody } from '@/lib/contract';

const shownMs = 7 * 24 * 3_600_000;
const fill = { warning: 'fill-warning', critical: 'fill-critical', pending: 'fill-unknown' };

/** When it fired in the last 7 days. */
export function HistoryStrip({ alert }: { alert: AlertBody }) {
  const t = useTranslations('alerts');
  const to = Date.now();
  const window = { from: to - shownMs, to };
  const spans = historySpans(alert.history, window);
  const fired = spans.filter((span) => span.kind !== 'pending').length;
  return (
    <svg
      viewBox="0 0 1000 10"
      preserveAspectRatio="none"
      role="img"
      aria-label={t('history', { count: fired })}
      className="h-2.5 w-full rounded-sm bg-hover"
      suppressHydrationWarning
    >
      {spans.map((span) => {
        const x = ((span.from - window.from) / shownMs) * 1000;
        const width = Math.max(4, ((span.to - span.from) / shownMs) * 1000);
        return (
          <rect key={span.from} x={x} y={0} width={width} height={10} className={fill[span.kind]} />
        );
      })}
    </svg>
  );
}
