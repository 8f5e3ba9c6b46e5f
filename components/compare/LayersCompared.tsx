'use client';

/** The series that stand for each storey, in two windows: what changed first, what stayed by name. */
import { useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { visibleText } from '@/components/statement/sql-tokens';
import { type Status, StatusMark } from '@/components/ui/StatusMark';
import { headlinesCompareOptions, type WindowChoice } from '@/lib/client/compare';
import type { HeadlineChange, HeadlinesCompareBody } from '@/lib/contract';
import { formatQuantity } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

type Headline = HeadlinesCompareBody['headlines'][number];

const marks: Record<HeadlineChange, Status> = {
  ...({ worse: 'warning', better: 'ok', same: 'ok', unknown: 'unknown' } as const),
};
const layers = ['application', 'database', 'infrastructure'] as const;

export function LayersCompared({ cluster, choice }: { cluster: string; choice: WindowChoice }) {
  const t = useTranslations('compare.layers');
  const layer = useTranslations('shell.layer');
  const { data } = useQuery(headlinesCompareOptions(cluster, choice));
  if (!data) return null;
  return (
    <section aria-label={t('title')} className="grid gap-3 lg:grid-cols-3">
      {layers.map((one) => {
        const own = data.headlines.filter((headline) => headline.layer === one);
        const changed = own.filter(({ change }) => change === 'worse' || change === 'better');
        const rest = (change: HeadlineChange) => own.filter((other) => other.change === change);
        return (
          <div key={one} className="rounded-md border border-line bg-raised p-3 text-[13px]">
            <h2 className="mb-1 font-medium">{layer(one)}</h2>
            {own.length === 0 && (
              <p className="flex items-center gap-2 text-muted">
                <StatusMark status="unknown" />
                {t('unmeasured')}
              </p>
            )}
            <ul className="flex flex-col gap-1">
              {changed.map((headline) => (
                <Changed key={`${headline.id} ${headline.of}`} headline={headline} />
              ))}
            </ul>
            <Others words={t('same')} of={rest('same')} />
            <Others words={t('unknown')} of={rest('unknown')} />
          </div>
        );
      })}
    </section>
  );
}

function Changed({ headline }: { headline: Headline }) {
  const t = useTranslations('compare.layers');
  const locale = useLocale() as Locale;
  const name = useName();
  const quantity = { unit: headline.unit, perSecond: headline.per_second };
  const amount = (value: number | null) => formatQuantity(value, quantity, locale);
  const { before, after } = headline;
  return (
    <li className="flex items-baseline gap-2">
      <StatusMark status={marks[headline.change]} silent />
      <span className="min-w-0 flex-1">
        {name(headline)} <span className="text-muted">{t(headline.change)}</span>
      </span>
      <span
        className="text-right tabular-nums"
        title={t('range', {
          ...{ beforeLow: amount(before.low), beforeHigh: amount(before.high) },
          ...{ afterLow: amount(after.low), afterHigh: amount(after.high) },
        })}
      >
        {amount(before.median)} → {amount(after.median)}
      </span>
    </li>
  );
}

/** By name, so that one sees what was looked at. */
function Others({ words, of }: { words: string; of: readonly Headline[] }) {
  const name = useName();
  if (of.length === 0) return null;
  return (
    <p className="mt-1 text-[12px] text-muted">
      {words} {of.map(name).join(', ')}
    </p>
  );
}

function useName() {
  const t = useTranslations('verdict.series');
  return ({ id, of }: Headline) => `${t(id)}${of === null ? '' : ` (${visibleText(of)})`}`;
}
