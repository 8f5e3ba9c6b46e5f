'use client';

import { useTranslations } from 'next-intl';
import { Ago } from '@/components/screen/Ago';
import { Badge } from '@/components/ui/Badge';
import { CopyButton } from '@/components/ui/CopyButton';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { ServiceDetailBody } from '@/lib/contract';
import { useNumbers } from './use-numbers';

/** A few traces to look up where they are kept whole: here is only what they add up to. */
export function ServiceTraces({ service }: { service: ServiceDetailBody }) {
  const t = useTranslations('service');
  const numbers = useNumbers();
  if (service.traces.length === 0) return null;
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-semibold text-[14px]">{t('traces')}</h2>
      <p className="text-[12px] text-muted">{t('tracesWhy')}</p>
      <Table caption={t('traces')} stack className="rounded-md border border-line bg-raised">
        <thead>
          <tr>
            <Th>{t('column.at')}</Th>
            <Th className="w-full">{t('route')}</Th>
            <Th className="text-right">{t('column.duration')}</Th>
            <Th className="text-right">{t('column.database')}</Th>
            <Th className="text-right">{t('column.calls')}</Th>
            <Th>{t('column.trace')}</Th>
          </tr>
        </thead>
        <tbody>
          {service.traces.map((one) => (
            <Tr key={`${one.trace_id} ${one.span_id}`}>
              <Td label={t('column.at')}>
                <Ago at={one.at} />
              </Td>
              <Td label={t('route')}>
                <span className="flex items-center gap-2">
                  <bdi className="font-mono text-[12px]">{one.route}</bdi>
                  {one.failed && <Badge>{t('failed')}</Badge>}
                  {one.repeated_statement && <Badge>{t('times', { count: one.repeated })}</Badge>}
                </span>
              </Td>
              <Td
                label={t('column.duration')}
                className="whitespace-nowrap text-right tabular-nums"
              >
                {numbers.ms(one.duration_ms)}
              </Td>
              <Td
                label={t('column.database')}
                className="whitespace-nowrap text-right tabular-nums"
              >
                {numbers.ms(one.database_ms)}
              </Td>
              <Td label={t('column.calls')} className="text-right tabular-nums">
                {numbers.count(one.calls)}
              </Td>
              <Td label={t('column.trace')} className="whitespace-nowrap">
                <span className="mr-2 font-mono text-[12px]">{one.trace_id.slice(0, 8)}</span>
                <CopyButton text={one.trace_id} />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </section>
  );
}
