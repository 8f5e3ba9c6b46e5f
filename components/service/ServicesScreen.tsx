'use client';

/** The services that work with a cluster, and those that nobody has said anything of. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { ClusterViews } from '@/components/cluster/ClusterViews';
import { Failure, LoadingRows, StaleNote } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { useWindow } from '@/components/screen/use-window';
import { Button } from '@/components/ui/Button';
import { StatusMark } from '@/components/ui/StatusMark';
import { meOptions } from '@/lib/client/admin';
import { clusterOptions } from '@/lib/client/clusters';
import { changeService, servicesOptions } from '@/lib/client/services';
import { useRangeQuery } from '@/lib/client/use-address';
import type { ServiceBody } from '@/lib/contract';
import { describeServices } from './describe-service';
import { ScrapeList } from './ScrapeList';
import { SendHelp } from './SendHelp';
import { ServicesTable } from './ServicesTable';

export function ServicesScreen({ cluster, base }: { cluster: string; base: string }) {
  const t = useTranslations('service');
  const query = useRangeQuery();
  const queries = useQueryClient();
  const found = useQuery(clusterOptions(cluster));
  const answer = useQuery(servicesOptions(useWindow()));
  const me = useQuery(meOptions());
  const mapping = useMutation({
    mutationFn: (id: string) => changeService(id, { cluster }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['services'] }),
  });
  const all = answer.data?.services;
  const own = all?.filter((one) => one.cluster?.id === cluster) ?? [];
  const free = all?.filter((one) => one.cluster === null) ?? [];
  const error = found.error ?? answer.error;
  const edits = me.data?.role === 'editor' || me.data?.role === 'admin';
  const hrefOf = (service: ServiceBody) => `${base}/services/${service.id}${query}`;
  return (
    <Screen
      title={found.data ? t('title', { cluster: found.data.name }) : t('titleLoading')}
      lead={all && <Sentence services={own} />}
      above={<Link href={`${base}${query}`}>{found.data?.name ?? t('cluster')}</Link>}
    >
      <ClusterViews base={base} current="services" />
      {error && all && <StaleNote since={answer.dataUpdatedAt} error={error} />}
      {error && !all ? (
        <Failure title={t('titleLoading')} error={error} retry={() => void answer.refetch()} />
      ) : !all ? (
        <LoadingRows rows={4} />
      ) : (
        <>
          {own.length > 0 && (
            <ServicesTable caption={t('titleLoading')} services={own} hrefOf={hrefOf} />
          )}
          {own.length === 0 && <SendHelp />}
          <ScrapeList cluster={cluster} edits={edits} />
          {free.length > 0 && (
            <section className="flex flex-col gap-2">
              <h2 className="font-semibold text-[14px]">{t('unmapped')}</h2>
              <p className="text-[12px] text-muted">{t('unmappedWhy')}</p>
              {mapping.error && <Failure title={t('map')} error={mapping.error} />}
              <ServicesTable
                caption={t('unmapped')}
                services={free}
                hrefOf={hrefOf}
                {...(edits && {
                  actionOf: (service) => (
                    <Button
                      size="small"
                      disabled={mapping.isPending}
                      onClick={() => mapping.mutate(service.id)}
                    >
                      {t('map')}
                    </Button>
                  ),
                })}
              />
            </section>
          )}
        </>
      )}
    </Screen>
  );
}

function Sentence({ services }: { services: ServiceBody[] }) {
  const t = useTranslations('service.sentence');
  const said = describeServices(services);
  return (
    <span className="flex items-baseline gap-2">
      <StatusMark status={said.status} />
      <span>{t(said.code, { count: said.count, name: said.worst?.name ?? '' })}</span>
    </span>
  );
}
