'use client';

/** One service: what it served, where the time went, which statements it ran, how its objectives stand. */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Ago } from '@/components/screen/Ago';
import { Failure, LoadingRows, StaleNote } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { useWindow } from '@/components/screen/use-window';
import { StatusMark } from '@/components/ui/StatusMark';
import { meOptions } from '@/lib/client/admin';
import { serviceOptions } from '@/lib/client/services';
import { useRangeQuery } from '@/lib/client/use-address';
import type { ServiceDetailBody } from '@/lib/contract';
import { BudgetPanel } from './BudgetPanel';
import { serviceStatus } from './describe-service';
import { ObjectivesPanel } from './ObjectivesPanel';
import { RoutesTable } from './RoutesTable';
import { ServiceCharts } from './ServiceCharts';
import { ServiceStatements } from './ServiceStatements';
import { ServiceTraces } from './ServiceTraces';
import { useNumbers } from './use-numbers';

export function ServiceScreen({ service: id, base }: { service: string; base: string }) {
  const t = useTranslations('service');
  const query = useRangeQuery();
  const window = useWindow();
  const answer = useQuery(serviceOptions(id, window));
  const me = useQuery(meOptions());
  const service = answer.data;
  const edits = me.data?.role === 'editor' || me.data?.role === 'admin';
  return (
    <Screen
      title={service ? <bdi>{service.name}</bdi> : t('service')}
      lead={service && <Sentence service={service} />}
      above={<Link href={`${base}/services${query}`}>{t('titleLoading')}</Link>}
    >
      {answer.error && service && <StaleNote since={answer.dataUpdatedAt} error={answer.error} />}
      {answer.error && !service ? (
        <Failure title={t('service')} error={answer.error} retry={() => void answer.refetch()} />
      ) : !service ? (
        <LoadingRows rows={8} />
      ) : (
        <>
          <p className="text-[12px] text-muted">
            {t(`source.${service.source ?? 'none'}`)} {t('heard')} <Ago at={service.last_seen} />
          </p>
          <ServiceCharts service={service} window={window} />
          <div className="grid gap-4 lg:grid-cols-2">
            <BudgetPanel service={service} edits={edits} />
            <ObjectivesPanel service={service} edits={edits} />
          </div>
          <RoutesTable service={service} />
          <ServiceStatements
            service={service}
            hrefOf={(statement) => `${base}/statements/${encodeURIComponent(statement)}${query}`}
          />
          <ServiceTraces service={service} />
        </>
      )}
    </Screen>
  );
}

function Sentence({ service }: { service: ServiceDetailBody }) {
  const t = useTranslations('service.lead');
  const numbers = useNumbers();
  const repeated = service.statements.filter((one) => one.repeated_requests > 0);
  return (
    <span className="flex items-baseline gap-2">
      <StatusMark status={serviceStatus(service)} />
      <span>
        {service.requests === null
          ? t('unknown')
          : t('served', {
              requests: numbers.perSecond(service.requests_per_s),
              errors: numbers.ratio(service.error_rate),
              p95: numbers.ms(service.p95_ms),
            })}{' '}
        {repeated[0] && t('repeated', { route: repeated[0].route, most: repeated[0].most })}
      </span>
    </span>
  );
}
