/** Where messages go, and what became of each. */
'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Ago } from '@/components/screen/Ago';
import { Failure, LoadingRows } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { changeChannel, channelsOptions, dropChannel, testChannel } from '@/lib/client/alerts';
import type { ChannelBody } from '@/lib/contract';
import { AlertTabs } from './AlertTabs';
import { ChannelDialog } from './ChannelDialog';
import { DeliveryLog } from './DeliveryLog';

export function ChannelsScreen() {
  const t = useTranslations('alerts');
  const query = useQuery(channelsOptions());
  const [adding, setAdding] = useState(false);
  const channels = query.data?.channels;
  return (
    <Screen
      title={t('tab.channels')}
      lead={t('channel.lead')}
      actions={
        <Button variant="primary" onClick={() => setAdding(true)}>
          {t('channel.new')}
        </Button>
      }
    >
      <AlertTabs current="channels" />
      {query.error && !channels && (
        <Failure title={t('error')} error={query.error} retry={() => void query.refetch()} />
      )}
      {!query.error && !channels && <LoadingRows rows={3} />}
      {channels?.length === 0 && (
        <EmptyState title={t('channel.empty')}>{t('channel.emptyBody')}</EmptyState>
      )}
      <ul className="flex flex-col gap-2">
        {channels?.map((channel) => (
          <ChannelRow key={channel.id} channel={channel} />
        ))}
      </ul>
      <DeliveryLog />
      {adding && <ChannelDialog onClose={() => setAdding(false)} />}
    </Screen>
  );
}

function ChannelRow({ channel }: { channel: ChannelBody }) {
  const t = useTranslations('alerts');
  const queries = useQueryClient();
  const refresh = () =>
    Promise.all(
      ['channels', 'deliveries'].map((key) => queries.invalidateQueries({ queryKey: [key] })),
    );
  const testing = useMutation({ mutationFn: () => testChannel(channel.id), onSettled: refresh });
  const switching = useMutation({
    mutationFn: () => changeChannel(channel.id, { enabled: !channel.enabled }),
    onSettled: refresh,
  });
  const dropping = useMutation({ mutationFn: () => dropChannel(channel.id), onSettled: refresh });
  const error = testing.error ?? switching.error ?? dropping.error;
  const result = testing.data;
  return (
    <li className="flex flex-col gap-2 rounded-md border border-line bg-raised p-3">
      <div className="flex flex-wrap items-center gap-2">
        <strong className="font-medium">{channel.name}</strong>
        <Badge>{t(`channel.kind.${channel.kind}`)}</Badge>
        <Badge>{t(`channel.least.${channel.least_level}`)}</Badge>
        {!channel.enabled && <Badge>{t('rules.off')}</Badge>}
        {channel.broken && <Badge tone="critical">{t('channel.broken')}</Badge>}
        {channel.waiting > 0 && <Badge>{t('channel.waiting', { count: channel.waiting })}</Badge>}
        {channel.dead > 0 && (
          <Badge tone="critical">{t('channel.dead', { count: channel.dead })}</Badge>
        )}
        <span className="ml-auto text-[12px] text-muted">
          {channel.last_sent !== null &&
            t.rich('channel.lastSent', { ago: () => <Ago at={channel.last_sent ?? 0} /> })}
        </span>
      </div>
      {channel.broken && (
        <p className="break-words text-[13px] text-critical">{channel.broken.reason}</p>
      )}
      {result && (
        <p
          role="status"
          className={`break-words text-[13px] ${result.ok ? 'text-ok' : 'text-critical'}`}
        >
          {result.ok ? t('channel.testOk') : t('channel.testFailed')}{' '}
          {[result.status, result.answer].filter(Boolean).join(' ')}
        </p>
      )}
      {error && (
        <p role="alert" className="text-[13px] text-critical">
          {error.message}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          size="small"
          disabled={testing.isPending || !channel.enabled}
          onClick={() => testing.mutate()}
        >
          {testing.isPending ? t('channel.testing') : t('channel.test')}
        </Button>
        <Button size="small" disabled={switching.isPending} onClick={() => switching.mutate()}>
          {channel.enabled ? t('rules.disable') : t('rules.enable')}
        </Button>
        <Button size="small" disabled={dropping.isPending} onClick={() => dropping.mutate()}>
          {t('delete')}
        </Button>
      </div>
    </li>
  );
}
