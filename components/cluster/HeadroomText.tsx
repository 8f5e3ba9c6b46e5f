'use client';

/** What gives out first when load grows, and what that assumes. */
import { useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { visibleText } from '@/components/statement/sql-tokens';
import { type Status, StatusMark } from '@/components/ui/StatusMark';
import { headroomOptions } from '@/lib/client/clusters';
import type { HeadroomBody } from '@/lib/contract';
import { formatCount, formatRatio } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

/** A day's peak may well be half as much again as an hour's; less room than that is worth a look. */
const tight = { warning: 1.5, critical: 1.1 };

export function HeadroomText({ cluster }: { cluster: string }) {
  const t = useTranslations('cluster.headroom');
  const { data } = useQuery(headroomOptions(cluster));
  if (!data || data.resources.length === 0) return null;
  const known = data.resources.filter(({ factor }) => factor !== null);
  const unknown = data.resources.filter((one) => one.unknown !== null && one.unknown !== 'unused');
  return (
    <section
      aria-label={t('title')}
      className="flex flex-col gap-2 rounded-md border border-line bg-raised p-3 text-[13px]"
    >
      <h3 className="font-medium">{t('title')}</h3>
      {known.length === 0 && (
        <p className="flex items-center gap-2 text-unknown">
          <StatusMark status="unknown" />
          {t('unknown')}
        </p>
      )}
      <ol className="flex flex-wrap gap-x-6 gap-y-1">
        {known.slice(0, 6).map((one) => (
          <Resource key={`${one.id} ${one.of}`} resource={one} />
        ))}
      </ol>
      {unknown.length > 0 && (
        <p className="text-[12px] text-muted">
          {unknown
            .map(
              (one) =>
                `${t(`resource.${one.id}`)} (${visibleText(one.of)}): ${t(`why.${one.unknown ?? 'not_measured'}`)}`,
            )
            .join(' · ')}
        </p>
      )}
      <p className="max-w-prose text-[12px] text-muted">{t('assumption')}</p>
    </section>
  );
}

function Resource({ resource }: { resource: HeadroomBody['resources'][number] }) {
  const t = useTranslations('cluster.headroom');
  const locale = useLocale() as Locale;
  const factor = resource.factor ?? 1;
  const status: Status =
    resource.at_least || factor >= tight.warning
      ? 'ok'
      : factor >= tight.critical
        ? 'warning'
        : 'critical';
  return (
    <li className="flex items-baseline gap-2">
      <StatusMark status={status} />
      <span>
        {t(`resource.${resource.id}`)} <bdi className="text-muted">{visibleText(resource.of)}</bdi>
      </span>
      <span className="tabular-nums">
        {t(resource.at_least ? 'atLeast' : 'times', {
          factor: formatCount(Math.floor(factor * 10) / 10, locale),
        })}
      </span>
      <span className="text-[12px] text-muted tabular-nums">
        {t('used', { used: formatRatio(resource.used, locale) })}
      </span>
    </li>
  );
}
