'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { CodeBlock } from '@/components/ui/CodeBlock';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { createUser } from '@/lib/client/admin';
import { CallError } from '@/lib/client/call';
import type { Role } from '@/lib/contract';
import { ROLES, RoleSelect } from './RoleSelect';

/** Adds a user and shows, this once, the link with which they choose a password. */
export function NewUserDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations('settings');
  const queries = useQueryClient();
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const adding = useMutation({
    mutationFn: () => createUser({ email: email.trim(), name: name.trim(), role }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['users'] }),
  });
  const fields = adding.error instanceof CallError ? adding.error.fields : {};

  function close() {
    adding.reset();
    setEmail('');
    setName('');
    onClose();
  }

  if (adding.data)
    return (
      <Dialog
        open={open}
        title={adding.data.email}
        onClose={close}
        footer={
          <Button variant="primary" onClick={close}>
            {t('users.linkDone')}
          </Button>
        }
      >
        <p className="mb-2">{t('users.link')}</p>
        <CodeBlock code={new URL(adding.data.sign_in_path, window.location.href).href} />
      </Dialog>
    );
  return (
    <Dialog
      open={open}
      title={t('users.new')}
      onClose={close}
      footer={
        <>
          <Button onClick={close}>{t('cancel')}</Button>
          <Button
            variant="primary"
            disabled={email.trim() === '' || name.trim() === '' || adding.isPending}
            onClick={() => adding.mutate()}
          >
            {adding.isPending ? t('users.creating') : t('users.create')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label={t('users.email')} error={fields.email}>
          <Input
            type="email"
            value={email}
            maxLength={254}
            autoComplete="off"
            onChange={(event) => setEmail(event.target.value)}
          />
        </Field>
        <Field label={t('users.name')} error={fields.name}>
          <Input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={t('users.role')} hint={t(`roleHint.${role}`)} error={fields.role}>
          <RoleSelect value={role} roles={ROLES} onRole={setRole} />
        </Field>
        {adding.error && Object.keys(fields).length === 0 && (
          <p role="alert" className="text-critical">
            {t('users.createFailed')}: {adding.error.message}
          </p>
        )}
      </div>
    </Dialog>
  );
}
