'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect, useRef } from 'react';
import { Ago, Moment } from '@/components/screen/Ago';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { StatusMark } from '@/components/ui/StatusMark';
import { acknowledge } from '@/lib/client/alerts';
import { openIncident } from '@/lib/client/incidents';
import type { AlertBody } from '@/lib/contract';
import { formatQuantity, type Quantity } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';
import { HistoryStrip } from './HistoryStrip';

const ackHours = 4;

/** One alert: what, where, since when, how much; what to do; its last week as a strip. */
export function AlertCard({ alert, onSilence }: { alert: AlertBody; onSilence: () => void }) {
  const t = useTranslations('alerts');
  const incident = useTranslations('incident');
  const router = useRouter();
  const locale = useLocale() as Locale;
  const queries = useQueryClient();
  const card = useRef<HTMLLIElement>(null);
  // A message's link names its alert, which is there only after it was read.
  useEffect(() => {
    if (window.location.hash === `#alert-${alert.id}`) card.current?.scrollIntoView();
  }, [alert.id]);
  const acking = useMutation({
    mutationFn: () => acknowledge(alert.id, ackHours),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['alerts'] }),
  });
  const opening = useMutation({
    mutationFn: () => openIncident({ alert: alert.id }),
    onSuccess: (made) => router.push(`/incidents/${made.id}`),
  });
  const quantity = { unit: alert.unit as Quantity['unit'], perSecond: alert.per_second };
  const amount = (value: number | null) => formatQuantity(value, quantity, locale);
  const fires = alert.phase === 'firing' || alert.phase === 'recovering';
  const status = fires ? (alert.level ?? 'warning') : alert.phase === 'pending' ? 'unknown' : 'ok';
  const labels = Object.entries(alert.labels).map(([name, value]) => `${name}=${value}`);
  const from = (alert.fired_at ?? alert.since) - 30 * 60_000;
  const to = (alert.resolved_at ?? Date.now()) + 60_000;
  const acked = alert.acked_until !== null && alert.acked_until > Date.now();
  return (
    <li
      ref={card}
      id={`alert-${alert.id}`}
      className="flex scroll-mt-24 flex-col gap-2 rounded-md border border-line bg-raised p-3 target:border-accent"
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StatusMark status={status} />
        <strong className="font-medium">{alert.says[locale]}</strong>
        <Badge tone={status}>{t(`phase.${alert.phase}`)}</Badge>
        {alert.health !== 'fresh' && <Badge tone="unknown">{t(`health.${alert.health}`)}</Badge>}
        {alert.suppressed && <Badge>{t(`suppressed.${alert.suppressed}`)}</Badge>}
        {acked && <Badge>{t('acked', { name: alert.acked_by ?? '' })}</Badge>}
        <span className="ml-auto text-[12px] text-muted">
          <Ago at={fires ? (alert.fired_at ?? alert.since) : alert.since} clock />
        </span>
      </div>
      <p className="break-words text-[13px]">
        <Link
          href={`/clusters/${alert.cluster.id}?from=${Math.round(from)}&to=${Math.round(to)}`}
          className="text-accent underline underline-offset-2"
        >
          {alert.cluster.name} / {alert.instance.name}
        </Link>
        {labels.length > 0 && <span className="text-muted"> · {labels.join(', ')}</span>}
        {' · '}
        {t('value', {
          value: amount(alert.value),
          sign: alert.direction === 'above' ? '>' : '<',
          threshold: amount(alert.threshold),
        })}
        {alert.health !== 'fresh' && alert.data_at !== null && (
          <span className="text-muted">
            {' '}
            ({t('lastValueAt')} <Moment at={alert.data_at} />)
          </span>
        )}
      </p>
      {fires && <p className="max-w-prose text-[13px] text-muted">{alert.fix[locale]}</p>}
      <HistoryStrip alert={alert} />
      <div className="flex flex-wrap gap-2">
        {fires && !acked && (
          <Button size="small" disabled={acking.isPending} onClick={() => acking.mutate()}>
            {t('acknowledge', { hours: ackHours })}
          </Button>
        )}
        {fires && (
          <Button size="small" onClick={onSilence}>
            {t('silence.new')}
          </Button>
        )}
        {fires && (
          <Button size="small" disabled={opening.isPending} onClick={() => opening.mutate()}>
            {incident('openFromAlert')}
          </Button>
        )}
        {alert.runbook && (
          <a href={alert.runbook} rel="noreferrer" className="text-[13px] text-accent underline">
            {t('runbook')}
          </a>
        )}
        {(acking.error ?? opening.error) && (
          <span role="alert" className="text-[12px] text-critical">
            {(acking.error ?? opening.error)?.message}
          </span>
        )}
      </div>
    </li>
  );
}
