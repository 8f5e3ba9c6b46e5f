'use client';

/** Past incidents that had much in common: what it was then. */
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Ago } from '@/components/screen/Ago';
import { Badge } from '@/components/ui/Badge';
import type { IncidentDetailBody } from '@/lib/contract';

export function SimilarIncidents({ similar }: Pick<IncidentDetailBody, 'similar'>) {
  const t = useTranslations('incident.similar');
  if (similar.length === 0) return null;
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-medium text-[14px]">{t('title')}</h2>
      <ul className="grid gap-2 md:grid-cols-2 xl:grid-cols-3">
        {similar.map(({ incident, summary, cause, shared }) => (
          <li
            key={incident.id}
            className="flex min-w-0 flex-col gap-1 rounded-md border border-line bg-raised p-3 text-[13px]"
          >
            <span className="flex flex-wrap items-baseline justify-between gap-x-3">
              <Link
                href={`/incidents/${incident.id}`}
                className="min-w-0 break-words font-medium text-accent underline underline-offset-2"
              >
                <bdi>{incident.title}</bdi>
              </Link>
              <span className="text-[12px] text-muted">
                <Ago at={incident.detected_at} />
              </span>
            </span>
            <span className="flex flex-wrap items-center gap-1.5 text-[12px] text-muted">
              {t('shared')}
              {shared.map(({ kind, values }) => (
                <Badge key={kind}>
                  {t(`kind.${kind}`, { count: values.length })}
                  {kind !== 'statement' && ` ${values.join(', ')}`}
                </Badge>
              ))}
            </span>
            {(cause || summary) && (
              <p className="line-clamp-4 whitespace-pre-wrap break-words">{cause || summary}</p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
