'use client';

/** Who follows whom, and how far behind. */
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { type Status, StatusMark } from '@/components/ui/StatusMark';
import type { ClusterDetailBody, InstanceBody, ReplicationBody } from '@/lib/contract';
import { formatBytes, formatMs } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';
import { nameOfEngine } from '@/lib/metric/engine-source';

const marks: Record<string, Status> = {
  streaming: 'ok',
  idle: 'ok',
  catching_up: 'warning',
  stopped: 'critical',
  disconnected: 'critical',
};
const states: Record<InstanceBody['state'], Status> = {
  up: 'ok',
  down: 'critical',
  unknown: 'unknown',
};

export function ClusterTopology({ cluster }: { cluster: ClusterDetailBody }) {
  const t = useTranslations('cluster');
  const heads = cluster.instances.filter((one) => one.role !== 'replica');
  const replicas = cluster.instances.filter((one) => one.role === 'replica');
  const verdictOf = (id: string) => cluster.replication.replicas.find((one) => one.instance === id);
  return (
    <section
      aria-label={t('topology')}
      className="flex flex-wrap items-start gap-x-3 gap-y-2 rounded-md border border-line bg-raised p-3"
    >
      {cluster.replication.split_brain && (
        <p className="w-full text-critical">
          <StatusMark status="critical" /> {t('splitBrain')}
        </p>
      )}
      <ul className="flex flex-col gap-2 max-sm:w-full">
        {heads.map((one) => (
          <Node key={one.id} instance={one} />
        ))}
      </ul>
      {replicas.length > 0 && (
        <ul className="flex flex-1 flex-col gap-2 max-sm:w-full max-sm:flex-none">
          {replicas.map((one) => (
            <li
              key={one.id}
              className="flex flex-wrap items-center gap-3 max-sm:flex-col max-sm:items-stretch max-sm:gap-2"
            >
              <Lag verdict={verdictOf(one.id)} />
              <ul>
                <Node instance={one} />
              </ul>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Node({ instance }: { instance: InstanceBody }) {
  const t = useTranslations('cluster');
  return (
    <li>
      <Link
        href={`/instances?instance=${instance.id}`}
        className="flex min-w-56 items-center gap-2 rounded-md border border-line-strong bg-page px-3 py-2 hover:bg-hover"
      >
        <StatusMark status={states[instance.state]} />
        <span className="flex min-w-0 flex-col">
          <bdi className="truncate font-medium">{instance.name}</bdi>
          <span className="text-[12px] text-muted">
            {t(`role.${instance.role}`)} · {nameOfEngine(instance.engine)} {instance.version ?? '—'}
          </span>
        </span>
      </Link>
    </li>
  );
}

function Lag({ verdict }: { verdict: ReplicationBody['replicas'][number] | undefined }) {
  const t = useTranslations('cluster');
  const locale = useLocale() as Locale;
  const state = verdict?.state ?? 'unknown';
  return (
    <div className="flex min-w-48 flex-col items-center text-[12px]">
      <span className="flex items-center gap-1.5">
        <StatusMark status={marks[state] ?? 'unknown'} silent />
        {t(`replica.${state}`)}
        {verdict?.cause && <span className="text-muted">({t(`cause.${verdict.cause}`)})</span>}
      </span>
      <span aria-hidden="true" className="my-1 h-px w-full bg-line-strong" />
      <span className="text-muted">
        {formatMs(verdict?.lag_ms ?? null, locale)} ·{' '}
        {formatBytes(verdict?.lag_bytes ?? null, locale)}
      </span>
    </div>
  );
}
