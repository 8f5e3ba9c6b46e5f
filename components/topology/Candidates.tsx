'use client';

/** Who could take over, the best first, and what speaks for and against each. */
import { useLocale, useTranslations } from 'next-intl';
import { Badge } from '@/components/ui/Badge';
import { StatusMark } from '@/components/ui/StatusMark';
import type { ClusterDetailBody } from '@/lib/contract';
import { formatMs } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

const most = 3;
const good = new Set(['synchronous', 'least_behind', 'same_settings']);
const neutral = new Set(['drift_unknown', 'cascade', 'version_differs', 'settings_differ']);

export function Candidates({ cluster }: { cluster: ClusterDetailBody }) {
  const t = useTranslations('cluster');
  const locale = useLocale() as Locale;
  const { candidates } = cluster.replication;
  if (candidates.length === 0) return null;
  const nameOf = (id: string) => cluster.instances.find((one) => one.id === id)?.name ?? id;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <h2 className="text-[12px] text-muted">{t('candidates')}</h2>
      <ol className="flex flex-col gap-1.5 text-[13px]">
        {candidates.slice(0, most).map((one) => (
          <li key={one.instance} className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <StatusMark status={one.fit ? 'ok' : 'warning'} silent />
            <bdi className="font-medium">{nameOf(one.instance)}</bdi>
            <span className="text-muted">
              {one.loss_ms === null
                ? t('lossUnknown')
                : one.loss_ms === 0
                  ? t('wouldLoseNothing')
                  : t('wouldLose', { loss: formatMs(one.loss_ms, locale) })}
            </span>
            {one.reasons.map(({ code, detail }) => (
              <Badge
                key={code}
                tone={good.has(code) ? 'ok' : neutral.has(code) ? 'plain' : 'warning'}
                {...(detail && { title: detail })}
              >
                {t(`reason.${code}`)}
              </Badge>
            ))}
            {one.reasons.some(({ code }) => /differ/.test(code)) && (
              <span className="w-full truncate pl-5 font-mono text-[12px] text-muted">
                {one.reasons
                  .filter(({ code }) => /differ/.test(code))
                  .map(({ detail }) => detail)
                  .join(' · ')}
              </span>
            )}
          </li>
        ))}
      </ol>
      {candidates.length > most && (
        <p className="text-[12px] text-muted">
          {t('moreCandidates', { count: candidates.length - most })}
        </p>
      )}
    </div>
  );
}
