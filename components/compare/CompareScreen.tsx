'use client';

/** What changed: statements of two windows side by side, or before and after an event. */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { ClusterViews } from '@/components/cluster/ClusterViews';
import { Segments } from '@/components/instance/Segments';
import { Failure, LoadingRows, StaleNote } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { useWindow } from '@/components/screen/use-window';
import { PartialNotes } from '@/components/statement/PartialNotes';
import { clusterOptions } from '@/lib/client/clusters';
import { compareOptions } from '@/lib/client/compare';
import { useAddress, useRangeQuery } from '@/lib/client/use-address';
import { type ChangeState, changeStates } from '@/lib/contract/compare';
import { CompareSentence } from './CompareSentence';
import { CompareTable } from './CompareTable';
import { EventPicker } from './EventPicker';
import { LayersCompared } from './LayersCompared';
import { type Against, againstOf, againsts, widthOf, widths, windowBefore } from './windows';

const ALL = 'all';

export function CompareScreen({ cluster, base }: { cluster: string; base: string }) {
  const t = useTranslations('compare');
  const query = useRangeQuery();
  const { get, set } = useAddress();
  const window = useWindow();
  const found = useQuery(clusterOptions(cluster));
  const event = get('event');
  const against: Against = event !== null ? 'event' : againstOf(get('with'));
  const width = widthOf(get('width'));
  const state = changeStates.find((one) => one === get('state')) ?? null;
  const waiting = against === 'event' && event === null;
  const choice =
    against === 'event'
      ? { around: event ?? '', width_ms: widths[width] }
      : { after: window, before: windowBefore(window, against) };
  const answer = useQuery({
    ...compareOptions({ ...{ cluster, state }, ...choice }),
    enabled: !waiting,
  });
  const data = waiting ? undefined : answer.data;
  const error = found.error ?? answer.error;
  return (
    <Screen
      title={found.data ? t('title', { cluster: found.data.name }) : t('titleLoading')}
      lead={data && <CompareSentence data={data} />}
      above={<Link href={`${base}${query}`}>{found.data?.name ?? '…'}</Link>}
    >
      <ClusterViews base={base} current="compare" />
      <div className="flex flex-wrap items-center gap-3">
        <Segments
          label={t('against')}
          value={against}
          options={againsts.map((one) => [one, t(`with.${one}`)] as const)}
          onChange={(one) => set({ with: one === 'previous' ? null : one, event: null })}
        />
        {against === 'event' && (
          <EventPicker
            cluster={cluster}
            instances={found.data?.instances ?? []}
            event={event}
            width={width}
            onChange={set}
          />
        )}
      </div>
      {!waiting && <LayersCompared cluster={cluster} choice={choice} />}
      {error && data && <StaleNote since={answer.dataUpdatedAt} error={error} />}
      {waiting ? (
        <p className="py-4 text-muted">{t('chooseEvent')}</p>
      ) : error && !data ? (
        <Failure title={t('titleLoading')} error={error} retry={() => answer.refetch()} />
      ) : !data ? (
        <LoadingRows rows={10} />
      ) : (
        <>
          <PartialNotes partial={data.partial} instances={found.data?.instances ?? []} />
          <Segments
            label={t('state.label')}
            value={state ?? ALL}
            options={[
              [ALL, t('state.all')] as const,
              ...changeStates
                .filter((one) => data.counts[one] > 0 || one === state)
                .map(
                  (one: ChangeState) => [one, `${t(`state.${one}`)} ${data.counts[one]}`] as const,
                ),
            ]}
            onChange={(one) => set({ state: one === ALL ? null : one })}
          />
          {data.own_statements > 0 && (
            <p className="text-[12px] text-muted">{t('own', { count: data.own_statements })}</p>
          )}
          <CompareTable
            data={data}
            statementHref={(id) =>
              `${base}/statements/${encodeURIComponent(id)}${query}${event ? `${query ? '&' : '?'}event=${event}` : ''}`
            }
          />
        </>
      )}
    </Screen>
  );
}
