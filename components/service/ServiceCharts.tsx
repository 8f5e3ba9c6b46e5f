'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useMemo } from 'react';
import { ChartView } from '@/components/chart/ChartView';
import { Legend } from '@/components/chart/Legend';
import { prepareLines } from '@/lib/chart/prepare-lines';
import type { ServiceDetailBody } from '@/lib/contract';
import { formatQuantity, type Quantity } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

const height = 150;
type Column = Exclude<keyof ServiceDetailBody['series'][number], 'at'>;
const charts: {
  name: 'requests' | 'errors' | 'durations' | 'database';
  columns: Column[];
  quantity: Quantity;
}[] = [
  { name: 'requests', columns: ['requests_per_s'], quantity: { unit: 'count', perSecond: true } },
  { name: 'errors', columns: ['error_rate'], quantity: { unit: 'ratio' } },
  { name: 'durations', columns: ['p50_ms', 'p95_ms', 'p99_ms'], quantity: { unit: 'ms' } },
  { name: 'database', columns: ['duration_ms', 'database_ms'], quantity: { unit: 'ms' } },
];

/** Requests, errors, percentiles and the database's part, on one axis of time. */
export function ServiceCharts(props: {
  service: ServiceDetailBody;
  window: { from: number; to: number };
}) {
  return (
    <div className="grid gap-3 md:grid-cols-2">
      {charts.map((chart) => (
        <OneChart key={chart.name} {...chart} {...props} />
      ))}
    </div>
  );
}

function OneChart(
  props: (typeof charts)[number] & {
    service: ServiceDetailBody;
    window: { from: number; to: number };
  },
) {
  const { name, columns, quantity, service, window } = props;
  const t = useTranslations('service');
  const locale = useLocale() as Locale;
  const chart = useMemo(
    () =>
      prepareLines({
        series: columns.map((column) => ({
          identity: columns.length > 1 ? column : '',
          name: t(`line.${column}`),
          points: service.series.map(
            (point) => [point.at, point[column]] as [number, number | null],
          ),
        })),
        stepMs: service.step_ms,
        quantity,
      }),
    [columns, quantity, service, t],
  );
  const format = useCallback(
    (value: number | null) => formatQuantity(value, quantity, locale),
    [quantity, locale],
  );
  return (
    <figure className="flex min-w-0 flex-col gap-1 rounded-md border border-line bg-raised p-3">
      <figcaption className="font-medium">{t(`chart.${name}`)}</figcaption>
      <div style={{ height }}>
        {chart.highest === null ? (
          <p className="grid h-full place-items-center text-muted">
            {t(name === 'database' ? 'noTraces' : 'nothing')}
          </p>
        ) : (
          <ChartView
            title={t(`chart.${name}`)}
            chart={chart}
            window={window}
            height={height}
            marks={[]}
          />
        )}
      </div>
      <Legend chart={chart} format={format} />
    </figure>
  );
}
