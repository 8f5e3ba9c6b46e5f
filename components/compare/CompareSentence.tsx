'use client';

import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { useAmount } from '@/components/statement/use-amount';
import { StatusMark } from '@/components/ui/StatusMark';
import type { StatementsCompareBody } from '@/lib/contract';
import { formatMoment } from '@/lib/format/time';
import type { Locale } from '@/lib/i18n/locale';

/** A window that was watched less than this may have missed what it does not show. */
const enough = 0.9;

/** What changed, in one sentence; and what cannot be told. */
export function CompareSentence({ data }: { data: StatementsCompareBody }) {
  const t = useTranslations('compare');
  const amount = useAmount();
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  const { counts, totals, before, after } = data;
  const unwatched = [before, after].some(({ watched }) => (watched ?? 0) < enough);
  const told = counts.slower + counts.faster + counts.new + counts.gone + counts.same > 0;
  const span = ({ from, to }: { from: number; to: number }) =>
    `${formatMoment(from, locale, zone)} – ${formatMoment(to, locale, zone)}`;
  return (
    <span className="flex flex-col gap-0.5">
      <span className="flex items-baseline gap-2">
        <StatusMark status={unwatched ? 'unknown' : counts.slower > 0 ? 'warning' : 'ok'} />
        <span>
          {t(told ? 'sentence' : 'notKnown', {
            slower: counts.slower,
            faster: counts.faster,
            fresh: counts.new,
            gone: counts.gone,
            before: amount.time(totals.before_ms_per_s),
            after: amount.time(totals.after_ms_per_s),
          })}
          {unwatched &&
            ` ${t('unwatched', { before: amount.share(before.watched), after: amount.share(after.watched) })}`}
        </span>
      </span>
      <span className="text-[12px] text-muted tabular-nums">
        {t('windows', { before: span(before), after: span(after) })}
      </span>
    </span>
  );
}
