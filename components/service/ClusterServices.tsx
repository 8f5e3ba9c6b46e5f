'use client';

/** The application storey of a cluster: its services, and the charts of the busiest. */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useWindow } from '@/components/screen/use-window';
import { serviceOptions, servicesOptions } from '@/lib/client/services';
import { useRangeQuery } from '@/lib/client/use-address';
import { ServiceCharts } from './ServiceCharts';
import { ServicesTable } from './ServicesTable';

export function ClusterServices({ cluster }: { cluster: string }) {
  const t = useTranslations('service');
  const window = useWindow();
  const query = useRangeQuery();
  const base = `/clusters/${cluster}/services`;
  const { data } = useQuery(servicesOptions(window));
  const own = data?.services.filter((one) => one.cluster?.id === cluster) ?? [];
  const [busiest] = own;
  const detail = useQuery({
    ...serviceOptions(busiest?.id ?? '', window),
    enabled: busiest !== undefined,
  });
  if (!data) return null;
  if (busiest === undefined)
    return (
      <p className="text-[13px] text-muted">
        <Link href={`${base}${query}`} className="text-accent underline underline-offset-2">
          {t('noneYet')}
        </Link>
      </p>
    );
  return (
    <>
      <ServicesTable
        caption={t('titleLoading')}
        services={own}
        hrefOf={({ id }) => `${base}/${id}${query}`}
      />
      {detail.data && (
        <section aria-label={detail.data.name} className="flex flex-col gap-2">
          <h3 className="text-[13px] text-muted">
            <bdi>{detail.data.name}</bdi>
          </h3>
          <ServiceCharts service={detail.data} window={window} />
        </section>
      )}
    </>
  );
}
