'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Segments } from '@/components/instance/Segments';
import { SqlToRun } from '@/components/statement/SqlToRun';
import type { CatalogMetric } from '@/lib/contract';
import { releaseName } from '@/lib/metric/engine-source';

type Query = CatalogMetric['sql'][number];

/** The exact SQL, one text per range of versions; the newest first. */
export function MetricSql({ queries }: { queries: CatalogMetric['sql'] }) {
  const t = useTranslations('reference');
  const newest = [...queries].sort(
    (a, b) => (b.flavour ?? '').localeCompare(a.flavour ?? '') || b.from - a.from,
  );
  const keyOf = (each: Query) => `${each.flavour ?? ''} ${each.from}`;
  const [key, setKey] = useState(newest[0] ? keyOf(newest[0]) : '');
  const query = newest.find((each) => keyOf(each) === key) ?? newest[0];
  if (!query) return null;
  const name = (each: Query) =>
    each.version_of === 'server'
      ? t('sqlFrom', { version: releaseName(each) })
      : t('sqlFromExtension', {
          extension: each.version_of,
          version: `${Math.floor(each.from / 100)}.${each.from % 100}`,
        });
  return (
    <div className="flex flex-col gap-2">
      {newest.length > 1 ? (
        <Segments
          label={t('sql')}
          value={key}
          options={newest.map((each) => [keyOf(each), name(each)])}
          onChange={setKey}
        />
      ) : (
        <p className="text-[12px] text-muted">{name(query)}</p>
      )}
      <SqlToRun sql={query.sql} copyLabel={t('sqlCopy')} />
    </div>
  );
}
