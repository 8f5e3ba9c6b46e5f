'use client';

import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { ChartView } from '@/components/chart/ChartView';
import { prepareLines } from '@/lib/chart/prepare-lines';
import type { ChartMark } from '@/lib/chart/prepare-marks';
import type { StatementDetailBody } from '@/lib/contract';
import { formatQuantity, type Quantity } from '@/lib/format/quantity';
import { formatClock } from '@/lib/format/time';
import type { Locale } from '@/lib/i18n/locale';

const HEIGHT = 130;

type Point = StatementDetailBody['series']['points'][number];

const CHARTS: readonly {
  title: 'calls' | 'mean' | 'total' | 'rows' | 'blocks';
  of: (point: Point) => number | null;
  quantity: Quantity;
}[] = [
  { title: 'mean', of: (p) => p.mean_ms, quantity: { unit: 'ms' } },
  { title: 'calls', of: (p) => p.calls_per_s, quantity: { unit: 'count', perSecond: true } },
  { title: 'total', of: (p) => p.total_ms_per_s, quantity: { unit: 'ms', perSecond: true } },
  { title: 'rows', of: (p) => p.rows_per_s, quantity: { unit: 'count', perSecond: true } },
  {
    title: 'blocks',
    of: (p) => p.blocks_read_per_s,
    quantity: { unit: 'blocks', perSecond: true },
  },
];

type StatementChartsProps = {
  series: StatementDetailBody['series'];
  window: { from: number; to: number };
  partial: StatementDetailBody['partial'];
  /** Events of the window. */
  events: readonly ChartMark[];
};

/** What the statement did over the window: a chart per figure, one crosshair for all; where numbers are lower bounds is marked. */
export function StatementCharts({ series, window, partial, events }: StatementChartsProps) {
  const t = useTranslations('statement.chart');
  return (
    <section className="rounded-md border border-line bg-raised p-4">
      <h2 className="mb-3 font-semibold text-[14px]">{t('title')}</h2>
      {series.points.length === 0 ? (
        <p className="text-muted">{t('empty')}</p>
      ) : (
        <div className="grid gap-x-6 gap-y-4 sm:grid-cols-2 2xl:grid-cols-3">
          {CHARTS.map((chart) => (
            <StatementChart
              key={chart.title}
              {...chart}
              series={series}
              window={window}
              partial={partial}
              events={events}
            />
          ))}
        </div>
      )}
    </section>
  );
}

function StatementChart(props: StatementChartsProps & (typeof CHARTS)[number]) {
  const { series, window, partial, events, title, of, quantity } = props;
  const t = useTranslations('statement.chart');
  const tPartial = useTranslations('statements.partial');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  const chart = useMemo(
    () =>
      prepareLines({
        series: [
          { identity: '', name: title, points: series.points.map((p) => [p.at, of(p)] as const) },
        ],
        stepMs: series.step_ms,
        quantity,
      }),
    [series, title, of, quantity],
  );
  const format = (value: number | null) => formatQuantity(value, quantity, locale);
  const marks = useMemo(
    () => [
      ...events,
      ...partial.map((one) => ({
        at: one.to,
        text: `${formatClock(one.to, locale, zone)} ${tPartial('title')}`,
      })),
    ],
    [events, partial, locale, zone, tPartial],
  );
  return (
    <figure className="min-w-0">
      <figcaption className="flex items-baseline justify-between gap-2 text-[12px]">
        <span className="text-muted">{t(title)}</span>
        <span className="font-medium tabular-nums">{format(chart.lines[0]?.last ?? null)}</span>
      </figcaption>
      <ChartView title={t(title)} chart={chart} window={window} height={HEIGHT} marks={marks} />
    </figure>
  );
}
