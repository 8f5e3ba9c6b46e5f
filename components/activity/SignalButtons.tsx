'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { SqlToRun } from '@/components/statement/SqlToRun';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { signalSession } from '@/lib/client/activity';
import { meOptions } from '@/lib/client/admin';
import type { SessionBody } from '@/lib/contract';
import { useSessionWords } from './use-session-words';

type Verb = 'cancel' | 'terminate';

/** Cancel and end, for operators, after saying what it costs. */
export function SignalButtons({ instance, session }: { instance: string; session: SessionBody }) {
  const t = useTranslations('activity.signal');
  const words = useSessionWords();
  const me = useQuery(meOptions());
  const queries = useQueryClient();
  const [verb, setVerb] = useState<Verb | null>(null);
  const signal = useMutation({
    mutationFn: (what: Verb) => signalSession(what, instance, session),
    onSuccess: async (answer) => {
      if (answer.status !== 'ok') return;
      setVerb(null);
      await queries.invalidateQueries({ queryKey: ['activity', instance] });
    },
  });
  if (session.kind !== 'client' || !me.data || me.data.role === 'viewer') return null;
  const answer = signal.data;
  const open = (what: Verb) => {
    signal.reset();
    setVerb(what);
  };
  return (
    <span className="flex flex-wrap gap-2">
      {session.state === 'active' && (
        <Button size="small" onClick={() => open('cancel')}>
          {t('cancel.button')}
        </Button>
      )}
      <Button size="small" onClick={() => open('terminate')}>
        {t('terminate.button')}
      </Button>
      <Dialog
        open={verb !== null}
        title={t(`${verb ?? 'cancel'}.title`, { who: words.who(session) })}
        onClose={() => setVerb(null)}
        footer={
          <>
            <Button onClick={() => setVerb(null)}>{t('leave')}</Button>
            <Button
              variant="danger"
              disabled={signal.isPending}
              onClick={() => verb && signal.mutate(verb)}
            >
              {t(signal.isPending ? 'busy' : `${verb ?? 'cancel'}.button`)}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-3">
          <p>{t(`${verb ?? 'cancel'}.cost`, { age: words.age(session.transaction_ms) })}</p>
          {session.rows_changed !== null && session.rows_changed > 0 && (
            <p>{t('changed', { count: session.rows_changed })}</p>
          )}
          {(signal.error || (answer && answer.status !== 'ok')) && (
            <div role="alert" className="flex flex-col gap-2 text-critical">
              <p>{signal.error?.message ?? (answer?.status !== 'ok' ? answer?.reason : '')}</p>
              {answer && answer.status !== 'ok' && answer.fix && <SqlToRun sql={answer.fix} />}
            </div>
          )}
        </div>
      </Dialog>
    </span>
  );
}
