'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Segments } from '@/components/instance/Segments';
import { SqlToRun } from '@/components/statement/SqlToRun';
import type { CatalogMetric } from '@/lib/contract';

/** The exact SQL, one text per range of versions; the newest first. */
export function MetricSql({ queries }: { queries: CatalogMetric['sql'] }) {
  const t = useTranslations('reference');
  const newest = [...queries].sort((a, b) => b.from - a.from);
  const [from, setFrom] = useState(newest[0]?.from ?? 0);
  const query = newest.find((each) => each.from === from) ?? newest[0];
  if (!query) return null;
  const name = (each: CatalogMetric['sql'][number]) =>
    each.version_of === 'server'
      ? t('sqlFrom', { version: each.from })
      : t('sqlFromExtension', {
          extension: each.version_of,
          version: `${Math.floor(each.from / 100)}.${each.from % 100}`,
        });
  return (
    <div className="flex flex-col gap-2">
      {newest.length > 1 ? (
        <Segments
          label={t('sql')}
          value={from}
          options={newest.map((each) => [each.from, name(each)])}
          onChange={setFrom}
        />
      ) : (
        <p className="text-[12px] text-muted">{name(query)}</p>
      )}
      <SqlToRun sql={query.sql} copyLabel={t('sqlCopy')} />
    </div>
  );
}
