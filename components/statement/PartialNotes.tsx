'use client';

import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { StatusMark } from '@/components/ui/StatusMark';
import type { StatementsBody } from '@/lib/contract';
import { formatClock } from '@/lib/format/time';
import type { Locale } from '@/lib/i18n/locale';

const REASONS = [
  'first',
  'reset',
  'restart',
  'failover',
  'eviction',
  'gap',
  'crash',
  'lost',
] as const;
const SHOWN = 3;

/** Where the window is not whole and why; nothing when it is. */
export function PartialNotes(props: {
  partial: StatementsBody['partial'];
  instances: readonly { id: string; name: string }[];
}) {
  const t = useTranslations('statements.partial');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  if (props.partial.length === 0) return null;
  const latest = [...props.partial].sort((a, b) => b.to - a.to);
  const spans = latest.slice(0, SHOWN).map((one) => {
    const reason = REASONS.find((each) => each === one.reason) ?? 'unknown';
    const name = props.instances.find(({ id }) => id === one.instance)?.name;
    const text = t('span', {
      reason: t(reason),
      from: formatClock(one.from, locale, zone, true),
      to: formatClock(one.to, locale, zone, true),
    });
    return name && props.instances.length > 1 ? `${name}: ${text}` : text;
  });
  const more = latest.length - SHOWN;
  return (
    <div className="flex items-start gap-2 rounded-md border border-line-strong border-dashed px-3 py-2 text-[12px] leading-relaxed">
      <span className="pt-0.5">
        <StatusMark status="unknown" silent />
      </span>
      <p className="min-w-0">
        <span className="font-medium">{t('title')}.</span> {spans.join(' · ')}
        {more > 0 && ` · ${t('more', { count: more })}`}{' '}
        <span className="text-muted">{t('meaning')}</span>
      </p>
    </div>
  );
}
