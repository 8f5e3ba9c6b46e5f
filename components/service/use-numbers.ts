'use client';

import { useLocale } from 'next-intl';
import { useMemo } from 'react';
import { formatMs, formatQuantity, formatRatio } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

/** Figures of services in the reader's language. */
export function useNumbers() {
  const locale = useLocale() as Locale;
  return useMemo(
    () => ({
      ms: (value: number | null) => formatMs(value, locale),
      ratio: (value: number | null) => formatRatio(value, locale),
      count: (value: number | null) =>
        value === null
          ? '—'
          : new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(value),
      decimal: (value: number | null) =>
        value === null
          ? '—'
          : new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }).format(value),
      perSecond: (value: number | null) =>
        formatQuantity(value, { unit: 'count', perSecond: true }, locale),
      /** 99.95 %, never rounded up to more than it is. */
      target: (value: number) =>
        new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 3 }).format(value),
    }),
    [locale],
  );
}
