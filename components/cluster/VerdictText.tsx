'use client';

/** Which layer moved first, in words, with the evidence behind each. */
import { useQuery } from '@tanstack/react-query';
import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { visibleText } from '@/components/statement/sql-tokens';
import { StatusMark } from '@/components/ui/StatusMark';
import { verdictOptions } from '@/lib/client/clusters';
import type { VerdictBody } from '@/lib/contract';
import { formatQuantity } from '@/lib/format/quantity';
import { formatClock } from '@/lib/format/time';
import type { Locale } from '@/lib/i18n/locale';

const mostEvidence = 3;

/** Of a cluster, now. */
export function VerdictText({ cluster }: { cluster: string }) {
  const { data } = useQuery(verdictOptions(cluster));
  // The page says its own failures; without an answer there is no verdict to show.
  return data ? <VerdictWords verdict={data} /> : null;
}

/** One that was given, of now or of an earlier moment. */
export function VerdictWords({ verdict: data }: { verdict: VerdictBody }) {
  const t = useTranslations('verdict');
  const layer = useTranslations('shell.layer');
  const names = (layers: VerdictBody['calm']) => layers.map((one) => layer(one)).join(', ');
  const rest = [
    ...(data.calm.length > 0 && data.moves.length > 0
      ? [t('calmLayers', { layers: names(data.calm) })]
      : []),
    ...(data.unmeasured.length > 0 ? [t('unmeasured', { layers: names(data.unmeasured) })] : []),
  ];
  if (data.state === 'calm' || data.state === 'unknown')
    return (
      <p className="text-[13px] text-muted">
        {t(data.state)} {rest.join(' ')}
      </p>
    );
  return (
    <section
      aria-label={t('title')}
      className={`flex flex-col gap-2 rounded-md border bg-raised p-4 ${data.state === 'moved' ? 'border-warning/60' : 'border-line'}`}
    >
      <h2 className="flex items-baseline gap-2 font-medium text-[15px]">
        <StatusMark status={data.state === 'moved' ? 'warning' : 'ok'} silent />
        <span>
          {data.state === 'recovered' && `${t('over')} `}
          {data.first && data.because
            ? t(`because.${data.because}`, { layer: layer(data.first) })
            : t('cannotTell')}
        </span>
      </h2>
      <ol className="flex flex-col gap-1.5">
        {data.moves.map((move) => (
          <Move key={move.layer} move={move} begin={data.moves[0]?.at ?? move.at} />
        ))}
      </ol>
      {rest.length > 0 && <p className="text-[12px] text-muted">{rest.join(' ')}</p>}
    </section>
  );
}

function Move({ move, begin }: { move: VerdictBody['moves'][number]; begin: number }) {
  const t = useTranslations('verdict');
  const layer = useTranslations('shell.layer');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  const later = Math.round((move.at - begin) / 1000);
  return (
    <li className="flex flex-col gap-0.5 text-[13px]">
      <span>
        <span className="font-medium">{layer(move.layer)}</span>{' '}
        <time dateTime={new Date(move.at).toISOString()} className="text-muted tabular-nums">
          {later > 0
            ? t('later', { at: formatClock(move.at, locale, zone, true), seconds: later })
            : t('since', { at: formatClock(move.at, locale, zone, true) })}
        </time>
      </span>
      <span className="text-muted">
        {move.evidence
          .slice(0, mostEvidence)
          .map((one) => {
            const quantity = { unit: one.unit, perSecond: one.per_second };
            return t('evidence', {
              what: t(`series.${one.id}`),
              of: one.of === null ? '' : ` (${visibleText(one.of)})`,
              before: formatQuantity(one.before, quantity, locale),
              after: formatQuantity(one.after, quantity, locale),
            });
          })
          .join(' · ')}
      </span>
    </li>
  );
}
