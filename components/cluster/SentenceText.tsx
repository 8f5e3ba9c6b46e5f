'use client';

/** The answer on top of a screen, in words, with its status as colour and shape. */
import { useLocale, useTranslations } from 'next-intl';
import { StatusMark, statusText } from '@/components/ui/StatusMark';
import type { SentenceBody } from '@/lib/contract';
import { formatMs, formatRatio } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

export function SentenceText({ sentence, name }: { sentence: SentenceBody; name?: string }) {
  const t = useTranslations('cluster');
  const locale = useLocale() as Locale;
  const { values, state } = sentence;
  const number = (key: string) => (typeof values[key] === 'number' ? values[key] : null);
  const text = t(`sentence.${sentence.code}`, {
    instance: String(values.instance ?? ''),
    count: number('count') ?? number('instances') ?? number('clusters') ?? 0,
    used: formatRatio(number('used'), locale),
    idle: formatMs(number('idle_ms'), locale),
    application: values.application === 'ok' ? 'ok' : 'unknown',
    infrastructure: values.infrastructure === 'ok' ? 'ok' : 'unknown',
    what: String(values.what ?? 'other'),
    lag: formatMs(number('lag_ms'), locale),
    cause: values.cause ? t(`cause.${String(values.cause)}`) : t('cause.unknown'),
  });
  const where = name ?? (values.cluster ? String(values.cluster) : null);
  return (
    <span className={`flex items-baseline gap-2 ${state === 'ok' ? '' : statusText(state)}`}>
      <StatusMark status={state} size={13} />
      <span>
        {where && (
          <>
            <bdi>{where}</bdi>
            {': '}
          </>
        )}
        {text}
      </span>
    </span>
  );
}
