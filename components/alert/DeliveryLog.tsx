'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { Ago } from '@/components/screen/Ago';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import { deliveriesOptions, replayDelivery } from '@/lib/client/alerts';
import type { Locale } from '@/lib/i18n/locale';

const tones = { sent: 'ok', waiting: 'unknown', dead: 'critical' } as const;

/** Every message with the answer of the other side; what was given up can be sent once more. */
export function DeliveryLog() {
  const t = useTranslations('alerts');
  const locale = useLocale() as Locale;
  const queries = useQueryClient();
  const deliveries = useQuery(deliveriesOptions()).data?.deliveries;
  const replaying = useMutation({
    mutationFn: replayDelivery,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['deliveries'] }),
  });
  if (!deliveries || deliveries.length === 0) return null;
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-semibold text-[14px]">{t('log.title')}</h2>
      <div className="rounded-md border border-line bg-raised">
        <Table stack caption={t('log.title')}>
          <thead>
            <tr>
              <Th>{t('log.message')}</Th>
              <Th>{t('log.channel')}</Th>
              <Th>{t('log.state')}</Th>
              <Th>{t('log.attempts')}</Th>
              <Th>{t('log.at')}</Th>
              <Th>
                <span className="sr-only">{t('log.replay')}</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {deliveries.map((one) => {
              const last = one.attempts.at(-1);
              return (
                <Tr key={one.id}>
                  <Td>
                    {[t(`log.kind.${one.message}`), one.says?.[locale], one.instance_name]
                      .filter(Boolean)
                      .join(' · ')}
                  </Td>
                  <Td label={t('log.channel')}>{one.channel_name}</Td>
                  <Td label={t('log.state')}>
                    <Badge tone={tones[one.state]}>{t(`log.is.${one.state}`)}</Badge>
                  </Td>
                  <Td label={t('log.attempts')} className="break-words">
                    {[one.attempts.length, last?.status, last?.answer].filter(Boolean).join(' · ')}
                  </Td>
                  <Td label={t('log.at')}>
                    <Ago at={one.created_at} />
                  </Td>
                  <Td className="text-right">
                    {one.state === 'dead' && (
                      <Button
                        size="small"
                        disabled={replaying.isPending}
                        onClick={() => replaying.mutate(one.id)}
                      >
                        {t('log.replay')}
                      </Button>
                    )}
                  </Td>
                </Tr>
              );
            })}
          </tbody>
        </Table>
      </div>
      {replaying.error && (
        <p role="alert" className="text-critical">
          {replaying.error.message}
        </p>
      )}
    </section>
  );
}
