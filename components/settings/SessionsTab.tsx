'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Ago } from '@/components/screen/Ago';
import { Failure, LoadingRows } from '@/components/screen/Faces';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import { endSession, meOptions } from '@/lib/client/admin';
import { describeDevice } from './describe-device';

/** Where one is signed in; any other session can be ended. */
export function SessionsTab() {
  const t = useTranslations('settings.sessions');
  const queries = useQueryClient();
  const query = useQuery(meOptions());
  const ending = useMutation({
    mutationFn: (ids: readonly string[]) => Promise.all(ids.map((id) => endSession(id))),
    onSettled: () => queries.invalidateQueries({ queryKey: ['me'] }),
  });
  const sessions = [...(query.data?.sessions ?? [])].sort(
    (a, b) => Number(b.current) - Number(a.current) || b.last_seen - a.last_seen,
  );
  const others = sessions.filter(({ current }) => !current).map(({ id }) => id);
  return (
    <section className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <p className="max-w-prose text-muted leading-relaxed">{t('lead')}</p>
        {others.length > 0 && (
          <Button disabled={ending.isPending} onClick={() => ending.mutate(others)}>
            {t('endOthers')}
          </Button>
        )}
      </div>
      {ending.error && (
        <p role="alert" className="text-critical">
          {t('endFailed')}: {ending.error.message}
        </p>
      )}
      {query.error && !query.data && (
        <Failure title={t('error')} error={query.error} retry={() => void query.refetch()} />
      )}
      {!query.error && !query.data && <LoadingRows rows={2} />}
      {sessions.length > 0 && (
        <div className="rounded-md border border-line bg-raised">
          <Table stack caption={t('lead')}>
            <thead>
              <tr>
                <Th>{t('column.device')}</Th>
                <Th>{t('column.ip')}</Th>
                <Th>{t('column.created')}</Th>
                <Th>{t('column.lastSeen')}</Th>
                <Th>
                  <span className="sr-only">{t('end')}</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {sessions.map((session) => {
                const device = describeDevice(session.user_agent) ?? t('unknownDevice');
                return (
                  <Tr key={session.id}>
                    <Td className="font-medium">
                      {device} {session.current && <Badge tone="accent">{t('current')}</Badge>}
                    </Td>
                    <Td label={t('column.ip')} className="font-mono text-[12px]">
                      {session.ip ?? '—'}
                    </Td>
                    <Td label={t('column.created')}>
                      <Ago at={session.created_at} />
                    </Td>
                    <Td label={t('column.lastSeen')}>
                      <Ago at={session.last_seen} />
                    </Td>
                    <Td className="text-right">
                      {!session.current && (
                        <Button
                          size="small"
                          disabled={ending.isPending}
                          aria-label={t('endOf', { device })}
                          onClick={() => ending.mutate([session.id])}
                        >
                          {t('end')}
                        </Button>
                      )}
                    </Td>
                  </Tr>
                );
              })}
            </tbody>
          </Table>
        </div>
      )}
      {sessions.length === 1 && <p className="text-muted">{t('onlyThis')}</p>}
    </section>
  );
}
