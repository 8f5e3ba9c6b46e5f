'use client';

/** Drawings of ready values; the only folder that knows recharts. */
import { memo, useState } from 'react';
import {
  CartesianGrid,
  Line,
  LineChart as Lines,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { Chart } from '@/lib/chart/prepare-lines';
import { timeTicks, valueTicks } from '@/lib/chart/prepare-ticks';

export type ChartMark = { at: number; text: string };
export type LineChartProps = {
  chart: Chart;
  from: number;
  to: number;
  height: number;
  limit: number | null;
  marks: readonly ChartMark[];
  formatAxis: (value: number) => string;
  formatValue: (value: number | null) => string;
  formatTick: (at: number) => string;
  formatMoment: (at: number) => string;
  /** A stretch of time was chosen by dragging over it. */
  onZoom: (from: number, to: number) => void;
};

const color = (index: number) => (index === 0 ? 'var(--chart-others)' : `var(--chart-${index})`);
const axis = { fontSize: 11, fill: 'var(--muted)' };
const margin = { top: 8, right: 8, bottom: 0, left: 0 };
const overlay = {
  background: 'var(--overlay)',
  border: '1px solid var(--line-strong)',
  borderRadius: 6,
  fontSize: 12,
  color: 'var(--text)',
  maxWidth: 360,
  whiteSpace: 'normal' as const,
};
/** Closer than this share of the window, a mark belongs to the moment under the pointer; as narrow, a drag is a click. */
const near = 0.015;

/** Lines over time, gaps left open; one crosshair for all charts of a page. Dragging chooses a stretch of time. */
function LineChart(props: LineChartProps) {
  const { chart, from, to, marks } = props;
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const span = to - from;
  const marksAt = (at: number) => marks.filter((mark) => Math.abs(mark.at - at) < span * near);
  const finish = () => {
    setDrag(null);
    if (!drag) return;
    const [start, end] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
    if (end - start >= Math.max(1000, span * near)) props.onZoom(start, end);
  };
  const at = (label: unknown) => {
    const moment = Number(label);
    return label == null || !Number.isFinite(moment) ? null : moment;
  };
  const top = Math.max(chart.highest ?? 0, props.limit ?? 0);
  const ticks = valueTicks(top, chart.scale.divisor, 3);
  return (
    <ResponsiveContainer width="100%" height={props.height}>
      <Lines
        data={chart.rows}
        syncId="page"
        syncMethod="value"
        margin={margin}
        accessibilityLayer={false}
        className="cursor-crosshair select-none"
        onMouseDown={({ activeLabel }) => {
          const moment = at(activeLabel);
          if (moment !== null) setDrag({ from: moment, to: moment });
        }}
        onMouseMove={({ activeLabel }) => {
          const moment = at(activeLabel);
          if (drag && moment !== null && moment !== drag.to) setDrag({ ...drag, to: moment });
        }}
        onMouseUp={finish}
        onMouseLeave={() => setDrag(null)}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="t"
          type="number"
          domain={[from, to]}
          allowDataOverflow
          ticks={timeTicks(from, to, 5, -new Date(to).getTimezoneOffset() * 60_000)}
          interval="preserveStartEnd"
          tickFormatter={props.formatTick}
          tick={axis}
          tickLine={false}
          axisLine={{ stroke: 'var(--line-strong)' }}
          minTickGap={24}
        />
        <YAxis
          width={58}
          tick={axis}
          tickLine={false}
          axisLine={false}
          ticks={ticks}
          domain={[0, ticks.at(-1) ?? 'auto']}
          tickFormatter={props.formatAxis}
        />
        {props.limit !== null && (
          <ReferenceLine y={props.limit} stroke="var(--warning)" strokeDasharray="4 3" />
        )}
        {marks.map((mark) => (
          <ReferenceLine
            key={`${mark.at} ${mark.text}`}
            x={mark.at}
            stroke="var(--accent)"
            strokeDasharray="2 3"
            label={{ value: '▾', position: 'top', offset: -4, fill: 'var(--accent)', fontSize: 11 }}
          />
        ))}
        {drag && (
          <ReferenceArea x1={drag.from} x2={drag.to} fill="var(--accent)" fillOpacity={0.15} />
        )}
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: 'var(--line-strong)' }}
          contentStyle={overlay}
          wrapperStyle={{ zIndex: 10 }}
          allowEscapeViewBox={{ x: false, y: true }}
          labelFormatter={(label) => (
            <>
              {props.formatMoment(Number(label))}
              {marksAt(Number(label)).map((mark) => (
                <span
                  key={`${mark.at} ${mark.text}`}
                  style={{ display: 'block', color: 'var(--accent)' }}
                >
                  ▾ {mark.text}
                </span>
              ))}
            </>
          )}
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

export default memo(LineChart);
