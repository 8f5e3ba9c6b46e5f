'use client';

import { useTranslations } from 'next-intl';
import { ShareBar } from '@/components/statement/ShareBar';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { PartsBody, ServiceDetailBody } from '@/lib/contract';
import { Percentile } from './Percentile';
import { useNumbers } from './use-numbers';

/** The routes of a service, busiest first, with the part of their time that is the database's. */
export function RoutesTable({ service }: { service: ServiceDetailBody }) {
  const t = useTranslations('service');
  const numbers = useNumbers();
  if (service.routes.length === 0) return null;
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-semibold text-[14px]">{t('routes')}</h2>
      <Table caption={t('routes')} stack className="rounded-md border border-line bg-raised">
        <thead>
          <tr>
            <Th className="w-full">{t('route')}</Th>
            {(['requests', 'errors', 'p50', 'p95', 'p99'] as const).map((name) => (
              <Th key={name} className="text-right">
                {t(`column.${name}`)}
              </Th>
            ))}
            <Th className="min-w-40">{t('column.databaseShare')}</Th>
          </tr>
        </thead>
        <tbody>
          {service.routes.map((route) => (
            <Tr key={route.route}>
              <Td>
                <bdi className="font-mono text-[12px]">{route.route}</bdi>
              </Td>
              <Td label={t('column.requests')} className="text-right tabular-nums">
                {numbers.perSecond(route.requests_per_s)}
              </Td>
              <Td label={t('column.errors')} className="text-right tabular-nums">
                {numbers.ratio(route.error_rate)}
              </Td>
              {(['p50', 'p95', 'p99'] as const).map((name) => (
                <Td
                  key={name}
                  label={t(`column.${name}`)}
                  className="whitespace-nowrap text-right tabular-nums"
                >
                  <Percentile value={route[`${name}_ms`]} bounds={route.bounds[name]} />
                </Td>
              ))}
              <Td label={t('column.databaseShare')}>
                <ShareBar share={databaseShare(route.parts)} />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </section>
  );
}

function databaseShare(parts: PartsBody | null): number | null {
  if (!parts) return null;
  const all = parts.application_ms + parts.database_ms + (parts.network_ms ?? 0) + parts.other_ms;
  return all > 0 ? parts.database_ms / all : null;
}
