'use client';

/** One panel of a metric's definition, with its five faces: first load, data, empty, stale, unavailable. */
import { useQueries } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useMemo } from 'react';
import { ChartView } from '@/components/chart/ChartView';
import { Legend } from '@/components/chart/Legend';
import { Ago } from '@/components/screen/Ago';
import { SqlToRun } from '@/components/statement/SqlToRun';
import { StatusMark } from '@/components/ui/StatusMark';
import { prepareLines } from '@/lib/chart/prepare-lines';
import type { ChartMark } from '@/lib/chart/prepare-marks';
import { seriesOptions } from '@/lib/client/clusters';
import type { CatalogMetric, SeriesBody } from '@/lib/contract';
import { formatQuantity, type Quantity } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';
import { useKept } from './use-kept';

const height = 150;

type MetricPanelProps = {
  metric: CatalogMetric;
  panel: CatalogMetric['panels'][number];
  instances: readonly { id: string; name: string }[];
  window: { from: number; to: number };
  marks: readonly ChartMark[];
};

export function MetricPanel({ metric, panel, instances, window, marks }: MetricPanelProps) {
  const t = useTranslations('shell.panel');
  const locale = useLocale() as Locale;
  const columns = panel.limit ? [...panel.y, panel.limit] : panel.y;
  const answers = useQueries({
    queries: columns.map((column) =>
      seriesOptions({
        instances: instances.map((one) => one.id),
        metric: metric.id,
        column,
        ...window,
        points: 180,
        ...(panel.where && { labels: panel.where }),
      }),
    ),
  });
  const bodies = useKept(
    answers.map((one) => one.data),
    instances.map((one) => one.id).join(),
  );
  const drawn = bodies.slice(0, panel.y.length);
  const limit = panel.limit ? limitOf(bodies.at(-1)) : null;
  const first = metric.columns.find((one) => one.name === panel.y[0]);
  const quantity = useMemo<Quantity>(
    () => ({
      unit: (first?.unit ?? 'count') as Quantity['unit'],
      perSecond: first?.kind === 'counter',
    }),
    [first],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the bodies change when their data does
  const chart = useMemo(
    () =>
      prepareLines({
        series: drawn.flatMap((body) =>
          body ? seriesOf(body, panel, instances, metric, locale) : [],
        ),
        stepMs: Math.max(0, ...drawn.map((body) => body?.step_ms ?? 0)),
        quantity,
        limit,
        othersName: t('others', { count: 2 }),
        stacked: panel.show === 'stacked',
      }),
    [...bodies, locale, limit],
  );
  const format = useCallback(
    (value: number | null) => formatQuantity(value, quantity, locale),
    [quantity, locale],
  );
  const error = answers.find((one) => one.error)?.error;
  const health = drawn[0]?.health ?? [];
  const broken = health.find((one) => one.error !== null);
  const loading = answers.some((one, index) => one.isPending && !bodies[index]);
  const empty = !chart.rows.some((row) => chart.lines.some((line) => row[line.key] != null));
  const newest = Math.max(0, ...health.map((one) => one.last_success ?? 0));
  const stale = (error || broken) && !empty && newest > 0;
  const fix = broken?.missing.map((one) => one.fix_sql).find((sql) => sql !== null);

  return (
    <figure className="flex min-w-0 flex-col gap-1 rounded-md border border-line bg-raised p-3">
      <figcaption className="flex items-baseline justify-between gap-2">
        <span className="truncate font-medium" title={metric.help[locale]}>
          {panel.title[locale]}
        </span>
        {stale && (
          <span className="flex items-center gap-1 text-[12px] text-warning">
            <StatusMark status="warning" silent /> <Ago at={newest} />
          </span>
        )}
      </figcaption>
      <div style={{ height }} className={stale ? 'opacity-50' : ''}>
        {loading ? (
          <div data-skeleton className="h-full animate-pulse rounded-md bg-sunken" />
        ) : empty ? (
          <Face
            title={
              broken
                ? t('unavailable')
                : error
                  ? t('failed', { reason: error.message })
                  : t('empty')
            }
            detail={broken?.error?.message ?? null}
            fix={fix ?? null}
          />
        ) : (
          <ChartView
            title={panel.title[locale]}
            chart={chart}
            window={window}
            height={height}
            limit={limit}
            marks={marks}
          />
        )}
      </div>
      {empty ? <div className="min-h-5" /> : <Legend chart={chart} format={format} />}
    </figure>
  );
}

function Face({
  title,
  detail,
  fix,
}: {
  title: string;
  detail: string | null;
  fix: string | null;
}) {
  return (
    <div className="flex h-full flex-col justify-center gap-1 overflow-auto rounded-md border border-line border-dashed p-3 text-muted">
      <p className="flex items-center gap-1.5">
        <StatusMark status="unknown" silent />
        {title}
      </p>
      {detail && <p className="text-[12px]">{detail}</p>}
      {fix && <SqlToRun sql={fix} />}
    </div>
  );
}

const limitOf = (body: SeriesBody | undefined) =>
  body?.series[0]?.points.findLast(([, value]) => value !== null)?.[1] ?? null;

function seriesOf(
  body: SeriesBody,
  panel: CatalogMetric['panels'][number],
  instances: readonly { id: string; name: string }[],
  metric: CatalogMetric,
  locale: Locale,
) {
  const column = metric.columns.find((one) => one.name === body.column);
  return body.series.map((line) => {
    const instance = instances.find((one) => one.id === line.instance)?.name ?? line.instance;
    const label = panel.by
      ? (line.labels[panel.by] ?? '')
      : Object.values(line.labels).filter(Boolean).join(' ');
    const parts = [
      panel.y.length > 1 ? (column?.help?.[locale] ?? body.column) : null,
      label || null,
      instances.length > 1 || (!label && panel.y.length === 1) ? instance : null,
    ].filter((part) => part !== null);
    return {
      // The column only where columns meet: the same server is to look the same on every chart.
      identity: [instance, label, panel.y.length > 1 ? body.column : ''].filter(Boolean).join(' '),
      name: parts.join(' · '),
      points: line.points,
    };
  });
}
