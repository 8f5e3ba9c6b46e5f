'use client';

/** Who follows whom and how far behind, what would be lost now, and who could take over. */
import { useTranslations } from 'next-intl';
import { StatusMark } from '@/components/ui/StatusMark';
import type { ClusterDetailBody } from '@/lib/contract';
import { Candidates } from './Candidates';
import { DataLoss } from './DataLoss';
import { placeMembers } from './place-members';
import { ServerTree } from './ServerTree';
import { SlotList } from './SlotList';
import { SubscriptionList } from './SubscriptionList';

export function ClusterTopology({ cluster }: { cluster: ClusterDetailBody }) {
  const t = useTranslations('cluster');
  const { replication } = cluster;
  const nameOf = (id: string) => cluster.instances.find((one) => one.id === id)?.name ?? id;
  return (
    <section
      aria-label={t('topology')}
      className="flex flex-col gap-3 rounded-md border border-line bg-raised p-3"
    >
      {replication.split_brain && (
        <p className="flex items-baseline gap-2 text-critical">
          <StatusMark status="critical" />
          {t('splitBrain', {
            instances: replication.split_brain_instances.map(nameOf).join(', '),
          })}
        </p>
      )}
      {replication.diverged.map((one) => (
        <p key={one.instance} className="flex items-baseline gap-2 text-warning">
          <StatusMark status="warning" />
          <span className="min-w-0 break-words">
            {t(`diverged.${one.kind}`, { instance: nameOf(one.instance) })}{' '}
            <bdi className="font-mono text-[12px]">{one.detail}</bdi>
          </span>
        </p>
      ))}
      {replication.groups.map((group) => (
        <p key={group.kind} className="flex items-baseline gap-2 text-[13px]">
          <StatusMark
            status={group.quorum === null ? 'unknown' : group.quorum ? 'ok' : 'critical'}
          />
          {t(`group.${group.kind}`, { count: group.answering ?? 0 })}{' '}
          {group.quorum !== null && t(group.quorum ? 'group.quorum' : 'group.noQuorum')}
        </p>
      ))}
      <div className="grid items-start gap-x-8 gap-y-3 md:grid-cols-2 xl:grid-cols-3">
        <DataLoss cluster={cluster} />
        <Candidates cluster={cluster} />
        <SlotList cluster={cluster} />
        <SubscriptionList cluster={cluster} />
      </div>
      <div className="overflow-x-auto">
        <ServerTree places={placeMembers(cluster)} />
      </div>
    </section>
  );
}
