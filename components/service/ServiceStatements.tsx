'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { SqlText } from '@/components/statement/SqlText';
import { Badge } from '@/components/ui/Badge';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { ServiceDetailBody } from '@/lib/contract';
import { useNumbers } from './use-numbers';

/** Which statements the traced requests ran, where from, and which of them once per row of something. */
export function ServiceStatements(props: {
  service: ServiceDetailBody;
  hrefOf: (statement: string) => string;
}) {
  const t = useTranslations('service');
  const numbers = useNumbers();
  const { statements } = props.service;
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-semibold text-[14px]">{t('statements')}</h2>
      {statements.length === 0 ? (
        <p className="text-muted">{t('noStatements')}</p>
      ) : (
        <Table caption={t('statements')} stack className="rounded-md border border-line bg-raised">
          <thead>
            <tr>
              <Th className="w-full">{t('statement')}</Th>
              <Th>{t('route')}</Th>
              {(['calls', 'perRequest', 'mean', 'total'] as const).map((name) => (
                <Th key={name} className="text-right">
                  {t(`column.${name}`)}
                </Th>
              ))}
            </tr>
          </thead>
          <tbody>
            {statements.map((one) => (
              <Tr key={`${one.id} ${one.route}`}>
                <Td className="max-w-0 max-sm:max-w-full">
                  <span className="flex min-w-0 items-center gap-2 text-[12px]">
                    {one.repeated_requests > 0 && (
                      <span
                        className="shrink-0"
                        title={t('repeated', { requests: one.repeated_requests, most: one.most })}
                      >
                        <Badge>N+1</Badge>
                      </span>
                    )}
                    {one.known ? (
                      <Link href={props.hrefOf(one.id)} className="truncate hover:text-accent">
                        <SqlText sql={one.text} most={200} />
                      </Link>
                    ) : (
                      <span className="truncate" title={t('statementUnknown')}>
                        <SqlText sql={one.text} most={200} />
                      </span>
                    )}
                  </span>
                </Td>
                <Td label={t('route')} className="whitespace-nowrap">
                  <bdi className="font-mono text-[12px]">{one.route}</bdi>
                </Td>
                <Td label={t('column.calls')} className="text-right tabular-nums">
                  {numbers.count(one.calls)}
                </Td>
                <Td label={t('column.perRequest')} className="text-right tabular-nums">
                  {numbers.decimal(one.calls_per_request)}
                </Td>
                <Td label={t('column.mean')} className="whitespace-nowrap text-right tabular-nums">
                  {numbers.ms(one.mean_ms)}
                </Td>
                <Td label={t('column.total')} className="whitespace-nowrap text-right tabular-nums">
                  {numbers.ms(one.total_ms)}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </section>
  );
}
