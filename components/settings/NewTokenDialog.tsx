'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { CodeBlock } from '@/components/ui/CodeBlock';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input, Select } from '@/components/ui/Input';
import { createToken } from '@/lib/client/admin';
import { CallError } from '@/lib/client/call';
import type { TokenRole } from '@/lib/contract';
import { RoleSelect, TOKEN_ROLES } from './RoleSelect';

const LIFETIMES = ['30', '90', '365', 'never'] as const;

/** Makes a token and shows it this once. */
export function NewTokenDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations('settings');
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<TokenRole>('viewer');
  const [lifetime, setLifetime] = useState<(typeof LIFETIMES)[number]>('90');
  const making = useMutation({
    mutationFn: () =>
      createToken({
        name: name.trim(),
        role,
        expires_days: lifetime === 'never' ? null : Number(lifetime),
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
  });
  const fields = making.error instanceof CallError ? making.error.fields : {};

  function close() {
    making.reset();
    setName('');
    onClose();
  }

  if (making.data)
    return (
      <Dialog
        open={open}
        title={making.data.name}
        onClose={close}
        footer={
          <Button variant="primary" onClick={close}>
            {t('tokens.done')}
          </Button>
        }
      >
        <p className="mb-2">{t('tokens.shownOnce')}</p>
        <CodeBlock code={making.data.token} copyLabel={t('tokens.copy')} />
      </Dialog>
    );
  return (
    <Dialog
      open={open}
      title={t('tokens.new')}
      onClose={close}
      footer={
        <>
          <Button onClick={close}>{t('cancel')}</Button>
          <Button
            variant="primary"
            disabled={name.trim() === '' || making.isPending}
            onClick={() => making.mutate()}
          >
            {making.isPending ? t('tokens.creating') : t('tokens.create')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label={t('tokens.name')} hint={t('tokens.nameHint')} error={fields.name}>
          <Input value={name} maxLength={63} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={t('tokens.role')} hint={t(`roleHint.${role}`)} error={fields.role}>
          <RoleSelect value={role} roles={TOKEN_ROLES} onRole={setRole} />
        </Field>
        <Field label={t('tokens.expires')} error={fields.expires_days}>
          <Select
            value={lifetime}
            onChange={(event) =>
              setLifetime(LIFETIMES.find((each) => each === event.target.value) ?? '90')
            }
          >
            {LIFETIMES.map((each) => (
              <option key={each} value={each}>
                {t(`tokens.expiresIn.${each}`)}
              </option>
            ))}
          </Select>
        </Field>
        {making.error && Object.keys(fields).length === 0 && (
          <p role="alert" className="text-critical">
            {t('tokens.createFailed')}: {making.error.message}
          </p>
        )}
      </div>
    </Dialog>
  );
}
