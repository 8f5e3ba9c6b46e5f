/** What is silenced now, and until when. */
'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Moment } from '@/components/screen/Ago';
import { Failure, LoadingRows } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import { endSilence, silencesOptions } from '@/lib/client/alerts';
import { AlertTabs } from './AlertTabs';

export function SilencesScreen() {
  const t = useTranslations('alerts');
  const queries = useQueryClient();
  const query = useQuery(silencesOptions());
  const ending = useMutation({
    mutationFn: endSilence,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['silences'] }),
  });
  const silences = query.data?.silences;
  return (
    <Screen title={t('tab.silences')} lead={t('silence.lead')}>
      <AlertTabs current="silences" />
      {query.error && !silences && (
        <Failure title={t('error')} error={query.error} retry={() => void query.refetch()} />
      )}
      {!query.error && !silences && <LoadingRows rows={3} />}
      {silences?.length === 0 && (
        <EmptyState title={t('silence.empty')}>{t('silence.emptyBody')}</EmptyState>
      )}
      {silences && silences.length > 0 && (
        <div className="rounded-md border border-line bg-raised">
          <Table stack caption={t('tab.silences')}>
            <thead>
              <tr>
                <Th>{t('silence.what')}</Th>
                <Th>{t('silence.reason')}</Th>
                <Th>{t('silence.by')}</Th>
                <Th>{t('silence.until')}</Th>
                <Th>
                  <span className="sr-only">{t('silence.end')}</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {silences.map((one) => (
                <Tr key={one.id} className={one.ends_at > Date.now() ? '' : 'text-muted'}>
                  <Td label={t('silence.what')}>
                    {[t(`silence.kind.${one.kind}`), one.cluster_name, one.instance_name, one.rule]
                      .filter(Boolean)
                      .join(' · ')}
                  </Td>
                  <Td label={t('silence.reason')}>{one.reason}</Td>
                  <Td label={t('silence.by')}>{one.created_by}</Td>
                  <Td label={t('silence.until')}>
                    <Moment at={one.ends_at} />
                  </Td>
                  <Td className="text-right">
                    {one.ends_at > Date.now() && (
                      <Button
                        size="small"
                        disabled={ending.isPending}
                        onClick={() => ending.mutate(one.id)}
                      >
                        {t('silence.end')}
                      </Button>
                    )}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </div>
      )}
      {ending.error && (
        <p role="alert" className="text-critical">
          {ending.error.message}
        </p>
      )}
    </Screen>
  );
}
