/** Statements of a cluster: filters, what the window lacks, the ranking. */
'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useFormatter, useTranslations } from 'next-intl';
import { useDeferredValue } from 'react';
import { ClusterViews } from '@/components/cluster/ClusterViews';
import { Segments } from '@/components/instance/Segments';
import { Failure, LoadingRows, StaleNote } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { useWindow } from '@/components/screen/use-window';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { instancesOptions } from '@/lib/client/instances';
import { loadOptions } from '@/lib/client/load';
import {
  type RankingFilter,
  rankingFilters,
  statementsOptions,
  tagGroupsOptions,
} from '@/lib/client/statements';
import { useAddress, useRangeQuery } from '@/lib/client/use-address';
import type { StatementBody, StatementsBody } from '@/lib/contract';
import { PartialNotes } from './PartialNotes';
import { rankingSentence } from './prepare-ranking';
import { RankingFilters } from './RankingFilters';
import { SqlToRun } from './SqlToRun';
import { StatementRanking } from './StatementRanking';
import { visibleText } from './sql-tokens';
import { TagGroups } from './TagGroups';
import { useAmount } from './use-amount';

/** @param base path of the cluster's own screen. */
export function StatementsScreen({ cluster, base }: { cluster: string; base: string }) {
  const t = useTranslations('statements');
  const router = useRouter();
  const { get, set } = useAddress();
  const range = useRangeQuery();
  const window = useWindow();
  const sort = get('sort') ?? 'total_ms';
  const limit = Number(get('limit')) || 50;
  const filters = Object.fromEntries(rankingFilters.map((name) => [name, get(name)])) as Record<
    RankingFilter,
    string | null
  >;
  const query = useQuery(statementsOptions({ cluster, ...filters, sort, limit }, window));
  const instances = useQuery(instancesOptions());
  const own = (instances.data?.instances ?? []).filter((each) => each.cluster_id === cluster);
  const applications = useQuery(
    loadOptions({ ...{ cluster, instance: null, by: 'application', only: {} }, ...window }),
  );
  const filtered = rankingFilters.some((name) => get(name) !== null);
  const { error } = query;
  const data = useDeferredValue(query.data); // 500 rows are made in pieces, between which the page answers.
  const hrefOf = (statement: StatementBody) =>
    `${base}/statements/${encodeURIComponent(statement.id)}${range}`;
  const by = get('by');
  const grouped = useQuery({
    ...tagGroupsOptions({ cluster, instance: filters.instance, name: by ?? '' }, window),
    enabled: by !== null,
  });
  const tagNames = [
    ...new Set([
      ...(data?.statements ?? []).flatMap(({ tags }) => Object.keys(tags)),
      ...(by === null ? [] : [by]),
    ]),
  ].sort();
  const name = own[0]?.cluster;
  const nothingKnown = data !== undefined && data.totals.calls === null && !filtered;
  const down = own.filter(({ state }) => state !== 'up');

  return (
    <Screen
      title={name ? t('titleOf', { cluster: name }) : t('title')}
      lead={data && <Sentence data={data} />}
      above={<Link href={`${base}${range}`}>{name ?? cluster}</Link>}
    >
      <ClusterViews base={base} current="statements" />
      <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <Link href={`${base}/statements/slowest${range}`} className="text-accent underline">
          {t('slowest')}
        </Link>
        {tagNames.length > 0 && (
          <Segments
            label={t('group.label')}
            value={by ?? ''}
            options={[['', t('group.none')], ...tagNames.map((one) => [one, one] as const)]}
            onChange={(one) => set({ by: one || null })}
          />
        )}
      </div>
      <RankingFilters
        instances={own}
        statements={data?.statements ?? []}
        applications={(applications.data?.slices ?? []).flatMap(({ key }) => key ?? [])}
        values={{ ...filters, limit, sort }}
        onChange={set}
        filtered={filtered}
      />
      {error && data && <StaleNote since={query.dataUpdatedAt} error={error} />}
      {data && <PartialNotes partial={data.partial} instances={own} />}
      {data?.unavailable.map((one) => (
        <EmptyState
          key={one.instance}
          title={`${t('empty.unavailable')}: ${own.find(({ id }) => id === one.instance)?.name ?? one.instance}`}
        >
          <p className="mb-2">{one.reason}</p>
          {one.fix_sql && <SqlToRun sql={one.fix_sql} />}
        </EmptyState>
      ))}
      {error && !data && (
        <Failure title={t('error')} error={error} retry={() => void query.refetch()} />
      )}
      {nothingKnown && data.unavailable.length === 0 && (
        <EmptyState title={t('empty.unknown')}>
          {down.length === 0 && <p>{t('empty.unknownBody')}</p>}
          {down.map((one) => (
            <p key={one.id}>
              <Link href={`/instances?instance=${one.id}`} className="text-accent underline">
                <bdi>{one.name}</bdi>
              </Link>
              {': '}
              {one.reason ? visibleText(one.reason.message) : t('empty.down')}
            </p>
          ))}
        </EmptyState>
      )}
      {by !== null && (
        <section className="overflow-hidden rounded-md border border-line bg-raised">
          {grouped.error ? (
            <Failure
              title={t('error')}
              error={grouped.error}
              retry={() => void grouped.refetch()}
            />
          ) : grouped.data ? (
            <TagGroups
              data={grouped.data}
              hrefOf={(tag) =>
                `${base}/statements${range ? `${range}&` : '?'}tag=${encodeURIComponent(tag)}`
              }
            />
          ) : (
            <LoadingRows rows={6} />
          )}
        </section>
      )}
      <section
        aria-busy={query.isFetching}
        className={`overflow-hidden rounded-md border border-line bg-raised ${error && data ? 'opacity-70' : ''} ${(error && !data) || nothingKnown || by !== null ? 'hidden' : ''}`}
      >
        {!data && <LoadingRows rows={12} />}
        {data && data.statements.length > 0 && (
          <StatementRanking
            data={data}
            sort={sort}
            onSort={(by) => set({ sort: by === 'total_ms' ? null : by })}
            hrefOf={hrefOf}
            open={(statement) => router.push(hrefOf(statement))}
          />
        )}
        {data && data.statements.length === 0 && (
          <div className="p-6">
            <p className="font-semibold text-[14px]">
              {filtered ? t('empty.filtered') : t('empty.title')}
            </p>
            {!filtered && <p className="mt-1 text-muted">{t('empty.body')}</p>}
            {filtered && (
              <Button
                size="small"
                className="mt-3"
                onClick={() => set(Object.fromEntries(rankingFilters.map((each) => [each, null])))}
              >
                {t('filter.clear')}
              </Button>
            )}
          </div>
        )}
      </section>
    </Screen>
  );
}

/** The answer first: what makes the load. */
function Sentence({ data }: { data: StatementsBody }) {
  const t = useTranslations('statements.sentence');
  const amount = useAmount();
  const format = useFormatter();
  const sentence = rankingSentence(data.statements, data.totals, data.hidden);
  if (sentence.kind === 'unknown' || sentence.kind === 'quiet') return t(sentence.kind);
  if (sentence.kind === 'hidden') return t('hidden', { share: amount.share(sentence.share) });
  if (sentence.kind === 'one')
    return t('one', {
      share: amount.share(sentence.share),
      calls: amount.count(sentence.calls),
      mean: amount.time(sentence.meanMs),
    });
  if (sentence.kind === 'few')
    return t('few', {
      count: format.number(sentence.count),
      share: amount.share(sentence.share),
      calls: amount.count(sentence.calls),
      total: amount.time(sentence.totalMs),
    });
  return t('even', { count: sentence.count, total: amount.time(sentence.totalMs) });
}
