/** The slowest executions of a cluster in the window, from its servers' logs. */
'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { ClusterViews } from '@/components/cluster/ClusterViews';
import { Failure, LoadingRows, StaleNote } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { useWindow } from '@/components/screen/use-window';
import { EmptyState } from '@/components/ui/EmptyState';
import { instancesOptions } from '@/lib/client/instances';
import { executionsOptions } from '@/lib/client/log';
import { useRangeQuery } from '@/lib/client/use-address';
import { ExecutionTable } from './ExecutionTable';
import { LogNotes } from './LogNotes';
import { useAmount } from './use-amount';

export function SlowestScreen({ cluster, base }: { cluster: string; base: string }) {
  const t = useTranslations('slowest');
  const amount = useAmount();
  const range = useRangeQuery();
  const window = useWindow();
  const query = useQuery(executionsOptions({ cluster, statement: null, limit: 100, ...window }));
  const instances = useQuery(instancesOptions());
  const own = (instances.data?.instances ?? []).filter((each) => each.cluster_id === cluster);
  const { data, error } = query;
  const first = data?.executions[0];
  const unread = data?.logs.every(({ read_to }) => read_to === null) === true;
  return (
    <Screen
      title={t('title')}
      lead={
        first &&
        t('sentence', {
          duration: amount.time(first.duration_ms),
          application: first.application ?? first.user ?? '?',
        })
      }
      above={<Link href={`${base}/statements${range}`}>← {t('back')}</Link>}
    >
      <ClusterViews base={base} current="statements" />
      {error && data && <StaleNote since={query.dataUpdatedAt} error={error} />}
      {error && !data && (
        <Failure title={t('error')} error={error} retry={() => void query.refetch()} />
      )}
      {data && <LogNotes logs={data.logs} instances={own} />}
      {!data && !error && (
        <section className="rounded-md border border-line bg-raised">
          <LoadingRows rows={10} />
        </section>
      )}
      {data && data.executions.length > 0 && (
        <section
          aria-busy={query.isFetching}
          className="overflow-hidden rounded-md border border-line bg-raised"
        >
          <ExecutionTable
            executions={data.executions}
            instances={own}
            hrefOf={(id) => `${base}/statements/${encodeURIComponent(id)}${range}`}
          />
        </section>
      )}
      {data && data.executions.length === 0 && (
        <EmptyState title={unread ? t('unknown') : t('none')}>
          {unread ? t('unknownBody') : t('noneBody')}
        </EmptyState>
      )}
      <p className="text-[12px] text-muted">{t('kept')}</p>
    </Screen>
  );
}
