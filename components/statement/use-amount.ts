'use client';

import { useFormatter, useLocale } from 'next-intl';
import { formatBytes, formatCount, formatMs } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

/** Amounts in the reader's language, short enough for a table. Unknown is a dash, never 0. */
export function useAmount() {
  const format = useFormatter();
  const locale = useLocale() as Locale;
  return {
    count: (value: number | null) => formatCount(value, locale),
    /** From milliseconds. */
    time: (ms: number | null) => formatMs(ms, locale),
    bytes: (value: number | null) => formatBytes(value, locale),
    /** From 0..1. A little is not nothing: what would round to zero says so. */
    share(value: number | null): string {
      if (value === null) return '—';
      const little = value > 0 && value < 0.001;
      // Nearly all is not all.
      const known = value > 0.995 && value < 1 ? Math.min(value, 0.999) : value;
      const text = format.number(little ? 0.001 : known, {
        style: 'percent',
        maximumFractionDigits: value < 0.0995 || (value > 0.995 && value < 1) ? 1 : 0,
      });
      return little ? `< ${text}` : text;
    },
  };
}
