'use client';

import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { ageOf, formatClock, formatMoment, formatOffset } from '@/lib/format/time';
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
      {clock ? `${formatClock(at, locale, zone)} ${formatOffset(at, zone)} (${ago})` : ago}
    </time>
  );
}

/** A moment as date, time and the reader's offset; for what lies ahead, where an age says nothing. */
export function Moment({ at }: { at: number }) {
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  return <time dateTime={new Date(at).toISOString()}>{formatMoment(at, locale, zone)}</time>;
}
