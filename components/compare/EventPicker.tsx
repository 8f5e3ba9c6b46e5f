'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { Segments } from '@/components/instance/Segments';
import { useMarks } from '@/components/screen/use-marks';
import { useWindow } from '@/components/screen/use-window';
import { visibleText } from '@/components/statement/sql-tokens';
import { Select } from '@/components/ui/Input';
import { eventsOptions } from '@/lib/client/clusters';
import { type Width, widths } from './windows';

const week = 604_800_000;

/** Which mark is looked at, and how much of the time around it. */
export function EventPicker(props: {
  cluster: string;
  instances: readonly { id: string; name: string }[];
  event: string | null;
  width: Width;
  onChange: (changes: Record<string, string | null>) => void;
}) {
  const { cluster, instances, event, width, onChange } = props;
  const t = useTranslations('compare');
  const { to } = useWindow();
  // A week back, in whole minutes, so that the list is not read anew each second.
  const range = useMemo(() => {
    const end = Math.ceil(to / 60_000) * 60_000;
    return { from: end - week, to: end };
  }, [to]);
  const events = useQuery(eventsOptions({ cluster, ...range }));
  const marks = useMarks(events.data?.events, instances);
  return (
    <>
      <Select
        aria-label={t('event')}
        value={event ?? ''}
        onChange={({ target }) => onChange({ event: target.value || null, with: 'event' })}
        className="max-w-96"
      >
        <option value="">
          {events.data?.events.length === 0 ? t('noEvents') : t('chooseEvent')}
        </option>
        {events.data?.events.map((one, index) => (
          <option key={one.id} value={one.id}>
            {visibleText(marks[index]?.text ?? one.text)}
          </option>
        ))}
        {event !== null && !events.data?.events.some(({ id }) => id === event) && (
          <option value={event}>{t('eventNumber', { id: event })}</option>
        )}
      </Select>
      <Segments
        label={t('width')}
        value={width}
        options={(Object.keys(widths) as Width[]).map((one) => [one, t(`widths.${one}`)] as const)}
        onChange={(one) => onChange({ width: one === '1h' ? null : one })}
      />
    </>
  );
}
