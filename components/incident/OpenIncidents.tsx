'use client';

/** Incidents that are open, above everything else; nothing while there is none. */
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { incidentsOptions } from '@/lib/client/incidents';
import { IncidentLine } from './IncidentsScreen';

export function OpenIncidents({ cluster }: { cluster?: string }) {
  const t = useTranslations('incident');
  const { data } = useQuery(incidentsOptions({ state: 'open', ...(cluster ? { cluster } : {}) }));
  if (!data || data.incidents.length === 0) return null;
  return (
    <section aria-label={t('sentence', { count: data.incidents.length })}>
      <ul className="flex flex-col gap-2">
        {data.incidents.map((one) => (
          <IncidentLine key={one.id} incident={one} />
        ))}
      </ul>
    </section>
  );
}
