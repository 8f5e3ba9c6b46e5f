'use client';

/** A chart with what belongs to each: its sentence for those who do not see it, its values as a table, its marks, its zoom. */
import dynamic from 'next/dynamic';
import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { useCallback, useMemo, useState } from 'react';
import type { Chart } from '@/lib/chart/prepare-lines';
import { prepareTable } from '@/lib/chart/prepare-table';
import { useAddress } from '@/lib/client/use-address';
import { formatQuantity, formatScaled } from '@/lib/format/quantity';
import { formatClock, formatMoment, formatTick } from '@/lib/format/time';
import type { Locale } from '@/lib/i18n/locale';
import type { ChartMark } from './LineChart';

const LineChart = dynamic(() => import('./LineChart'), { ssr: false });

type ChartViewProps = {
  title: string;
  chart: Chart;
  window: { from: number; to: number };
  height: number;
  limit?: number | null;
  marks: readonly ChartMark[];
};

export function ChartView({ title, chart, window, height, limit = null, marks }: ChartViewProps) {
  const t = useTranslations('shell.panel');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  const { set } = useAddress();
  const [asTable, setAsTable] = useState(false);
  const span = window.to - window.from;
  const formatAxis = useCallback(
    (value: number) => (value === 0 ? '0' : formatScaled(value, chart.scale, locale)),
    [chart.scale, locale],
  );
  const formatValue = useCallback(
    (value: number | null) => formatQuantity(value, chart.quantity, locale),
    [chart.quantity, locale],
  );
  const formatAt = useCallback(
    (at: number) => formatTick(at, span, locale, zone),
    [span, locale, zone],
  );
  const formatLong = useCallback((at: number) => formatMoment(at, locale, zone), [locale, zone]);
  const zoom = useCallback(
    (from: number, to: number) =>
      set({ range: null, from: Math.round(from), to: Math.round(to) }, 'push'),
    [set],
  );
  const times = {
    title,
    from: formatClock(window.from, locale, zone),
    to: formatClock(window.to, locale, zone),
  };
  const newest = chart.lines.find((line) => line.last !== null);
  const sentence = newest
    ? t('sentence', {
        ...times,
        series: chart.lines.length,
        last: formatValue(newest.last),
        highest: formatValue(chart.highest),
      })
    : t('sentenceEmpty', times);
  return (
    <div className="group relative" style={{ height }}>
      <p className="sr-only">{sentence}</p>
      {asTable ? (
        <ValueTable title={title} chart={chart} formatAt={formatLong} formatValue={formatValue} />
      ) : (
        <LineChart
          chart={chart}
          from={window.from}
          to={window.to}
          height={height}
          limit={limit}
          marks={marks}
          formatAxis={formatAxis}
          formatValue={formatValue}
          formatTick={formatAt}
          formatMoment={formatLong}
          onZoom={zoom}
        />
      )}
      <button
        type="button"
        aria-pressed={asTable}
        title={t(asTable ? 'chart' : 'data')}
        aria-label={`${title}: ${t(asTable ? 'chart' : 'data')}`}
        onClick={() => setAsTable(!asTable)}
        className="absolute top-0 right-0 rounded-md border border-line-strong bg-raised px-1.5 text-[12px] text-muted opacity-0 transition-opacity hover:text-text focus-visible:opacity-100 group-hover:opacity-100 aria-pressed:opacity-100 [@media(hover:none)]:opacity-70"
      >
        {asTable ? '∿' : '▤'}
      </button>
    </div>
  );
}

function ValueTable(props: {
  title: string;
  chart: Chart;
  formatAt: (at: number) => string;
  formatValue: (value: number | null) => string;
}) {
  const t = useTranslations('shell.panel');
  const table = useMemo(() => prepareTable(props.chart), [props.chart]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by the keyboard
    <section aria-label={props.title} tabIndex={0} className="h-full overflow-auto">
      <table className="w-full text-[12px] tabular-nums">
        <thead className="sticky top-0 bg-raised text-left text-muted">
          <tr>
            <th scope="col" className="py-0.5 pr-3 font-normal">
              {t('time')}
            </th>
            {props.chart.lines.map((line) => (
              <th key={line.key} scope="col" className="pr-3 font-normal">
                <bdi>{line.name}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row.t} className="border-line border-t">
              <th scope="row" className="whitespace-nowrap py-0.5 pr-3 text-left font-normal">
                {props.formatAt(row.t)}
              </th>
              {props.chart.lines.map((line, index) => (
                <td key={line.key} className="whitespace-nowrap pr-3">
                  {props.formatValue(row.values[index] ?? null)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
