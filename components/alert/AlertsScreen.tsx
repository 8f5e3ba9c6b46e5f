/** What fires now, and what fired of late. */
'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Ago } from '@/components/screen/Ago';
import { Failure, LoadingRows } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { EmptyState } from '@/components/ui/EmptyState';
import { StatusMark } from '@/components/ui/StatusMark';
import { alertsOptions } from '@/lib/client/alerts';
import type { AlertBody } from '@/lib/contract';
import { AlertCard } from './AlertCard';
import { AlertTabs } from './AlertTabs';
import { SilenceDialog } from './SilenceDialog';

/** Rules are looked at each 10 s; three turns without one is a fault. */
const lateMs = 30_000;

export function AlertsScreen() {
  const t = useTranslations('alerts');
  const query = useQuery(alertsOptions('all'));
  const [silencing, setSilencing] = useState<AlertBody | null>(null);
  const alerts = query.data?.alerts;
  const evaluated = query.data?.evaluated_at ?? null;
  const open = alerts?.filter((one) => one.phase === 'firing' || one.phase === 'recovering') ?? [];
  const late = query.dataUpdatedAt - (evaluated ?? 0) > lateMs;
  return (
    <Screen
      title={t('title')}
      lead={
        alerts && (
          <span className="inline-flex flex-wrap items-center gap-x-2">
            <span>{t('sentence', { count: open.length })}</span>
            <span className={late ? 'text-critical' : ''}>
              {late && <StatusMark status="critical" />}{' '}
              {evaluated === null
                ? t('neverEvaluated')
                : t.rich('evaluated', { ago: () => <Ago at={evaluated} /> })}
            </span>
          </span>
        )
      }
    >
      <AlertTabs current="alerts" />
      {query.error && !alerts && (
        <Failure title={t('error')} error={query.error} retry={() => void query.refetch()} />
      )}
      {!query.error && !alerts && <LoadingRows rows={4} />}
      {alerts?.length === 0 && <EmptyState title={t('empty.title')}>{t('empty.body')}</EmptyState>}
      {alerts && alerts.length > 0 && (
        <ul className="flex flex-col gap-2">
          {alerts.map((alert) => (
            <AlertCard key={alert.id} alert={alert} onSilence={() => setSilencing(alert)} />
          ))}
        </ul>
      )}
      <SilenceDialog
        key={silencing?.id ?? ''}
        open={silencing !== null}
        rule={silencing?.rule}
        instance={silencing?.instance}
        onClose={() => setSilencing(null)}
      />
    </Screen>
  );
}
