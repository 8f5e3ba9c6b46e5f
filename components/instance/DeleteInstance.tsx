'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { visibleText } from '@/components/statement/sql-tokens';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { deleteInstance } from '@/lib/client/instances';
import type { InstanceBody } from '@/lib/contract';

/** What is recorded goes with the instance, so its name has to be typed. */
export function DeleteInstance(props: {
  instance: InstanceBody;
  open: boolean;
  onClose: () => void;
}) {
  const { instance, open, onClose } = props;
  const t = useTranslations('instances.remove');
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const removing = useMutation({
    mutationFn: () => deleteInstance(instance.id),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries();
    },
  });
  return (
    <Dialog
      open={open}
      title={t('title', { name: visibleText(instance.name) })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            variant="danger"
            disabled={typed.trim() !== instance.name || removing.isPending}
            onClick={() => removing.mutate()}
          >
            {removing.isPending ? t('busy') : t('confirm')}
          </Button>
        </>
      }
    >
      <p className="mb-3">{t('body')}</p>
      <Field
        label={t('type')}
        error={removing.error ? `${t('failed')}: ${removing.error.message}` : undefined}
      >
        <Input
          value={typed}
          placeholder={instance.name}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
        />
      </Field>
    </Dialog>
  );
}
