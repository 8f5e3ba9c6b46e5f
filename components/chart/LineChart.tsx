'use client';

/** Drawings of ready values; the only file that knows recharts. What follows the pointer lies above it, in PlotLayer. */
import { memo, useMemo } from 'react';
import { Area, CartesianGrid, ComposedChart, Line, ReferenceLine, XAxis, YAxis } from 'recharts';
import { plotRoom, type Span } from '@/lib/chart/plot';
import { type Chart, type ChartRow, stackedAt } from '@/lib/chart/prepare-lines';
import { timeTicks } from '@/lib/chart/prepare-ticks';
import { lineColor } from './line-color';

export type LineChartProps = {
  chart: Chart;
  span: Span;
  /** On the screen or near it; else what was drawn last may stay until it is. */
  near: boolean;
  width: number;
  height: number;
  limit: number | null;
  /** Of the value axis, from zero. */
  ticks: readonly number[];
  formatAxis: (value: number) => string;
  formatTick: (at: number) => string;
};

const axis = { fontSize: 11, fill: 'var(--muted)' };
const margin = { top: plotRoom.top, right: plotRoom.right, bottom: 0, left: 0 };
/** Pixels a time label wants for itself and the air around it. */
const labelRoom = 84;

/** Lines over time, or parts of a whole on top of each other; gaps left open. */
function LineChart(props: LineChartProps) {
  const { chart, span, width, ticks } = props;
  const times = useMemo(() => {
    const most = Math.max(2, Math.floor((width - plotRoom.left) / labelRoom));
    const offset = -new Date(span.to).getTimezoneOffset() * 60_000;
    return timeTicks(span.from, span.to, Math.min(6, most), offset);
  }, [span, width]);
  return (
    <ComposedChart
      data={chart.rows}
      width={width}
      height={props.height}
      margin={margin}
      accessibilityLayer={false}
    >
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis
        dataKey="t"
        type="number"
        height={plotRoom.bottom}
        domain={[span.from, span.to]}
        allowDataOverflow
        ticks={times}
        interval="preserveStartEnd"
        tickFormatter={props.formatTick}
        tick={axis}
        tickLine={false}
        axisLine={{ stroke: 'var(--line-strong)' }}
        minTickGap={16}
      />
      <YAxis
        width={plotRoom.left}
        tick={axis}
        tickLine={false}
        axisLine={false}
        ticks={ticks}
        interval={0}
        domain={[0, ticks.at(-1) ?? 'auto']}
        tickFormatter={props.formatAxis}
      />
      {props.limit !== null && (
        <ReferenceLine y={props.limit} stroke="var(--warning)" strokeDasharray="4 3" />
      )}
      {chart.lines.map((line, place) =>
        chart.stacked ? (
          <Area
            key={line.key}
            dataKey={(row: ChartRow) => stackedAt(row, chart.lines, place)}
            name={line.name}
            stroke={lineColor(line.color)}
            strokeWidth={1}
            fill={lineColor(line.color)}
            fillOpacity={0.45}
            dot={false}
            activeDot={false}
            isAnimationActive={false}
            connectNulls={false}
            type="linear"
          />
        ) : (
          <Line
            key={line.key}
            dataKey={line.key}
            name={line.name}
            stroke={lineColor(line.color)}
            strokeWidth={1.5}
            dot={false}
            activeDot={false}
            isAnimationActive={false}
            connectNulls={false}
            type="linear"
          />
        ),
      )}
    </ComposedChart>
  );
}

/** Forty charts draw again at each tick; only those a reader can see need to. */
function mayStay(drawn: LineChartProps, next: LineChartProps): boolean {
  if (!next.near) return true;
  const keys = Object.keys(next) as (keyof LineChartProps)[];
  return keys.every((key) => key === 'near' || Object.is(drawn[key], next[key]));
}

export default memo(LineChart, mayStay);
