'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useWindow } from '@/components/screen/use-window';
import { wholeMs } from '@/components/statement/prepare-ranking';
import { Skeleton } from '@/components/ui/Skeleton';
import { statementsOptions } from '@/lib/client/statements';
import { useRangeQuery } from '@/lib/client/use-address';
import { formatCount, formatMs, formatRatio } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

/** The five statements that took most of the window. */
export function TopStatements({ cluster }: { cluster: string }) {
  const t = useTranslations('cluster');
  const locale = useLocale() as Locale;
  const query = useRangeQuery();
  const filters = {
    cluster,
    sort: 'total_ms',
    limit: 5,
  };
  const { data, error } = useQuery(statementsOptions(filters, useWindow()));
  return (
    <section
      aria-label={t('topStatements')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="relative min-h-44 overflow-x-auto rounded-md border border-line bg-raised"
    >
      <table className="w-full text-[13px]">
        <caption className="px-3 py-2 text-left font-medium">{t('topStatements')}</caption>
        <thead className="text-[12px] text-muted">
          <tr>
            {(['share', 'statement', 'calls', 'mean'] as const).map((name) => (
              <th
                key={name}
                scope="col"
                className={`px-3 py-1 font-normal ${name === 'statement' ? 'w-full text-left' : 'text-right'} ${name === 'calls' ? 'max-sm:hidden' : ''}`}
              >
                {t(`column.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data?.statements.map((one) => (
            <tr key={`${one.id} ${one.user} ${one.database}`} className="border-line border-t">
              <td className="w-16 px-3 py-1.5 text-right">{formatRatio(one.share, locale)}</td>
              <td className="max-w-0 px-3 py-1.5">
                <Link
                  href={`/clusters/${cluster}/statements/${one.id}${query}`}
                  className="block truncate font-mono text-[12px] hover:text-accent"
                >
                  <bdi>{one.text}</bdi>
                </Link>
              </td>
              <td className="w-24 px-3 py-1.5 text-right max-sm:hidden">
                {formatCount(one.calls, locale)}
              </td>
              <td className="w-24 whitespace-nowrap px-3 py-1.5 text-right">
                {formatMs(one.mean_ms, locale)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!data && !error && (
        <div className="flex flex-col gap-3 px-3 py-2">
          {[1, 2, 3, 4, 5].map((row) => (
            <Skeleton key={row} className="h-4" />
          ))}
        </div>
      )}
      {data?.statements.length === 0 && (
        <p className="px-3 py-4 text-muted">
          {data.totals.calls === null ? t('statementsUnknown') : t('noStatements')}
        </p>
      )}
      {data?.hidden && (
        <p className="border-line border-t px-3 py-2 text-[12px] text-warning">
          {t('statementsHidden', {
            share: formatRatio(
              data.hidden.total_ms / (wholeMs(data.totals, data.hidden) || 1),
              locale,
            ),
          })}
        </p>
      )}
    </section>
  );
}
