'use client';

/** What is worth changing in a cluster, the most valuable first, by kind. */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { ClusterViews } from '@/components/cluster/ClusterViews';
import { Ago } from '@/components/screen/Ago';
import { Failure, LoadingRows, StaleNote } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { useWindow } from '@/components/screen/use-window';
import { SqlToRun } from '@/components/statement/SqlToRun';
import { visibleText } from '@/components/statement/sql-tokens';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { adviceOptions } from '@/lib/client/advice';
import { clusterOptions } from '@/lib/client/clusters';
import { useAddress, useRangeQuery } from '@/lib/client/use-address';
import type { AdviceBody } from '@/lib/contract';
import type { Locale } from '@/lib/i18n/locale';
import { AdviceCard } from './AdviceCard';
import { type AdviceGroup, groupAdvice } from './group-advice';

/** Of a kind with very many items, these are shown at first. */
const shownAtFirst = 10;

export function AdviceScreen({ cluster, base }: { cluster: string; base: string }) {
  const t = useTranslations('advice');
  const query = useRangeQuery();
  const { get, set } = useAddress();
  const found = useQuery(clusterOptions(cluster));
  const answer = useQuery(adviceOptions(cluster, useWindow()));
  const data = answer.data;
  const error = found.error ?? answer.error;
  const groups = groupAdvice(data?.advice ?? []);
  const kind = groups.find((one) => one.kind === get('kind'))?.kind ?? null;
  const shown = kind === null ? groups : groups.filter((one) => one.kind === kind);
  return (
    <Screen
      title={found.data ? t('title', { cluster: found.data.name }) : t('titleLoading')}
      lead={data && <Sentence data={data} />}
      above={<Link href={`${base}${query}`}>{found.data?.name ?? t('cluster')}</Link>}
    >
      <ClusterViews base={base} current="advice" />
      {error && data && <StaleNote since={answer.dataUpdatedAt} error={error} />}
      {error && !data ? (
        <Failure title={t('titleLoading')} error={error} retry={() => answer.refetch()} />
      ) : !data ? (
        <LoadingRows rows={6} height={120} />
      ) : (
        <>
          {groups.length > 1 && (
            <fieldset className="flex flex-wrap gap-2">
              <legend className="sr-only">{t('kinds')}</legend>
              {[null, ...groups.map((one) => one.kind)].map((one) => (
                <button
                  key={one ?? 'all'}
                  type="button"
                  aria-pressed={one === kind}
                  onClick={() => set({ kind: one })}
                  className="h-7 rounded-md border border-line-strong px-2 text-[12px] hover:bg-hover aria-pressed:bg-selected max-sm:h-11"
                >
                  {one === null ? t('all') : t(`kind.${one}`)}{' '}
                  <span className="text-muted">
                    {(one === null ? data.advice : groups.find((g) => g.kind === one)?.items)
                      ?.length ?? 0}
                  </span>
                </button>
              ))}
            </fieldset>
          )}
          {data.advice.length === 0 && (
            <EmptyState title={t('none.title')}>{t('none.body')}</EmptyState>
          )}
          {shown.map((group) => (
            <Group key={group.kind} group={group} data={data} base={base} query={query} />
          ))}
          <Unavailable unavailable={data.unavailable} />
        </>
      )}
    </Screen>
  );
}

function Sentence({ data }: { data: AdviceBody }) {
  const t = useTranslations('advice');
  const count = data.advice.length;
  const code = count > 0 ? 'some' : data.read_at === null ? 'unknown' : 'none';
  return (
    <>
      {t(`sentence.${code}`, { count })}{' '}
      {data.read_at !== null && t.rich('readAt', { age: () => <Ago at={data.read_at ?? 0} /> })}
    </>
  );
}

function Group(props: { group: AdviceGroup; data: AdviceBody; base: string; query: string }) {
  const { group, data, base, query } = props;
  const t = useTranslations('advice');
  const [all, setAll] = useState(false);
  const items = all ? group.items : group.items.slice(0, shownAtFirst);
  return (
    <section className="flex min-w-0 flex-col gap-3">
      <h2 className="font-semibold text-[15px]">
        {t(`kind.${group.kind}`)}{' '}
        <span className="font-normal text-muted">{group.items.length}</span>
      </h2>
      {items.map((item) => (
        <AdviceCard
          key={item.id}
          item={item}
          base={base}
          query={query}
          statements={data.statements}
        />
      ))}
      {items.length < group.items.length && (
        <Button size="small" className="self-start" onClick={() => setAll(true)}>
          {t('more', { count: group.items.length - items.length })}
        </Button>
      )}
    </section>
  );
}

function Unavailable({ unavailable }: { unavailable: AdviceBody['unavailable'] }) {
  const t = useTranslations('advice');
  const locale = useLocale() as Locale;
  if (unavailable.length === 0) return null;
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <h2 className="font-semibold text-[15px]">{t('unavailable')}</h2>
      <ul className="flex flex-col gap-3">
        {unavailable.map((one) => (
          <li
            key={`${one.instance} ${one.database} ${one.reason.en}`}
            className="flex min-w-0 flex-col gap-2 rounded-md border border-unknown/60 border-dashed p-3 text-[13px]"
          >
            <p className="break-words text-muted">{visibleText(one.reason[locale])}</p>
            {one.fix_sql && <SqlToRun sql={one.fix_sql} />}
          </li>
        ))}
      </ul>
    </section>
  );
}
