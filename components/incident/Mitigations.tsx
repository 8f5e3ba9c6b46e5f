'use client';

/** What was done against it, by whom, and what changed then. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Ago } from '@/components/screen/Ago';
import { visibleText } from '@/components/statement/sql-tokens';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input, Select } from '@/components/ui/Input';
import { addIncidentEvent, incidentOptions } from '@/lib/client/incidents';
import type { IncidentDetailBody } from '@/lib/contract';
import { formatQuantity, type Quantity } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';
import { mitigationName } from './mitigation-name';

const kinds = [
  ...(['cancel', 'terminate', 'fail_over', 'rate_limit', 'setting', 'roll_back'] as const),
  ...(['index', 'scale', 'other'] as const),
];

export function Mitigations({ incident }: { incident: IncidentDetailBody }) {
  const t = useTranslations('incident.mitigation');
  const [adding, setAdding] = useState(false);
  return (
    <section
      aria-label={t('title')}
      className="flex min-w-0 flex-col gap-3 rounded-md border border-line bg-raised p-3"
    >
      <div className="flex items-center justify-between gap-3">
        <h2 className="font-medium text-[14px]">{t('title')}</h2>
        <Button size="small" onClick={() => setAdding(true)} className="print:hidden">
          {t('add')}
        </Button>
      </div>
      {incident.mitigations.length === 0 && <p className="text-[13px] text-muted">{t('none')}</p>}
      <ul className="flex flex-col gap-2">
        {incident.mitigations.map((one) => (
          <Card key={one.id} mitigation={one} />
        ))}
      </ul>
      <MitigationDialog id={incident.id} open={adding} onClose={() => setAdding(false)} />
    </section>
  );
}

function Card({ mitigation }: { mitigation: IncidentDetailBody['mitigations'][number] }) {
  const t = useTranslations('incident.mitigation');
  const by = useTranslations('incident');
  const series = useTranslations('verdict.series');
  const locale = useLocale() as Locale;
  const { what, text, actor, at, effect } = mitigation;
  return (
    <li className="flex flex-col gap-1 border-line border-l-2 pl-3 text-[13px]">
      <span className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-medium">{t(mitigationName(what))}</span>
        <span className="min-w-0 break-words">{visibleText(text)}</span>
        <span className="text-[12px] text-muted">
          {by('by', { actor })} · <Ago at={at} clock />
        </span>
      </span>
      {effect === null ? (
        <span className="text-[12px] text-muted">{t('unknown')}</span>
      ) : effect.length === 0 ? (
        <span className="text-[12px] text-muted">{t('unchanged')}</span>
      ) : (
        <ul className="flex flex-wrap gap-x-4 text-[12px]">
          {effect.map((one) => {
            const quantity = { unit: one.unit as Quantity['unit'], perSecond: one.per_second };
            return (
              <li key={`${one.id} ${one.of}`}>
                {t('effect', {
                  what: series(one.id as 'load'),
                  of: one.of === null ? '' : ` (${visibleText(one.of)})`,
                  before: formatQuantity(one.before, quantity, locale),
                  after: formatQuantity(one.after, quantity, locale),
                })}
              </li>
            );
          })}
        </ul>
      )}
    </li>
  );
}

function MitigationDialog(props: { id: string; open: boolean; onClose: () => void }) {
  const t = useTranslations('incident');
  const queries = useQueryClient();
  const [kind, setKind] = useState<(typeof kinds)[number]>('rate_limit');
  const [text, setText] = useState('');
  const adding = useMutation({
    mutationFn: () =>
      addIncidentEvent(props.id, { kind: 'mitigation', mitigation: kind, text: text.trim() }),
    onSuccess: (changed) => {
      queries.setQueryData(incidentOptions(props.id).queryKey, changed);
      setText('');
      props.onClose();
    },
  });
  return (
    <Dialog
      open={props.open}
      title={t('mitigation.add')}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t('cancel')}</Button>
          <Button
            variant="primary"
            disabled={text.trim() === '' || adding.isPending}
            onClick={() => adding.mutate()}
          >
            {t('add')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label={t('field.what')}>
          <Select
            value={kind}
            onChange={(event) =>
              setKind(kinds.find((one) => one === event.target.value) ?? 'other')
            }
          >
            {kinds.map((one) => (
              <option key={one} value={one}>
                {t(`mitigation.${one}`)}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={t('field.text')} error={adding.error?.message}>
          <Input value={text} maxLength={1000} onChange={(event) => setText(event.target.value)} />
        </Field>
      </div>
    </Dialog>
  );
}
