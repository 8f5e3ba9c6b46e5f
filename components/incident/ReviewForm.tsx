'use client';

/** What happened and what is to change: written while it is fresh, exported when it is done. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button, buttonClass } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { Input, Textarea } from '@/components/ui/Input';
import { Switch } from '@/components/ui/Switch';
import { CallError } from '@/lib/client/call';
import { changeIncident, incidentOptions, reviewAddress } from '@/lib/client/incidents';
import type { IncidentDetailBody } from '@/lib/contract';
import type { Locale } from '@/lib/i18n/locale';
import type { Review, Task } from '@/lib/incident/review';

const parts = ['summary', 'impact', 'cause', 'went_well', 'went_badly'] as const;
const twoWeeksMs = 14 * 24 * 3_600_000;

export function ReviewForm({ incident }: { incident: IncidentDetailBody }) {
  const t = useTranslations('incident');
  const locale = useLocale() as Locale;
  const queries = useQueryClient();
  // What is being written is not replaced by what the server has; a new version of it is.
  const [draft, setDraft] = useState<Review | null>(null);
  const [base, setBase] = useState(incident.version);
  const review = draft ?? incident.review;
  const change = (patch: Partial<Review>) => {
    if (draft === null) setBase(incident.version);
    setDraft({ ...review, ...patch });
  };
  const saving = useMutation({
    mutationFn: () => changeIncident(incident.id, { review, version: base }),
    onSuccess: (changed) => {
      queries.setQueryData(incidentOptions(incident.id).queryKey, changed);
      void queries.invalidateQueries({ queryKey: ['incidents'] });
      setDraft(null);
    },
  });
  const conflict = saving.error instanceof CallError && saving.error.status === 409;
  const reread = () => {
    saving.reset();
    setDraft(null);
    void queries.invalidateQueries({ queryKey: ['incident', incident.id] });
  };
  return (
    <section
      aria-label={t('review.title')}
      className="flex flex-col gap-3 rounded-md border border-line bg-raised p-3"
    >
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="font-medium text-[14px]">{t('review.title')}</h2>
        <a
          href={reviewAddress(incident.id, locale)}
          download
          className={`${buttonClass('secondary', 'small')} print:hidden`}
        >
          {t('review.export')}
        </a>
      </div>
      <div className="grid gap-3 md:grid-cols-2">
        {parts.map((part) => (
          <Field
            key={part}
            label={t(`review.${part}`)}
            hint={
              part === 'summary'
                ? t('review.summaryHint')
                : part === 'cause'
                  ? t('review.causeHint')
                  : undefined
            }
            className={part === 'summary' ? 'md:col-span-2' : ''}
          >
            <Textarea
              rows={3}
              maxLength={8000}
              value={review[part]}
              onChange={(event) => change({ [part]: event.target.value })}
            />
          </Field>
        ))}
      </div>
      <Tasks tasks={review.tasks} onChange={(tasks) => change({ tasks })} />
      <div className="flex flex-wrap items-center gap-3 print:hidden">
        <Button
          variant="primary"
          disabled={draft === null || saving.isPending}
          onClick={() => saving.mutate()}
        >
          {t('save')}
        </Button>
        {saving.isSuccess && draft === null && <span role="status">{t('saved')}</span>}
        {saving.error && (
          <span role="alert" className="text-[13px] text-critical">
            {conflict ? t('review.changed') : saving.error.message}
          </span>
        )}
        {conflict && <Button onClick={reread}>{t('review.reread')}</Button>}
      </div>
    </section>
  );
}

function Tasks({ tasks, onChange }: { tasks: Task[]; onChange: (tasks: Task[]) => void }) {
  const t = useTranslations('incident');
  const change = (at: number, patch: Partial<Task>) =>
    onChange(tasks.map((one, i) => (i === at ? { ...one, ...patch } : one)));
  const due = () => new Date(Date.now() + twoWeeksMs).toISOString().slice(0, 10);
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="font-medium text-[13px]">{t('review.tasks')}</legend>
      {tasks.map((task, i) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: a task has no name of its own, and its place does not change
          key={i}
          className="grid items-end gap-2 sm:grid-cols-[minmax(0,1fr)_10rem_10rem_auto_auto]"
        >
          <Field label={t('field.task')}>
            <Input
              value={task.text}
              maxLength={300}
              onChange={(event) => change(i, { text: event.target.value })}
            />
          </Field>
          <Field label={t('field.owner')}>
            <Input
              value={task.owner}
              maxLength={100}
              onChange={(event) => change(i, { owner: event.target.value })}
            />
          </Field>
          <Field label={t('field.due')}>
            <Input
              type="date"
              value={task.due}
              onChange={(event) => change(i, { due: event.target.value })}
            />
          </Field>
          <Switch
            label={t('field.done')}
            checked={task.done}
            onChange={(done) => change(i, { done })}
          />
          <Button
            size="small"
            variant="quiet"
            onClick={() => onChange(tasks.filter((_, at) => at !== i))}
          >
            {t('remove')}
          </Button>
        </div>
      ))}
      <div>
        <Button
          size="small"
          disabled={tasks.length >= 50}
          onClick={() => onChange([...tasks, { text: '', owner: '', due: due(), done: false }])}
        >
          {t('add')}
        </Button>
      </div>
    </fieldset>
  );
}
