'use client';

import { useLayoutEffect, useRef } from 'react';
import { besideX, plotRoom, valueAt } from '@/lib/chart/plot';
import type { Chart } from '@/lib/chart/prepare-lines';
import type { ChartMark } from '@/lib/chart/prepare-marks';
import { lineColor } from './line-color';

type MomentTipProps = {
  chart: Chart;
  at: number;
  x: number;
  plot: {
    height: number;
    top: number;
    formatValue: (value: number | null) => string;
    formatMoment: (at: number) => string;
  };
  within: number;
  marks: readonly ChartMark[];
  hint: string | null;
};

/** What is known of the moment under the crosshair: the time, each line's value, what happened. Never off the screen. */
export function MomentTip({ chart, at, x, plot, within, marks, hint }: MomentTipProps) {
  const tip = useRef<HTMLDivElement>(null);
  const values = chart.lines
    .map((line) => ({ line, value: valueAt(chart.rows, line.key, at, within) }))
    .sort((a, b) => (b.value ?? -1) - (a.value ?? -1));
  useLayoutEffect(() => {
    const box = tip.current;
    const layer = box?.parentElement;
    if (!box || !layer) return;
    const edge = layer.getBoundingClientRect();
    const left = besideX(edge.left + x, box.offsetWidth, document.documentElement.clientWidth);
    const lowest = document.documentElement.clientHeight - 8 - box.offsetHeight - edge.top;
    box.style.transform = `translate(${left - edge.left}px, ${Math.min(plotRoom.top, lowest)}px)`;
  });
  return (
    <>
      {values.map(
        ({ line, value }) =>
          value !== null &&
          plot.top > 0 &&
          !chart.stacked && (
            <span
              key={line.key}
              aria-hidden="true"
              className="pointer-events-none absolute -mt-[3px] -ml-[3px] size-[6px] rounded-full"
              style={{
                left: x,
                top: plotRoom.top + plot.height * (1 - value / plot.top),
                background: lineColor(line.color),
              }}
            />
          ),
      )}
      <div
        ref={tip}
        aria-hidden="true"
        className="pointer-events-none absolute top-0 left-0 z-20 w-max max-w-[min(340px,calc(100vw-16px))] rounded-md border border-line-strong bg-overlay px-2.5 py-1.5 text-[12px] text-text"
      >
        <p className="whitespace-nowrap text-muted tabular-nums">{plot.formatMoment(at)}</p>
        {marks.map((mark) => (
          <p key={`${mark.at} ${mark.text}`} className="text-accent">
            {mark.text}
          </p>
        ))}
        {values.map(({ line, value }) => (
          <p key={line.key} className="flex items-center gap-2">
            <span className="h-0.5 w-3 shrink-0" style={{ background: lineColor(line.color) }} />
            <bdi className="min-w-0 truncate">{line.name}</bdi>
            <span className="ml-auto whitespace-nowrap pl-3 font-medium tabular-nums">
              {plot.formatValue(value)}
            </span>
          </p>
        ))}
        {hint && <p className="text-muted">{hint}</p>}
      </div>
    </>
  );
}
