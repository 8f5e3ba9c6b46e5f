'use client';

import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Ago } from '@/components/screen/Ago';
import { Failure } from '@/components/screen/Faces';
import { SqlToRun } from '@/components/statement/SqlToRun';
import { visibleText } from '@/components/statement/sql-tokens';
import { Button, buttonClass } from '@/components/ui/Button';
import { StatusMark } from '@/components/ui/StatusMark';
import { catalogOptions } from '@/lib/client/admin';
import type { InstanceBody, InstanceHealthBody } from '@/lib/contract';
import { formatMs } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';
import { DeleteInstance } from './DeleteInstance';
import { blindMetrics } from './InstanceRow';

type InstanceDetailProps = {
  instance: InstanceBody;
  health: UseQueryResult<InstanceHealthBody>;
  admin: boolean;
};

/** Why an instance is down, what cannot be read of it and what fixes that, and what an administrator may do. */
export function InstanceDetail({ instance, health, admin }: InstanceDetailProps) {
  const t = useTranslations('instances');
  const locale = useLocale() as Locale;
  const catalog = useQuery(catalogOptions());
  const [removing, setRemoving] = useState(false);
  const title = (metric: string) =>
    catalog.data?.metrics.find(({ id }) => id === metric)?.title[locale] ?? metric;
  const blind = health.data ? blindMetrics(health.data) : [];
  const fixes = [
    ...new Set(
      blind.flatMap(({ missing }) => missing.map(({ fix_sql: sql }) => sql)).filter((sql) => sql),
    ),
  ];
  return (
    <div className="flex max-w-3xl flex-col gap-3 text-[13px]">
      {instance.reason?.fix && (
        <p className="leading-relaxed">{visibleText(instance.reason.fix)}</p>
      )}
      {instance.state === 'down' && !instance.reason?.fix && (
        <p className="leading-relaxed">
          {t('downAdvice', { address: `${instance.host}:${instance.port}` })}
        </p>
      )}
      {instance.state === 'unknown' && !instance.reason && (
        <p className="text-muted">{t('notReadYet')}</p>
      )}
      {instance.clock_skew_ms !== null && <Clock skewMs={instance.clock_skew_ms} />}
      {health.error && !health.data && (
        <Failure
          title={t('blind.error')}
          error={health.error}
          retry={() => void health.refetch()}
        />
      )}
      {health.data && blind.length === 0 && instance.state === 'up' && (
        <p className="text-muted">{t('blind.ok')}</p>
      )}
      {blind.length > 0 && (
        <>
          <h3 className="font-semibold">{t('blind.title')}</h3>
          <ul className="flex flex-col gap-1.5">
            {blind.map((metric) => (
              <li key={metric.metric}>
                <Link href={`/reference#${metric.metric}`} className="hover:underline">
                  {title(metric.metric)}
                </Link>{' '}
                <span className="text-muted">
                  {metric.missing.length > 0
                    ? t('blind.needs', { needs: metric.missing.map(({ need }) => need).join(', ') })
                    : visibleText(metric.error?.message ?? '')}
                  {' · '}
                  {metric.last_success === null
                    ? t('blind.neverRead')
                    : t.rich('blind.lastSuccess', {
                        age: () => <Ago at={metric.last_success ?? 0} />,
                      })}
                </span>
              </li>
            ))}
          </ul>
          {fixes.length > 0 && (
            <div className="flex flex-col gap-1.5">
              <p className="text-[12px] text-muted">{t('blind.fix')}</p>
              <SqlToRun sql={fixes.join('\n')} />
            </div>
          )}
        </>
      )}
      <div className="flex flex-wrap gap-2 pt-1">
        <Link
          href={`/clusters/${instance.cluster_id}/statements?instance=${instance.id}`}
          className={buttonClass('secondary', 'small')}
        >
          {t('action.statements')}
        </Link>
        <Link
          href={`/instances/${instance.id}/settings`}
          className={buttonClass('secondary', 'small')}
        >
          {t('action.settings')}
        </Link>
        {admin && (
          <>
            <Link
              href={`/instances/${instance.id}/edit`}
              className={buttonClass('secondary', 'small')}
            >
              {t('action.edit')}
            </Link>
            <Button size="small" variant="quiet" onClick={() => setRemoving(true)}>
              {t('action.delete')}
            </Button>
            <DeleteInstance
              instance={instance}
              open={removing}
              onClose={() => setRemoving(false)}
            />
          </>
        )}
      </div>
    </div>
  );
}

/** From here on times of two servers cannot be compared with the eye. */
const skewMattersMs = 1_000;

function Clock({ skewMs }: { skewMs: number }) {
  const t = useTranslations('instances.clock');
  const locale = useLocale() as Locale;
  const matters = Math.abs(skewMs) >= skewMattersMs;
  return (
    <p className={matters ? 'leading-relaxed' : 'text-muted'}>
      {matters && <StatusMark status="warning" />}{' '}
      {t(skewMs < 0 ? 'behind' : 'ahead', { skew: formatMs(Math.abs(skewMs), locale) })}
      {matters && ` ${t('matters')}`}
    </p>
  );
}
