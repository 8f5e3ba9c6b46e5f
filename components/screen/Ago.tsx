'use client';

import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { ageOf, formatClock, formatMoment } from '@/lib/format/time';
import type { Locale } from '@/lib/i18n/locale';

/** A moment as its age, with the whole date on hover; counts on by itself. */
export function Ago({ at, clock }: { at: number; clock?: boolean }) {
  const t = useTranslations('shell.time');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5000);
    return () => clearInterval(timer);
  }, []);
  const { unit, n } = ageOf(Math.max(0, now - at));
  const ago = t('ago', { age: t(unit, { n }) });
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={formatMoment(at, locale, zone)}
      className="whitespace-nowrap"
      suppressHydrationWarning
    >
      {clock ? `${formatClock(at, locale, zone)} (${ago})` : ago}
    </time>
  );
}
