'use client';

/** Where the servers keep their data and logs of changes: how full, until when, and what grew. */
import { useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { visibleText } from '@/components/statement/sql-tokens';
import { type Status, StatusMark } from '@/components/ui/StatusMark';
import { disksOptions } from '@/lib/client/clusters';
import type { DisksBody } from '@/lib/contract';
import { formatBytes, formatRatio } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

type Disk = DisksBody['disks'][number];

export function ClusterDisks({ cluster }: { cluster: string }) {
  const t = useTranslations('cluster.disks');
  const { data } = useQuery(disksOptions(cluster));
  if (!data || data.disks.length === 0) return null;
  return (
    <section
      aria-label={t('title')}
      className="flex flex-col gap-2 rounded-md border border-line bg-raised p-3 text-[13px]"
    >
      <h3 className="font-medium">{t('title')}</h3>
      <ul className="flex flex-col divide-y divide-line">
        {data.disks.map((disk) => (
          <DiskRow key={`${disk.instance} ${disk.uses.join()}`} disk={disk} />
        ))}
      </ul>
      <p className="text-[12px] text-muted">{t('note')}</p>
    </section>
  );
}

/** The thresholds of the rules on fullness and on days to full. */
function statusOf({ used_ratio: used, days_to_full: days }: Disk): Status {
  if (used === null) return 'unknown';
  if (used > 0.95 || (days !== null && days < 1)) return 'critical';
  return used > 0.85 || (days !== null && days < 4) ? 'warning' : 'ok';
}

function DiskRow({ disk }: { disk: Disk }) {
  const t = useTranslations('cluster.disks');
  const locale = useLocale() as Locale;
  const uses = [...new Set(disk.uses)].map((use) => t(`use.${use}`)).join(', ');
  return (
    <li className="grid gap-x-4 gap-y-1 py-2 sm:grid-cols-[minmax(10rem,1fr)_minmax(10rem,1.4fr)_minmax(9rem,auto)_minmax(12rem,1.6fr)]">
      <span className="flex items-baseline gap-2">
        <StatusMark status={statusOf(disk)} />
        <span className="min-w-0 break-words">
          <bdi>{visibleText(disk.instance)}</bdi> <span className="text-muted">{uses}</span>
        </span>
      </span>
      {disk.unknown !== null ? (
        <span className="text-muted sm:col-span-3">{t(`why.${disk.unknown}`)}</span>
      ) : (
        <>
          <bdi className="min-w-0 break-all font-mono text-[12px]" title={disk.paths.join('\n')}>
            {visibleText(disk.mount ?? '')}
          </bdi>
          <span className="tabular-nums">
            {formatRatio(disk.used_ratio, locale)}{' '}
            <span className="text-muted">{formatBytes(disk.size_bytes, locale)}</span>
            <span className="block text-[12px] text-muted">
              <Days disk={disk} />
            </span>
          </span>
          <Grew disk={disk} />
        </>
      )}
    </li>
  );
}

function Days({ disk }: { disk: Disk }) {
  const t = useTranslations('cluster.disks');
  const days = disk.days_to_full;
  if (days === null) return t(disk.growth_bytes_per_day === null ? 'followed' : 'notGrowing');
  return days < 1 ? t('lessThanDay') : t('inDays', { days: Math.floor(days) });
}

/** What is watched by name, and what is left of the growth of the whole filesystem. */
function Grew({ disk }: { disk: Disk }) {
  const t = useTranslations('cluster.disks');
  const locale = useLocale() as Locale;
  if (disk.grown_bytes === null) return <span className="text-muted">{t('followed')}</span>;
  const named = disk.grew.reduce((sum, one) => sum + one.grown_bytes, 0);
  const rest = disk.grown_bytes - named;
  const signed = (bytes: number) =>
    `${bytes < 0 ? '−' : '+'}${formatBytes(Math.abs(bytes), locale)}`;
  return (
    <span className="text-[12px]">
      <span className="text-muted">{t('grew')}</span>{' '}
      <span className="tabular-nums">{signed(disk.grown_bytes)}</span>
      <span className="block text-muted">
        {disk.grew.map((one) => (
          <span key={`${one.kind} ${one.name}`}>
            <bdi>{one.kind === 'table' ? visibleText(one.name ?? '') : t(`kind.${one.kind}`)}</bdi>{' '}
            {signed(one.grown_bytes)}
            {' · '}
          </span>
        ))}
        {t('rest', { bytes: signed(rest) })}
      </span>
    </span>
  );
}
