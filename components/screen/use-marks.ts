'use client';

import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { useMemo } from 'react';
import type { EventBody } from '@/lib/contract';
import { formatMs } from '@/lib/format/quantity';
import { formatClock } from '@/lib/format/time';
import type { Locale } from '@/lib/i18n/locale';

const KINDS = [
  ...(['restart', 'promotion', 'demotion', 'replaced', 'timeline'] as const),
  ...(['statements_reset', 'upgrade', 'down', 'up'] as const),
  ...(['setting_changed', 'extension_changed'] as const),
  ...(['replication_stopped', 'replication_resumed', 'split_brain', 'split_brain_over'] as const),
  ...(['failover', 'switchover', 'diverged'] as const),
  ...(['index_created', 'index_dropped', 'deadlock'] as const),
];

/**
 * Events as marks on a chart, each with its time and in the reader's words; one of an unknown kind in its own.
 * @param hrefOf where a mark leads: the time before and after it
 */
export function useMarks(
  events: readonly EventBody[] | undefined,
  instances: readonly { id: string; name: string }[],
  hrefOf?: (event: string) => string,
) {
  const t = useTranslations('shell.event');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  return useMemo(
    () =>
      (events ?? []).map((event) => {
        const kind = KINDS.find((one) => one === event.kind);
        const name = instances.find((one) => one.id === event.instance)?.name;
        const words = kind ? t(kind, detailsOf(event, locale)) : event.text;
        return {
          at: event.at,
          ...(hrefOf && { href: hrefOf(event.id) }),
          text: [formatClock(event.at, locale, zone, true), name, words].filter(Boolean).join(' '),
        };
      }),
    [events, instances, t, locale, zone, hrefOf],
  );
}

const detailsOf = ({ details }: EventBody, locale: Locale) => ({
  from: String(details.from ?? '–'),
  to: String(details.to ?? '–'),
  timeline: String(details.timeline ?? '?'),
  name: String(details.name ?? '?'),
  table: String(details.table ?? '?'),
  index: String(details.index ?? '?'),
  instances: String(details.instances ?? '?'),
  detail: String(details.detail ?? '?'),
  gap: formatMs(typeof details.gap_ms === 'number' ? details.gap_ms : null, locale),
  after: formatMs(typeof details.after_ms === 'number' ? details.after_ms : null, locale),
});
