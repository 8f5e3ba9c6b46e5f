'use client';

import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import type { SentenceBody } from '@/lib/contract';
import { formatMs, formatQuantity, formatRatio, type Quantity } from '@/lib/format/quantity';
import { ageOf, formatClock } from '@/lib/format/time';
import type { Locale } from '@/lib/i18n/locale';
import { nameOfEngine } from '@/lib/metric/engine-source';

/** Words that several parts of a wall share. */
export function useWallWords() {
  const t = useTranslations('wall');
  const shell = useTranslations('shell.time');
  const cause = useTranslations('cluster.cause');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  const age = (ms: number) => {
    const { unit, n } = ageOf(ms);
    return shell(unit, { n });
  };
  return {
    t,
    locale,
    age,
    ago: (ms: number) => shell('ago', { age: age(ms) }),
    clock: (at: number, seconds = false) => formatClock(at, locale, zone, seconds),
    date: (at: number) =>
      new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'ja-JP', {
        ...{ weekday: 'short', day: 'numeric', month: 'short', timeZone: zone },
      }).format(at),
    /** Number and unit apart, so that the unit may be smaller; null is not known. */
    amount: (value: number | null, unit: string, perSecond = false): [string, string] | null => {
      if (value === null) return null;
      const text = formatQuantity(value, { unit: unit as Quantity['unit'], perSecond }, locale);
      const [, number = text, rest = ''] = /^([−-]?[\d.,]+)\s*(.*)$/.exec(text) ?? [];
      return [number, rest];
    },
    clusterName: (one: { number: number; cluster: string | null }) =>
      one.cluster ?? t('clusterNumber', { number: one.number }),
    engines: (engines: readonly string[]) => engines.map(nameOfEngine).join(', '),
    sentence: ({ code, values }: SentenceBody) => {
      const number = (key: string) => (typeof values[key] === 'number' ? values[key] : null);
      return t(`sentence.${code}`, {
        named: values.instance ? 'yes' : 'no',
        instance: String(values.instance ?? ''),
        count: number('count') ?? number('instances') ?? number('clusters') ?? 0,
        used: formatRatio(number('used'), locale),
        idle: formatMs(number('idle_ms'), locale),
        lag: formatMs(number('lag_ms'), locale),
        what: String(values.what ?? 'other'),
        cause: cause(String(values.cause ?? 'unknown')),
      });
    },
  };
}
