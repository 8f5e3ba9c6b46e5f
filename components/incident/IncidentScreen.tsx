/** One incident: where it stands, what was known, what was done, what was learnt. */
'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { Ago } from '@/components/screen/Ago';
import { Failure, LoadingRows } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { StatusMark } from '@/components/ui/StatusMark';
import { changeIncident, incidentOptions } from '@/lib/client/incidents';
import type { IncidentDetailBody } from '@/lib/contract';
import { formatMs } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';
import { type Phase, phases } from '@/lib/incident/phases';
import { EvidenceList } from './EvidenceList';
import { Mitigations } from './Mitigations';
import { ReviewForm } from './ReviewForm';
import { SimilarIncidents } from './SimilarIncidents';
import { Timeline } from './Timeline';

export function IncidentScreen({ id }: { id: string }) {
  const t = useTranslations('incident');
  const query = useQuery(incidentOptions(id));
  const { data, error } = query;
  if (!data)
    return (
      <Screen title={t('one')}>
        {error ? (
          <Failure title={t('error')} error={error} retry={() => void query.refetch()} />
        ) : (
          <LoadingRows rows={8} />
        )}
      </Screen>
    );
  const over = data.closed_at !== null;
  return (
    <Screen
      above={
        <Link href="/incidents" className="underline underline-offset-2">
          {t('title')}
        </Link>
      }
      title={<bdi>{data.title}</bdi>}
      lead={
        <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1 text-[13px]">
          <StatusMark status={over ? 'ok' : data.severity} />
          <Badge tone={over ? 'plain' : data.severity}>{t(`severity.${data.severity}`)}</Badge>
          {data.cluster &&
            (data.cluster.id === null ? (
              <bdi>{data.cluster.name}</bdi>
            ) : (
              <Link
                href={`/clusters/${data.cluster.id}?from=${data.started_at - 1_800_000}&to=${(data.resolved_at ?? query.dataUpdatedAt) + 60_000}`}
                className="text-accent underline underline-offset-2"
              >
                <bdi>{data.cluster.name}</bdi>
              </Link>
            ))}
          <span>
            {t('startedAt')} <Ago at={data.started_at} clock />
          </span>
          {data.firing > 0 && <span>{t('firing', { count: data.firing })}</span>}
        </span>
      }
      actions={
        <Button onClick={() => window.print()} className="print:hidden">
          {t('print')}
        </Button>
      }
    >
      <Phases incident={data} />
      <SimilarIncidents similar={data.similar} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <Mitigations incident={data} />
          <EvidenceList incident={data} />
        </div>
        <Timeline incident={data} />
      </div>
      <ReviewForm incident={data} />
    </Screen>
  );
}

/** The lecture's way, where it stands, and the steps that may follow. */
function Phases({ incident }: { incident: IncidentDetailBody }) {
  const t = useTranslations('incident');
  const locale = useLocale() as Locale;
  const queries = useQueryClient();
  const changing = useMutation({
    mutationFn: (phase: Phase) => changeIncident(incident.id, { phase }),
    onSuccess: (changed) => {
      queries.setQueryData(incidentOptions(incident.id).queryKey, changed);
      void queries.invalidateQueries({ queryKey: ['incidents'] });
    },
  });
  const at = phases.indexOf(incident.phase);
  const names = ['to_detect_ms', 'to_acknowledge_ms', 'to_recover_ms'] as const;
  const label = (phase: Phase) =>
    phase === 'mitigate' && at > phases.indexOf('mitigate')
      ? t('to.back')
      : phase === 'triage' && at > phases.indexOf('triage')
        ? t('to.backTriage')
        : t(`to.${phase as Exclude<Phase, 'detect'>}`);
  return (
    <section
      aria-label={t('phaseOf')}
      className="flex flex-col gap-3 rounded-md border border-line bg-raised p-3"
    >
      <ol className="flex flex-wrap gap-x-1 gap-y-2 text-[13px]">
        {phases.map((phase, i) => (
          <li
            key={phase}
            aria-current={i === at ? 'step' : undefined}
            className={`flex items-center gap-2 rounded-sm border px-2 py-1 ${i === at ? 'border-accent font-medium' : i < at ? 'border-line' : 'border-line border-dashed text-muted'}`}
          >
            {t(`phase.${phase}`)}
          </li>
        ))}
      </ol>
      <dl className="flex flex-wrap gap-x-6 gap-y-1 text-[13px]">
        {names.map((name) => (
          <div key={name} className="flex gap-2">
            <dt className="text-muted">{t(`measure.${name}`)}</dt>
            <dd className="tabular-nums">{formatMs(incident[name], locale)}</dd>
          </div>
        ))}
      </dl>
      <div className="flex flex-wrap gap-2 print:hidden">
        {incident.next.map((phase, i) => (
          <Button
            key={phase}
            variant={i === 0 ? 'primary' : 'secondary'}
            disabled={changing.isPending}
            onClick={() => changing.mutate(phase)}
          >
            {label(phase)}
          </Button>
        ))}
      </div>
      {changing.error && (
        <p role="alert" className="text-[13px] text-critical">
          {changing.error.message}
        </p>
      )}
    </section>
  );
}
