'use client';

/** What people, servers and rules did, oldest first, and a line for one's own note. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { useState } from 'react';
import { visibleText } from '@/components/statement/sql-tokens';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { addIncidentEvent, incidentOptions } from '@/lib/client/incidents';
import type { IncidentDetailBody, TimelineBody } from '@/lib/contract';
import { formatClock, formatMoment } from '@/lib/format/time';
import type { Locale } from '@/lib/i18n/locale';
import type { Phase } from '@/lib/incident/phases';
import { mitigationName } from './mitigation-name';

export function Timeline({ incident }: { incident: IncidentDetailBody }) {
  const t = useTranslations('incident');
  return (
    <section
      aria-label={t('timeline')}
      className="flex min-w-0 flex-col gap-3 rounded-md border border-line bg-raised p-3"
    >
      <h2 className="font-medium text-[14px]">{t('timeline')}</h2>
      <ol className="flex flex-col gap-2">
        {incident.timeline.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </ol>
      <NoteForm id={incident.id} />
    </section>
  );
}

function Line({ line }: { line: TimelineBody }) {
  const t = useTranslations('incident');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  const { kind, what, text, actor, instance, at } = line;
  const person = actor !== null;
  const said =
    kind === 'phase'
      ? t(`phase.${what as Phase}`)
      : kind === 'mitigation' || kind === 'action'
        ? t(`mitigation.${mitigationName(what)}`)
        : kind === 'alert' || kind === 'event'
          ? what
          : '';
  return (
    <li className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-x-3 text-[13px]">
      <time
        dateTime={new Date(at).toISOString()}
        title={formatMoment(at, locale, zone)}
        className="text-muted tabular-nums"
      >
        {formatClock(at, locale, zone, true)}
      </time>
      <span className="flex min-w-0 flex-wrap items-baseline gap-x-2 gap-y-0.5">
        <Badge tone={person ? 'accent' : 'plain'}>{t(`kind.${kind}`)}</Badge>
        {said && <span>{said}</span>}
        {text && <span className="min-w-0 break-words">{visibleText(text)}</span>}
        {instance && <bdi className="text-muted">{instance}</bdi>}
        {person && <span className="text-[12px] text-muted">{t('by', { actor })}</span>}
      </span>
    </li>
  );
}

function NoteForm({ id }: { id: string }) {
  const t = useTranslations('incident');
  const queries = useQueryClient();
  const [text, setText] = useState('');
  const adding = useMutation({
    mutationFn: () => addIncidentEvent(id, { kind: 'note', text: text.trim() }),
    onSuccess: (changed) => {
      setText('');
      queries.setQueryData(incidentOptions(id).queryKey, changed);
    },
  });
  return (
    <form
      className="flex items-end gap-2 print:hidden"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') adding.mutate();
      }}
    >
      <Field label={t('field.note')} error={adding.error?.message} className="flex-1">
        <Input value={text} maxLength={1000} onChange={(event) => setText(event.target.value)} />
      </Field>
      <Button type="submit" disabled={text.trim() === '' || adding.isPending}>
        {t('add')}
      </Button>
    </form>
  );
}
