'use client';

import { signIn } from 'next-auth/react';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { AuthCard } from './AuthCard';

type Answer = { email?: string; error?: { message: string } };

/** The first administrator gives an address and a password; an invited user the password alone. */
export function WelcomeForm() {
  const t = useTranslations('signIn');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const email = String(given.get('email')).trim();
    const password = String(given.get('password'));
    setBusy(true);
    setProblem(null);
    const response = await fetch('/api/welcome', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        token: window.location.hash.slice(1),
        password,
        ...(email && { email }),
      }),
    }).catch(() => null);
    const answer = (await response?.json().catch(() => null)) as Answer | null;
    if (response?.ok && answer?.email) {
      await signIn('credentials', { redirect: false, email: answer.email, password });
      window.location.assign('/');
      return;
    }
    setBusy(false);
    setProblem(answer?.error?.message ?? t('unreachable'));
  }

  return (
    <AuthCard title={t('welcome')}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <p className="text-muted">{t('welcomeBody')}</p>
        <Field label={t('email')} hint={t('emailHint')}>
          <Input name="email" type="email" autoComplete="username" />
        </Field>
        <Field label={t('newPassword')} hint={t('passwordHint')}>
          <Input
            name="password"
            type="password"
            autoComplete="new-password"
            minLength={12}
            required
          />
        </Field>
        <p role="alert" className="min-h-5 text-critical">
          {problem}
        </p>
        <Button type="submit" variant="primary" disabled={busy}>
          {t('create')}
        </Button>
      </form>
    </AuthCard>
  );
}
