'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input, Select } from '@/components/ui/Input';
import { addSilence } from '@/lib/client/alerts';
import { CallError } from '@/lib/client/call';

const lengths = ['1', '4', '24', '168'] as const;

/** Hides messages for a time; states and the history go on. */
export function SilenceDialog(props: {
  open: boolean;
  rule?: string | undefined;
  instance?: { id: string; name: string } | undefined;
  onClose: () => void;
}) {
  const { rule, instance, onClose } = props;
  const t = useTranslations('alerts');
  const queries = useQueryClient();
  const [what, setWhat] = useState<'rule' | 'all'>('rule');
  const [hours, setHours] = useState<string>('1');
  const [reason, setReason] = useState('');
  const adding = useMutation({
    mutationFn: () =>
      addSilence({
        kind: what === 'rule' ? 'silence' : 'maintenance',
        ...(what === 'rule' && rule ? { rule } : {}),
        ...(instance ? { instance: instance.id } : {}),
        ends_at: Date.now() + Number(hours) * 3_600_000,
        reason: reason.trim(),
      }),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: ['silences'] });
      await queries.invalidateQueries({ queryKey: ['alerts'] });
    },
  });
  const fields = adding.error instanceof CallError ? adding.error.fields : {};
  return (
    <Dialog
      open={props.open}
      title={t('silence.new')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            variant="primary"
            disabled={reason.trim() === '' || adding.isPending}
            onClick={() => adding.mutate()}
          >
            {t('silence.add')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="text-muted">{t('silence.lead')}</p>
        <Field label={t('silence.what')}>
          <Select
            value={what}
            onChange={(event) => setWhat(event.target.value === 'all' ? 'all' : 'rule')}
          >
            <option value="rule">
              {t('silence.onlyRule', { instance: instance?.name ?? '' })}
            </option>
            <option value="all">{t('silence.whole', { instance: instance?.name ?? '' })}</option>
          </Select>
        </Field>
        <Field label={t('silence.length')} error={fields.ends_at}>
          <Select value={hours} onChange={(event) => setHours(event.target.value)}>
            {lengths.map((each) => (
              <option key={each} value={each}>
                {t('silence.hours', { hours: Number(each) })}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={t('silence.reason')} error={fields.reason}>
          <Input
            value={reason}
            maxLength={300}
            onChange={(event) => setReason(event.target.value)}
          />
        </Field>
        {adding.error && Object.keys(fields).length === 0 && (
          <p role="alert" className="text-critical">
            {adding.error.message}
          </p>
        )}
      </div>
    </Dialog>
  );
}
