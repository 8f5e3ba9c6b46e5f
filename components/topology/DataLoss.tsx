'use client';

/** What would be lost if the primary died now: the headline of a cluster's replication. */
import { useLocale, useTranslations } from 'next-intl';
import { type Status, StatusMark, statusText } from '@/components/ui/StatusMark';
import type { ClusterDetailBody } from '@/lib/contract';
import { formatBytes, formatMs } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

/** As for lag: the defaults of the alerts. */
const lateMs = { warning: 30_000, critical: 300_000 };

export function DataLoss({ cluster }: { cluster: ClusterDetailBody }) {
  const t = useTranslations('cluster.loss');
  const locale = useLocale() as Locale;
  const { data_loss: loss, primary } = cluster.replication;
  const nameOf = (id: string | null) => cluster.instances.find((one) => one.id === id)?.name ?? '?';
  if (primary === null) return null;
  const status: Status =
    loss.ms === null
      ? loss.reason === 'no_copy'
        ? 'warning'
        : 'unknown'
      : loss.ms >= lateMs.critical
        ? 'critical'
        : loss.ms >= lateMs.warning
          ? 'warning'
          : 'ok';
  return (
    <div className="flex flex-col gap-0.5">
      <h2 className="text-[12px] text-muted">{t('title', { primary: nameOf(primary) })}</h2>
      <p className={`flex items-baseline gap-2 text-[22px] leading-7 ${statusText(status)}`}>
        <StatusMark status={status} size={14} />
        <span className="text-text">
          {loss.ms === null
            ? t(`short.${loss.reason ?? 'not_known'}`)
            : [
                formatMs(loss.ms, locale),
                ...(loss.bytes === null ? [] : [formatBytes(loss.bytes, locale)]),
              ].join(' · ')}
        </span>
      </p>
      <p className="text-[12px] text-muted">
        {loss.reason
          ? t(`reason.${loss.reason}`)
          : loss.synchronous
            ? t('synchronous', { instance: nameOf(loss.instance) })
            : loss.instance
              ? t('onReplica', { instance: nameOf(loss.instance) })
              : t('onArchive')}
        {loss.archive && ' '}
        {loss.archive &&
          (loss.archive.failing
            ? t('archiveFails')
            : t('archive', { gap: formatMs(loss.archive.ms, locale) }))}
      </p>
    </div>
  );
}
