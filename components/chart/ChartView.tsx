'use client';

/** A chart with what belongs to each: its sentence for those who do not see it, its values as a table, its marks, its zoom. */
import dynamic from 'next/dynamic';
import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { memo, useCallback, useMemo, useState } from 'react';
import { describeChart } from '@/lib/chart/describe-chart';
import { plotRoom, type Span } from '@/lib/chart/plot';
import type { Chart } from '@/lib/chart/prepare-lines';
import type { ChartMark } from '@/lib/chart/prepare-marks';
import { valueTicks } from '@/lib/chart/prepare-ticks';
import { useAddress } from '@/lib/client/use-address';
import { formatQuantity, formatScaled } from '@/lib/format/quantity';
import { formatClock, formatMoment, formatTick } from '@/lib/format/time';
import type { Locale } from '@/lib/i18n/locale';
import { PlotLayer } from './PlotLayer';
import { useWidth } from './use-width';
import { ValueTable } from './ValueTable';

const LineChart = dynamic(() => import('./LineChart'), { ssr: false });

type ChartViewProps = {
  title: string;
  chart: Chart;
  window: Span;
  height: number;
  limit?: number | null;
  marks: readonly ChartMark[];
};

export const ChartView = memo(function ChartView(props: ChartViewProps) {
  const { title, chart, window, height, limit = null, marks } = props;
  const t = useTranslations('shell.panel');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  const { set } = useAddress();
  const { ref, width, near } = useWidth();
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
    (from: number, to: number) => set({ range: null, from, to }, 'push'),
    [set],
  );
  const ticks = useMemo(
    () => valueTicks(Math.max(chart.highest ?? 0, limit ?? 0), chart.scale.divisor, 3),
    [chart, limit],
  );
  const sentence = useSentence(title, chart, window, limit);
  return (
    <div ref={ref} className="group relative" style={{ height }}>
      {asTable ? (
        <ValueTable title={title} chart={chart} formatAt={formatLong} formatValue={formatValue} />
      ) : (
        width > 0 && (
          <>
            <div role="img" aria-label={sentence}>
              <LineChart
                chart={chart}
                span={window}
                near={near}
                width={width}
                height={height}
                limit={limit}
                ticks={ticks}
                formatAxis={formatAxis}
                formatTick={formatAt}
              />
            </div>
            <PlotLayer
              title={title}
              chart={chart}
              span={window}
              width={Math.max(1, width - plotRoom.left - plotRoom.right)}
              height={height - plotRoom.top - plotRoom.bottom}
              top={ticks.at(-1) ?? 0}
              marks={marks}
              formatValue={formatValue}
              formatMoment={formatLong}
              onZoom={zoom}
            />
          </>
        )
      )}
      <button
        type="button"
        aria-pressed={asTable}
        title={t(asTable ? 'chart' : 'data')}
        aria-label={`${title}: ${t(asTable ? 'chart' : 'data')}`}
        onClick={() => setAsTable(!asTable)}
        className="absolute top-0 right-0 grid size-6 place-items-center rounded-md border border-line-strong bg-raised text-[12px] text-muted opacity-0 transition-opacity hover:text-text focus-visible:opacity-100 group-hover:opacity-100 aria-pressed:opacity-100 [@media(hover:none)]:opacity-70"
      >
        {asTable ? '∿' : '▤'}
      </button>
    </div>
  );
});

/** What the chart shows, as one or two sentences. */
function useSentence(title: string, chart: Chart, window: Span, limit: number | null): string {
  const t = useTranslations('chart');
  const tPanel = useTranslations('shell.panel');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  return useMemo(() => {
    const found = describeChart(chart, limit);
    const value = (of: number | null) => formatQuantity(of, chart.quantity, locale);
    const times = {
      title,
      from: formatClock(window.from, locale, zone),
      to: formatClock(window.to, locale, zone),
    };
    if (found.state === 'none') return tPanel('sentenceEmpty', times);
    return t(`sentence.${found.state}`, {
      ...times,
      lines: chart.lines.length,
      leader: found.leader,
      last: value(found.last),
      lowest: value(found.lowest),
      highest: value(found.highest),
      limit: value(limit),
      limited: limit === null ? 'no' : 'yes',
      trend: t(`trend.${found.trend}`),
    });
  }, [title, chart, window, limit, t, tPanel, locale, zone]);
}
