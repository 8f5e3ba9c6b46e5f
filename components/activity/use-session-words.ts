'use client';

import { useLocale, useTranslations } from 'next-intl';
import { visibleText } from '@/components/statement/sql-tokens';
import type { SessionBody } from '@/lib/contract';
import { formatMs } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

const STATES = ['active', 'idle', 'idle in transaction', 'idle in transaction (aborted)'] as const;
const KEYS = {
  active: 'active',
  idle: 'idle',
  'idle in transaction': 'idleInTransaction',
  'idle in transaction (aborted)': 'aborted',
} as const;

/** What is said of sessions, with text of the database made visible. */
export function useSessionWords() {
  const t = useTranslations('activity');
  const locale = useLocale() as Locale;
  return {
    /** `orders_api, app@shop (pid 4711)` */
    who(session: SessionBody): string {
      const login = [session.user, session.database].filter((one) => one !== null).join('@');
      const name = [session.application, login || session.kind].filter(Boolean).join(', ');
      return t('who', { name: visibleText(name), pid: String(session.pid) });
    },
    state(session: SessionBody): string {
      if (session.state === null) return session.kind === 'client' ? t('state.hidden') : '';
      const known = STATES.find((one) => one === session.state);
      return known ? t(`state.${KEYS[known]}`) : visibleText(session.state);
    },
    age: (ms: number | null) => (ms === null ? '—' : formatMs(Math.max(0, Math.round(ms)), locale)),
  };
}
