'use client';

/** Logical replication: each subscription with its state and its lag. */
import { useLocale, useTranslations } from 'next-intl';
import { StatusMark } from '@/components/ui/StatusMark';
import type { ClusterDetailBody } from '@/lib/contract';
import { formatBytes, formatMs } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

export function SubscriptionList({ cluster }: { cluster: ClusterDetailBody }) {
  const t = useTranslations('cluster');
  const locale = useLocale() as Locale;
  const { subscriptions } = cluster.replication;
  if (subscriptions.length === 0) return null;
  const nameOf = (id: string | null) =>
    cluster.instances.find((one) => one.id === id)?.name ?? t('notWatched');
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <h2 className="text-[12px] text-muted">{t('subscriptions')}</h2>
      <ul className="flex flex-col gap-1 text-[13px]">
        {subscriptions.map((one) => (
          <li
            key={`${one.instance} ${one.name}`}
            className="flex flex-wrap items-center gap-x-2 gap-y-0.5"
          >
            <StatusMark status={one.state === 'streaming' ? 'ok' : 'critical'} silent />
            <bdi className="font-mono">{one.name}</bdi>
            <span className="text-muted">
              <bdi>{nameOf(one.publisher)}</bdi> → <bdi>{nameOf(one.instance)}</bdi> ·{' '}
              {t(`replica.${one.state}`)} · {formatMs(one.lag_ms, locale)} ·{' '}
              {formatBytes(one.lag_bytes, locale)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
