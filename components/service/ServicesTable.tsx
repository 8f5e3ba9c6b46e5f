'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Badge } from '@/components/ui/Badge';
import { StatusMark } from '@/components/ui/StatusMark';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import type { ServiceBody } from '@/lib/contract';
import { serviceStatus, worstObjective } from './describe-service';
import { ObjectiveName } from './ObjectiveName';
import { Percentile } from './Percentile';
import { useNumbers } from './use-numbers';

/** Services with what they served and how their worst objective stands. */
export function ServicesTable(props: {
  caption: string;
  services: readonly ServiceBody[];
  hrefOf: (service: ServiceBody) => string;
  actionOf?: (service: ServiceBody) => ReactNode;
}) {
  const t = useTranslations('service');
  const numbers = useNumbers();
  return (
    <Table caption={props.caption} stack className="rounded-md border border-line bg-raised">
      <thead>
        <tr>
          <Th className="w-full">{t('service')}</Th>
          {(['requests', 'errors', 'p95', 'database'] as const).map((name) => (
            <Th key={name} className="text-right">
              {t(`column.${name}`)}
            </Th>
          ))}
          <Th>{t('objective')}</Th>
          {props.actionOf && (
            <Th>
              <span className="sr-only">{t('map')}</span>
            </Th>
          )}
        </tr>
      </thead>
      <tbody>
        {props.services.map((service) => {
          const worst = worstObjective(service.objectives);
          const { parts } = service;
          return (
            <Tr key={service.id}>
              <Td>
                <span className="flex items-center gap-2">
                  <StatusMark status={serviceStatus(service)} />
                  <Link href={props.hrefOf(service)} className="font-medium hover:text-accent">
                    <bdi>{service.name}</bdi>
                  </Link>
                  {service.environment && <Badge>{service.environment}</Badge>}
                  {service.source === 'traces' && <Badge>{t('sampled')}</Badge>}
                </span>
              </Td>
              <Td label={t('column.requests')} className="text-right tabular-nums">
                {numbers.perSecond(service.requests_per_s)}
              </Td>
              <Td label={t('column.errors')} className="text-right tabular-nums">
                {numbers.ratio(service.error_rate)}
              </Td>
              <Td label={t('column.p95')} className="whitespace-nowrap text-right tabular-nums">
                <Percentile value={service.p95_ms} bounds={service.bounds.p95} />
              </Td>
              <Td label={t('column.database')} className="text-right tabular-nums">
                {numbers.ms(parts?.database_ms ?? null)}
              </Td>
              <Td label={t('objective')} className="whitespace-nowrap text-[12px]">
                {worst && <ObjectiveName objective={worst} />}
              </Td>
              {props.actionOf && <Td className="text-right">{props.actionOf(service)}</Td>}
            </Tr>
          );
        })}
      </tbody>
    </Table>
  );
}
