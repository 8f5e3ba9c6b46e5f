'use client';

import { signIn } from 'next-auth/react';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { AuthCard } from './AuthCard';

export function SignInForm() {
  const t = useTranslations('signIn');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    const answer = await signIn('credentials', {
      redirect: false,
      email: String(given.get('email')),
      password: String(given.get('password')),
    }).catch(() => undefined);
    if (answer?.ok) {
      window.location.assign('/');
      return;
    }
    setBusy(false);
    const seconds = /^wait (\d+)$/.exec(answer?.error ?? '')?.[1];
    setProblem(seconds ? t('wait', { seconds }) : answer ? t('wrong') : t('unreachable'));
  }

  return (
    <AuthCard title={t('title')}>
      {/* Sent before the page is alive, the fields must not end up in an address. */}
      <form method="post" onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t('email')}>
          <Input name="email" type="email" autoComplete="username" required autoFocus />
        </Field>
        <Field label={t('password')}>
          <Input name="password" type="password" autoComplete="current-password" required />
        </Field>
        <p role="alert" className="min-h-5 text-critical">
          {problem}
        </p>
        <Button type="submit" variant="primary" disabled={busy}>
          {t('submit')}
        </Button>
      </form>
    </AuthCard>
  );
}
