/** Every metric, from the definitions the collector runs: what it is, its SQL, its cost, its rights, its alerts. */
'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect } from 'react';
import { Segments } from '@/components/instance/Segments';
import { Failure, LoadingRows } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { Button } from '@/components/ui/Button';
import { Input } from '@/components/ui/Input';
import { catalogOptions } from '@/lib/client/admin';
import { useAddress } from '@/lib/client/use-address';
import type { CatalogMetric } from '@/lib/contract';
import type { Locale } from '@/lib/i18n/locale';
import { MetricArticle } from './MetricArticle';

const LAYERS = ['application', 'database', 'infrastructure'] as const;

export function ReferenceScreen() {
  const t = useTranslations('reference');
  const tLearn = useTranslations('learn');
  const locale = useLocale() as Locale;
  const { get, set } = useAddress();
  const query = useQuery(catalogOptions());
  const search = get('search') ?? '';
  const layer = get('layer') ?? '';
  const metrics = (query.data?.metrics ?? [])
    .filter((metric) => (layer === '' || metric.layer === layer) && matches(metric, search))
    .sort((a, b) => LAYERS.indexOf(a.layer) - LAYERS.indexOf(b.layer));
  const loaded = query.data !== undefined;

  // The articles come after the page: a deep link is followed once they are there.
  useEffect(() => {
    if (!loaded || !window.location.hash) return;
    const id = decodeURIComponent(window.location.hash.slice(1));
    document.getElementById(id)?.scrollIntoView();
  }, [loaded]);

  return (
    <Screen title={t('title')} lead={t('lead')}>
      <div className="flex flex-wrap items-center gap-3">
        <Input
          type="search"
          aria-label={t('search')}
          placeholder={`${t('search')}  /`}
          value={search}
          onChange={(event) => set({ search: event.target.value })}
          className="max-w-72"
        />
        <Segments
          label={t('filter.layer')}
          value={layer}
          options={[
            ['', t('filter.all')],
            ...LAYERS.filter((each) =>
              query.data?.metrics.some((metric) => metric.layer === each),
            ).map((each) => [each, t(`layer.${each}`)] as const),
          ]}
          onChange={(value) => set({ layer: value })}
        />
        <Link href="/learn" className="text-[13px] text-accent hover:underline max-sm:py-2">
          {tLearn('title')}
        </Link>
        <span className="text-[12px] text-muted" role="status">
          {loaded && t('count', { count: metrics.length })}
        </span>
      </div>
      {query.error && !query.data && (
        <Failure title={t('error')} error={query.error} retry={() => void query.refetch()} />
      )}
      {!query.error && !loaded && (
        <div className="rounded-md border border-line bg-raised">
          <LoadingRows rows={10} height={56} />
        </div>
      )}
      {loaded && metrics.length === 0 && (
        <p>
          {t('noMatch', { search })}{' '}
          <Button size="small" variant="quiet" onClick={() => set({ search: null, layer: null })}>
            {t('clear')}
          </Button>
        </p>
      )}
      {metrics.length > 0 && (
        <div className="grid items-start gap-6 lg:grid-cols-[15rem_minmax(0,1fr)]">
          <nav
            aria-label={t('contents')}
            className="top-4 hidden max-h-[calc(100dvh-6rem)] overflow-y-auto lg:sticky lg:block"
          >
            <ul className="flex flex-col text-[13px]">
              {metrics.map((metric) => (
                <li key={metric.id}>
                  <a
                    href={`#${metric.id}`}
                    className="block truncate rounded-sm px-2 py-1 text-muted hover:bg-hover hover:text-text"
                  >
                    {metric.title[locale]}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <div className="flex min-w-0 flex-col gap-4">
            {metrics.map((metric) => (
              <MetricArticle key={metric.id} metric={metric} locale={locale} />
            ))}
          </div>
        </div>
      )}
    </Screen>
  );
}

function matches(metric: CatalogMetric, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  if (!wanted) return true;
  return [
    metric.id,
    metric.title.en,
    metric.title.ja,
    metric.help.en,
    metric.help.ja,
    ...metric.columns.map(({ name }) => name),
    ...metric.sql.map(({ sql }) => sql),
  ].some((text) => text.toLowerCase().includes(wanted));
}
