'use client';

/** Which replicas may serve a read now, how late a fresh write could be read on each, and which reads need what. */
import { useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { StatusMark } from '@/components/ui/StatusMark';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import { readPathsOptions, routeOptions } from '@/lib/client/reads';
import type { ClusterDetailBody, ReplicaBody, RoutedReplicaBody } from '@/lib/contract';
import { formatMs } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';
import { ReadRegister } from './ReadRegister';

export function FreshReads({ cluster }: { cluster: ClusterDetailBody }) {
  const t = useTranslations('reads');
  const replicas = cluster.replication.replicas;
  const hasReplicas = cluster.instances.some((one) => one.role === 'replica');
  const route = useQuery({ ...routeOptions(cluster.id), enabled: hasReplicas });
  const reads = useQuery(readPathsOptions(cluster.id));
  // Of one server alone there is nothing to choose from.
  if (!hasReplicas && !reads.data?.reads.length) return null;
  const stalenessOf = (id: string) =>
    replicas.find((one) => one.instance === id)?.staleness ?? null;
  const measured = replicas.some((one) => one.staleness !== null);
  return (
    <section
      aria-label={t('title')}
      className="flex flex-col rounded-md border border-line bg-raised"
    >
      <h2 className="px-3 pt-2 font-medium text-[13px]">{t('title')}</h2>
      {route.data && route.data.replicas.length > 0 && (
        <Table caption={t('title')} stack>
          <thead>
            <tr>
              <Th>{t('column.replica')}</Th>
              <Th>{t('column.now')}</Th>
              <Th className="text-right">{t('column.lag')}</Th>
              <Th className="text-right">{t('column.staleness')}</Th>
            </tr>
          </thead>
          <tbody>
            {route.data.replicas.map((one) => (
              <Replica key={one.instance} replica={one} staleness={stalenessOf(one.instance)} />
            ))}
          </tbody>
        </Table>
      )}
      {route.data && (
        <p className="px-3 py-1.5 text-[12px] text-muted">
          {t(measured ? 'resolution' : 'noHeartbeat')}
        </p>
      )}
      <ReadRegister cluster={cluster.id} reads={reads.data?.reads} error={reads.error} />
    </section>
  );
}

function Replica(props: { replica: RoutedReplicaBody; staleness: ReplicaBody['staleness'] }) {
  const { replica, staleness } = props;
  const t = useTranslations('reads');
  const locale = useLocale() as Locale;
  const ms = (value: number) => formatMs(value, locale);
  return (
    <Tr>
      <Td className="font-medium">
        <bdi>{replica.name}</bdi>
      </Td>
      <Td label={t('column.now')}>
        <span className="inline-flex items-center gap-1.5">
          <StatusMark status={replica.eligible ? 'ok' : 'warning'} silent />
          {replica.reason === null ? t('mayServe') : t(`reason.${replica.reason}`)}
        </span>
      </Td>
      <Td label={t('column.lag')} className="text-right">
        {formatMs(replica.lag_ms, locale)}
      </Td>
      <Td label={t('column.staleness')} className="text-right">
        {staleness === null
          ? '—'
          : t('percentiles', {
              p50: ms(staleness.p50_ms),
              p95: ms(staleness.p95_ms),
              p99: ms(staleness.p99_ms),
            })}
      </Td>
    </Tr>
  );
}
