'use client';

/** Who is connected to an instance and what they do now; first of all who holds up whom. */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ClusterViews } from '@/components/cluster/ClusterViews';
import { Segments } from '@/components/instance/Segments';
import { Ago } from '@/components/screen/Ago';
import { Failure, LoadingRows, StaleNote } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { SqlToRun } from '@/components/statement/SqlToRun';
import { StatusMark } from '@/components/ui/StatusMark';
import { Switch } from '@/components/ui/Switch';
import { activityOptions } from '@/lib/client/activity';
import { clusterOptions } from '@/lib/client/clusters';
import { useAddress, useRangeQuery } from '@/lib/client/use-address';
import type { ActivityBody } from '@/lib/contract';
import { BlockingTree } from './BlockingTree';
import { describeActivity } from './describe-activity';
import { ProgressPanel } from './ProgressPanel';
import { SessionsTable } from './SessionsTable';
import { useSessionWords } from './use-session-words';

export function ActivityScreen({ cluster, base }: { cluster: string; base: string }) {
  const t = useTranslations('activity');
  const query = useRangeQuery();
  const { get, set } = useAddress();
  const [idle, setIdle] = useState(false);
  const found = useQuery(clusterOptions(cluster));
  const instances = found.data?.instances ?? [];
  const asked = get('instance');
  const chosen =
    instances.find((one) => one.id === asked) ??
    instances.find((one) => one.role === 'primary') ??
    instances[0];
  const activity = useQuery({
    ...activityOptions(chosen?.id ?? ''),
    enabled: chosen !== undefined,
  });
  const body = activity.data;
  const error = found.error ?? activity.error;
  const status = body ? describeActivity(body, Date.now()).status : 'unknown';
  const statementHref = (id: string) => `${base}/statements/${encodeURIComponent(id)}${query}`;
  return (
    <Screen
      title={found.data ? t('title', { cluster: found.data.name }) : t('titleLoading')}
      lead={body && <Sentence body={body} />}
      above={<Link href={`${base}${query}`}>{found.data?.name ?? t('cluster')}</Link>}
    >
      <ClusterViews base={base} current="activity" />
      <div className="flex flex-wrap items-center gap-4">
        {instances.length > 1 && chosen && (
          <Segments
            label={t('instance')}
            value={chosen.id}
            options={instances.map((one) => [one.id, one.name] as const)}
            onChange={(id) => set({ instance: id })}
          />
        )}
        <Switch checked={idle} onChange={setIdle} label={t('showIdle')} />
        {body?.at != null && (
          <span className="ml-auto text-[12px] text-muted">
            <Ago at={body.at} />
          </span>
        )}
      </div>
      {error && body && <StaleNote since={activity.dataUpdatedAt} error={error} />}
      {error && !body ? (
        <Failure title={t('titleLoading')} error={error} retry={() => activity.refetch()} />
      ) : !body ? (
        <LoadingRows rows={8} />
      ) : (
        <>
          {body.unavailable?.fix && <SqlToRun sql={body.unavailable.fix} />}
          {body.blocking.length > 0 && <BlockingTree {...{ body, status, statementHref }} />}
          {chosen && <ProgressPanel instance={chosen.id} />}
          <SessionsTable {...{ body, idle, status, statementHref }} />
        </>
      )}
    </Screen>
  );
}

function Sentence({ body }: { body: ActivityBody }) {
  const t = useTranslations('activity.sentence');
  const words = useSessionWords();
  const said = describeActivity(body, Date.now());
  return (
    <span className="flex items-baseline gap-2">
      <StatusMark status={said.status} />
      <span>
        {t(said.code, {
          who: said.about ? words.who(said.about) : '',
          state: said.about ? words.state(said.about) : '',
          age: words.age(said.about?.state_ms ?? null),
          reason: body.unavailable?.message ?? '',
          waiting: said.waiting,
          active: said.active,
          idle: said.idleInTransaction,
        })}
      </span>
    </span>
  );
}
