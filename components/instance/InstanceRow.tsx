'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Ago } from '@/components/screen/Ago';
import { visibleText } from '@/components/statement/sql-tokens';
import { useAmount } from '@/components/statement/use-amount';
import { Badge } from '@/components/ui/Badge';
import { type Status, StatusMark } from '@/components/ui/StatusMark';
import { instanceHealthOptions } from '@/lib/client/instances';
import type { InstanceBody, InstanceHealthBody } from '@/lib/contract';
import { InstanceDetail } from './InstanceDetail';

export const INSTANCE_COLUMNS =
  'gap-x-4 lg:grid-cols-[minmax(0,1fr)_6rem_5rem_8rem_14rem_9rem_2rem]';

const MARKS: Record<InstanceBody['state'], Status> = {
  up: 'ok',
  down: 'critical',
  unknown: 'unknown',
};

type InstanceRowProps = {
  instance: InstanceBody;
  admin: boolean;
  open: boolean;
  onOpen: (open: boolean) => void;
};

/** One instance, and on demand what cannot be read of it. */
export function InstanceRow({ instance, admin, open, onOpen }: InstanceRowProps) {
  const t = useTranslations('instances');
  const health = useQuery(instanceHealthOptions(instance.id));
  const counted = health.data ? blindMetrics(health.data).length : null;
  // Of a server that does not answer, no complaint about a metric says nothing.
  const blind = counted === 0 && instance.state !== 'up' ? null : counted;
  const panel = `instance-${instance.id}`;
  return (
    <>
      <tr
        className={`relative grid grid-cols-2 items-start lg:items-center gap-y-1 border-line px-3 py-2.5 text-[13px] hover:bg-hover ${open ? '' : 'border-b'} ${INSTANCE_COLUMNS}`}
      >
        <td className="col-span-2 min-w-0 pr-8 lg:col-span-1 lg:pr-0">
          <div className="flex min-w-0 items-start gap-2.5">
            <span className="pt-[3px]" title={t(`state.${instance.state}`)}>
              <StatusMark status={MARKS[instance.state]} />
            </span>
            <div className="min-w-0">
              <p className="flex flex-wrap items-center gap-x-2">
                <Link
                  href={`/clusters/${instance.cluster_id}`}
                  className="truncate font-medium hover:underline"
                  title={t('action.open')}
                >
                  <bdi>{visibleText(instance.name)}</bdi>
                </Link>
                <span className="text-muted">{visibleText(instance.cluster)}</span>
                {instance.demo && (
                  <Badge tone="accent" title={t('demoHint')}>
                    {t('demo')}
                  </Badge>
                )}
                {Object.entries(instance.labels)
                  .slice(0, 4)
                  .map(([key, value]) => (
                    <Badge key={key}>
                      {key}={visibleText(value)}
                    </Badge>
                  ))}
              </p>
              <p className="truncate font-mono text-[11px] text-muted">
                {instance.host}:{instance.port}/{visibleText(instance.database)}
              </p>
              {instance.reason && (
                <p className="mt-0.5 break-words text-[12px] text-warning">
                  {visibleText(instance.reason.message)}
                </p>
              )}
            </div>
          </div>
        </td>
        <Cell label={t('column.role')}>{t(`role.${instance.role}`)}</Cell>
        <Cell label={t('column.version')}>{instance.version ?? '—'}</Cell>
        <Cell label={t('column.lastSeen')}>
          {instance.last_seen === null ? (
            <span className="text-unknown">{t('neverSeen')}</span>
          ) : (
            <Ago at={instance.last_seen} />
          )}
        </Cell>
        <Cell label={t('column.cost')} title={t('cost.hint')}>
          <Cost health={health.data ?? null} />
        </Cell>
        <Cell label={t('column.blind')}>
          {blind === null ? (
            <span className="text-unknown">—</span>
          ) : blind === 0 ? (
            <span className="text-muted">{t('blind.none')}</span>
          ) : (
            <span className="text-warning">{t('blind.some', { count: blind })}</span>
          )}
        </Cell>
        <td className="absolute top-1.5 right-2 max-sm:top-0 max-sm:right-0 lg:static">
          <button
            type="button"
            aria-expanded={open}
            aria-controls={panel}
            aria-label={t('action.details', { name: instance.name })}
            onClick={() => onOpen(!open)}
            className="flex size-7 items-center justify-center rounded-md text-muted hover:bg-selected max-sm:size-11 hover:text-text"
          >
            <svg
              aria-hidden="true"
              viewBox="0 0 10 10"
              className={`size-3 fill-current ${open ? '' : '-rotate-90'}`}
            >
              <path d="M1 3h8L5 8z" />
            </svg>
          </button>
        </td>
      </tr>
      {open && (
        <tr id={panel} className="block border-line border-b">
          <td className="block px-3 pt-1 pb-4 lg:pl-9">
            <InstanceDetail instance={instance} health={health} admin={admin} />
          </td>
        </tr>
      )}
    </>
  );
}

function Cell(props: { label: string; title?: string; children: React.ReactNode }) {
  return (
    <td title={props.title} className="min-w-0 pl-[22px] lg:pl-0">
      <span className="block text-[11px] text-muted lg:hidden">{props.label}</span>
      {props.children}
    </td>
  );
}

/** Connections and the share of the server's time that are ours; unknown until measured. */
function Cost({ health }: { health: InstanceHealthBody | null }) {
  const t = useTranslations('instances.cost');
  const amount = useAmount();
  const connections = numberOf(health?.cost?.connections);
  const busy = numberOf(health?.cost?.busy_ratio);
  if (connections === null && busy === null)
    return <span className="text-unknown">{t('unknown')}</span>;
  return (
    <span className="tabular-nums">
      {connections !== null && <span className="inline-block">{t('value', { connections })}</span>}
      {connections !== null && busy !== null && ' · '}
      {busy !== null && (
        <span className="inline-block">{t('busy', { percent: amount.share(busy) })}</span>
      )}
    </span>
  );
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Metrics that lack something or failed last time. */
export function blindMetrics(health: InstanceHealthBody): InstanceHealthBody['metrics'] {
  return health.metrics.filter((metric) => metric.missing.length > 0 || metric.error !== null);
}
