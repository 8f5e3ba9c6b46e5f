'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input, Select } from '@/components/ui/Input';
import { CallError } from '@/lib/client/call';
import { addReadPath } from '@/lib/client/reads';
import type { Consistency } from '@/lib/contract';

const choices = ['strong', 'session', 'eventual'] as const satisfies readonly Consistency[];

/** Registers a screen or a read with what it needs. */
export function NewReadDialog(props: { cluster: string; open: boolean; onClose: () => void }) {
  const { cluster, open } = props;
  const t = useTranslations('reads');
  const queries = useQueryClient();
  const [service, setService] = useState('');
  const [name, setName] = useState('');
  const [consistency, setConsistency] = useState<(typeof choices)[number]>('eventual');
  const [seconds, setSeconds] = useState('5');
  const adding = useMutation({
    mutationFn: () =>
      addReadPath(cluster, {
        service: service.trim(),
        name: name.trim(),
        consistency,
        max_lag_ms: consistency === 'strong' ? null : Math.round(Number(seconds) * 1000),
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['cluster', cluster, 'reads'] });
      setName('');
      close();
    },
  });
  const fields = adding.error instanceof CallError ? adding.error.fields : {};

  function close() {
    adding.reset();
    props.onClose();
  }

  return (
    <Dialog
      open={open}
      title={t('add')}
      onClose={close}
      footer={
        <>
          <Button onClick={close}>{t('cancel')}</Button>
          <Button
            variant="primary"
            disabled={service.trim() === '' || name.trim() === '' || adding.isPending}
            onClick={() => adding.mutate()}
          >
            {t('add')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label={t('column.service')} error={fields.service}>
          <Input
            value={service}
            maxLength={63}
            onChange={(event) => setService(event.target.value)}
          />
        </Field>
        <Field label={t('column.read')} hint={t('readHint')} error={fields.name}>
          <Input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={t('consistency')} hint={t(`hint.${consistency}`)} error={fields.consistency}>
          <Select
            value={consistency}
            onChange={(event) =>
              setConsistency(choices.find((one) => one === event.target.value) ?? 'strong')
            }
          >
            {choices.map((one) => (
              <option key={one} value={one}>
                {t(`choice.${one}`)}
              </option>
            ))}
          </Select>
        </Field>
        {consistency !== 'strong' && (
          <Field label={t(`seconds.${consistency}`)} error={fields.max_lag_ms}>
            <Input
              inputMode="decimal"
              value={seconds}
              maxLength={9}
              onChange={(event) => setSeconds(event.target.value)}
            />
          </Field>
        )}
        {adding.error && Object.keys(fields).length === 0 && (
          <p role="alert" className="text-critical">
            {t('addFailed')}: {adding.error.message}
          </p>
        )}
      </div>
    </Dialog>
  );
}
