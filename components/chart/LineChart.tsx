'use client';

/** Drawings of ready values; the only folder that knows recharts. */
import {
  CartesianGrid,
  Line,
  LineChart as Lines,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { Chart } from '@/lib/chart/prepare-lines';

export type ChartMark = { at: number; text: string };
export type LineChartProps = {
  chart: Chart;
  from: number;
  to: number;
  height: number;
  limit: number | null;
  marks: readonly ChartMark[];
  formatValue: (value: number | null) => string;
  formatTick: (at: number) => string;
  formatMoment: (at: number) => string;
};

const color = (index: number) => (index === 0 ? 'var(--chart-others)' : `var(--chart-${index})`);
const axis = { fontSize: 11, fill: 'var(--muted)' };

/** Lines over time, gaps left open; one crosshair for all charts of a page. */
export default function LineChart(props: LineChartProps) {
  const { chart } = props;
  return (
    <ResponsiveContainer width="100%" height={props.height}>
      <Lines
        data={chart.rows}
        syncId="page"
        syncMethod="value"
        margin={{ top: 6, right: 8, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="t"
          type="number"
          domain={[props.from, props.to]}
          allowDataOverflow
          tickFormatter={props.formatTick}
          tick={axis}
          tickLine={false}
          axisLine={{ stroke: 'var(--line-strong)' }}
          minTickGap={48}
        />
        <YAxis
          width={58}
          tick={axis}
          tickLine={false}
          axisLine={false}
          tickCount={4}
          domain={[0, 'auto']}
          tickFormatter={props.formatValue}
        />
        {props.limit !== null && (
          <ReferenceLine
            y={props.limit}
            stroke="var(--warning)"
            strokeDasharray="4 3"
            ifOverflow="extendDomain"
          />
        )}
        {props.marks.map((mark) => (
          <ReferenceLine
            key={`${mark.at} ${mark.text}`}
            x={mark.at}
            stroke="var(--accent)"
            strokeDasharray="2 3"
          />
        ))}
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: 'var(--line-strong)' }}
          contentStyle={{
            background: 'var(--overlay)',
            border: '1px solid var(--line-strong)',
            borderRadius: 6,
            fontSize: 12,
            color: 'var(--text)',
          }}
          labelFormatter={(at) => props.formatMoment(Number(at))}
          formatter={(value) => props.formatValue(typeof value === 'number' ? value : null)}
        />
        {chart.lines.map((line) => (
          <Line
            key={line.key}
            dataKey={line.key}
            name={line.name}
            stroke={color(line.color)}
            strokeWidth={1.5}
            dot={false}
            activeDot={{ r: 2.5 }}
            isAnimationActive={false}
            connectNulls={false}
            type="linear"
          />
        ))}
      </Lines>
    </ResponsiveContainer>
  );
}
