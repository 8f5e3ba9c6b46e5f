'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import { meOptions } from '@/lib/client/admin';
import { removeReadPath } from '@/lib/client/reads';
import type { ReadPathBody } from '@/lib/contract';
import { formatMs } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';
import { NewReadDialog } from './NewReadDialog';

/** Which reads of services need which consistency, and who satisfies each now. */
export function ReadRegister(props: {
  cluster: string;
  reads: ReadPathBody[] | undefined;
  error: Error | null;
}) {
  const { cluster, reads, error } = props;
  const t = useTranslations('reads');
  const me = useQuery(meOptions());
  const [adding, setAdding] = useState(false);
  const mayChange = me.data !== undefined && me.data.role !== 'viewer';
  return (
    <div className="flex flex-col border-line border-t">
      <div className="flex flex-wrap items-center justify-between gap-2 px-3 py-2">
        <h3 className="font-medium text-[13px]">{t('register')}</h3>
        {mayChange && (
          <Button size="small" onClick={() => setAdding(true)}>
            {t('add')}
          </Button>
        )}
      </div>
      {error && !reads && <p className="px-3 pb-2 text-warning">{t('failed')}</p>}
      {reads?.length === 0 && <p className="px-3 pb-3 text-muted">{t('empty')}</p>}
      {reads && reads.length > 0 && (
        <Table caption={t('register')} stack>
          <thead>
            <tr>
              <Th>{t('column.service')}</Th>
              <Th>{t('column.read')}</Th>
              <Th>{t('column.needs')}</Th>
              <Th>{t('column.servedBy')}</Th>
              <Th>
                <span className="sr-only">{t('remove')}</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {reads.map((one) => (
              <Row key={one.id} read={one} cluster={cluster} mayChange={mayChange} />
            ))}
          </tbody>
        </Table>
      )}
      <NewReadDialog cluster={cluster} open={adding} onClose={() => setAdding(false)} />
    </div>
  );
}

function Row(props: { read: ReadPathBody; cluster: string; mayChange: boolean }) {
  const { read, cluster } = props;
  const t = useTranslations('reads');
  const locale = useLocale() as Locale;
  const queries = useQueryClient();
  const removing = useMutation({
    mutationFn: removeReadPath,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['cluster', cluster, 'reads'] }),
  });
  const lag = read.max_lag_ms === null ? '' : formatMs(read.max_lag_ms, locale);
  return (
    <Tr>
      <Td className="font-medium">
        <bdi>{read.service}</bdi>
      </Td>
      <Td label={t('column.read')}>
        <bdi>{read.name}</bdi>
      </Td>
      <Td label={t('column.needs')}>{t(`need.${read.consistency}`, { lag })}</Td>
      <Td label={t('column.servedBy')}>
        <span className="flex flex-wrap gap-1.5">
          {read.served_by.length === 0 && <Badge tone="critical">{t('nobody')}</Badge>}
          {read.served_by.map((one) => (
            <Badge key={one.instance} tone="ok">
              <bdi>{one.name}</bdi>
            </Badge>
          ))}
          {read.not_served_by.map((one) => (
            <Badge key={one.instance} title={t(`reason.${one.reason}`)}>
              <s>
                <bdi>{one.name}</bdi>
              </s>
              <span className="sr-only">{t(`reason.${one.reason}`)}</span>
            </Badge>
          ))}
        </span>
      </Td>
      <Td className="text-right">
        {props.mayChange && (
          <Button
            size="small"
            disabled={removing.isPending}
            aria-label={t('removeOf', { name: read.name })}
            onClick={() => removing.mutate(read.id)}
          >
            {t('remove')}
          </Button>
        )}
        {removing.error && (
          <p role="alert" className="text-critical">
            {t('removeFailed')}
          </p>
        )}
      </Td>
    </Tr>
  );
}
