'use client';

/** One stream, between the one that is followed and the one that follows: its state, its lag, its cause. */
import { useLocale, useTranslations } from 'next-intl';
import { Badge } from '@/components/ui/Badge';
import { type Status, StatusMark } from '@/components/ui/StatusMark';
import type { ReplicaBody } from '@/lib/contract';
import { formatBytes, formatMs } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

const marks: Record<ReplicaBody['state'], Status> = {
  streaming: 'ok',
  idle: 'ok',
  delayed: 'ok',
  catching_up: 'warning',
  stopped: 'critical',
  disconnected: 'critical',
  unknown: 'unknown',
};
/** Below this nobody asks where it comes from. */
const stagesFromMs = 1000;

export function LagEdge({ stream }: { stream: ReplicaBody }) {
  const t = useTranslations('cluster');
  const locale = useLocale() as Locale;
  const { state, cause, error, channel } = stream;
  const lag = formatMs(stream.lag_ms, locale);
  const stages =
    stream.shipping_ms !== null &&
    stream.applying_ms !== null &&
    (stream.lag_ms ?? 0) >= stagesFromMs;
  // The state says so already.
  const why = cause === 'delayed_on_purpose' && state === 'delayed' ? null : cause;
  return (
    <div className="flex w-full flex-col items-center text-center text-[12px]">
      <span className="flex flex-wrap items-center justify-center gap-1.5">
        <StatusMark status={marks[state]} silent />
        {t(`replica.${state}`)}
        <span className="text-muted">
          {stream.lag_source === 'seconds' && stream.lag_ms !== null
            ? t('wholeSeconds', { lag })
            : lag}
        </span>
        {channel !== '' && <bdi className="font-mono text-muted">{channel}</bdi>}
      </span>
      <span aria-hidden="true" className="my-1 flex w-full items-center text-line-strong">
        <span className="h-px flex-1 bg-current" />
        <svg width="6" height="8" viewBox="0 0 6 8" className="shrink-0">
          <title>{t('follows')}</title>
          <path d="M0 0l6 4-6 4z" fill="currentColor" />
        </svg>
      </span>
      {stream.sync_state && stream.sync_state !== 'async' && (
        <Badge>{t(`sync.${stream.sync_state}`)}</Badge>
      )}
      {(stream.lag_bytes ?? 0) > 0 && state !== 'streaming' && (
        <span className="text-muted">{formatBytes(stream.lag_bytes, locale)}</span>
      )}
      {stages && (
        <span className="text-muted">
          {t('stages', {
            shipping: formatMs(stream.shipping_ms, locale),
            applying: formatMs(stream.applying_ms, locale),
          })}
        </span>
      )}
      {state === 'delayed' && (
        <span className="text-muted">
          {t('delayWanted', { delay: formatMs(stream.configured_delay_ms, locale) })}
        </span>
      )}
      {why && <span className="text-muted">{t(`cause.${why}`)}</span>}
      {error && (
        <span className="max-w-72 break-words text-muted">
          <bdi>{`${error.code}${error.text ? `: ${error.text}` : ''}`}</bdi>
        </span>
      )}
    </div>
  );
}
