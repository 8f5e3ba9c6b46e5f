/** All incidents, and how quickly they went. */
'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { AlertTabs } from '@/components/alert/AlertTabs';
import { Ago } from '@/components/screen/Ago';
import { Failure, LoadingRows } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { StatusMark } from '@/components/ui/StatusMark';
import { Table, Td, Th } from '@/components/ui/Table';
import { incidentsOptions } from '@/lib/client/incidents';
import type { IncidentBody, IncidentsBody } from '@/lib/contract';
import { formatMs } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';
import { OpenIncidentDialog } from './OpenIncidentDialog';

export function IncidentsScreen() {
  const t = useTranslations('incident');
  const query = useQuery(incidentsOptions({ state: 'all' }));
  const [opening, setOpening] = useState(false);
  const incidents = query.data?.incidents;
  const open = incidents?.filter(({ closed_at }) => closed_at === null) ?? [];
  return (
    <Screen
      title={t('title')}
      lead={incidents && t('sentence', { count: open.length })}
      actions={<Button onClick={() => setOpening(true)}>{t('open')}</Button>}
    >
      <AlertTabs current="incidents" />
      {query.error && !incidents && (
        <Failure title={t('error')} error={query.error} retry={() => void query.refetch()} />
      )}
      {!query.error && !incidents && <LoadingRows rows={4} />}
      {incidents?.length === 0 && (
        <EmptyState title={t('empty.title')}>{t('empty.body')}</EmptyState>
      )}
      {incidents && incidents.length > 0 && (
        <ul className="flex flex-col gap-2">
          {incidents.map((one) => (
            <IncidentLine key={one.id} incident={one} />
          ))}
        </ul>
      )}
      {query.data && query.data.months.length > 0 && <Measures months={query.data.months} />}
      <OpenIncidentDialog open={opening} onClose={() => setOpening(false)} />
    </Screen>
  );
}

/** One incident as a line that leads to it. */
export function IncidentLine({ incident }: { incident: IncidentBody }) {
  const t = useTranslations('incident');
  const over = incident.closed_at !== null;
  return (
    <li>
      <Link
        href={`/incidents/${incident.id}`}
        className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md border border-line bg-raised p-3 hover:bg-hover"
      >
        <StatusMark status={over ? 'ok' : incident.severity} />
        <strong className="min-w-0 break-words font-medium">
          <bdi>{incident.title}</bdi>
        </strong>
        <Badge tone={over ? 'plain' : incident.severity}>{t(`phase.${incident.phase}`)}</Badge>
        {incident.firing > 0 && (
          <Badge tone="critical">{t('firing', { count: incident.firing })}</Badge>
        )}
        {incident.tasks_open > 0 && <Badge>{t('openTasks', { count: incident.tasks_open })}</Badge>}
        {incident.cluster && <bdi className="text-[13px] text-muted">{incident.cluster.name}</bdi>}
        <span className="ml-auto text-[12px] text-muted">
          <Ago at={incident.detected_at} clock />
        </span>
      </Link>
    </li>
  );
}

function Measures({ months }: { months: IncidentsBody['months'] }) {
  const t = useTranslations('incident.measure');
  const locale = useLocale() as Locale;
  const month = new Intl.DateTimeFormat(locale, {
    ...{ year: 'numeric', month: 'long', timeZone: 'UTC' },
  });
  const names = ['to_detect_ms', 'to_acknowledge_ms', 'to_recover_ms'] as const;
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-medium text-[14px]">{t('mean')}</h2>
      <Table caption={t('mean')}>
        <thead>
          <tr>
            <Th>{t('month')}</Th>
            <Th className="text-right">{t('incidents')}</Th>
            {names.map((name) => (
              <Th key={name} className="text-right">
                {t(name)}
              </Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {months.toReversed().map((one) => (
            <tr key={one.month}>
              <Td>{month.format(one.month)}</Td>
              <Td className="text-right tabular-nums">{one.incidents}</Td>
              {names.map((name) => (
                <Td key={name} className="text-right tabular-nums">
                  {formatMs(one[name], locale)}
                </Td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
      <p className="max-w-prose text-[12px] text-muted">{t('help')}</p>
    </section>
  );
}
