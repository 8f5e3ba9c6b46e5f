'use client';

/** What lies above a chart's lines: the flags of events, the crosshair all charts share, and the choice of a stretch of time. */
import { useTranslations } from 'next-intl';
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useRef, useState } from 'react';
import {
  draggedSpan,
  momentAt,
  nearestIndex,
  plotRoom,
  type Span,
  shortestDrag,
  xOf,
} from '@/lib/chart/plot';
import type { Chart } from '@/lib/chart/prepare-lines';
import { type ChartMark, marksNear } from '@/lib/chart/prepare-marks';
import { crosshair, useCrosshair } from './crosshair';
import { MomentTip } from './MomentTip';
import { PlotFlags } from './PlotFlags';

type PlotLayerProps = {
  title: string;
  chart: Chart;
  span: Span;
  /** Of the plot itself, without the axes. */
  width: number;
  height: number;
  /** The value at the upper edge. */
  top: number;
  marks: readonly ChartMark[];
  formatValue: (value: number | null) => string;
  formatMoment: (at: number) => string;
  onZoom: (from: number, to: number) => void;
};

export function PlotLayer(props: PlotLayerProps) {
  const { chart, span, width, marks, onZoom } = props;
  const t = useTranslations('chart');
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLDivElement>(null);
  const [anchor, setAnchor] = useState<number | null>(null);
  const [byKeys, setByKeys] = useState(false);
  const here = useCrosshair(({ moment }) => (moment?.source === id ? moment.at : null));

  useEffect(() => {
    const draw = () => {
      const { moment, selection } = crosshair.get();
      const inside = moment && moment.at >= span.from && moment.at <= span.to;
      if (line.current) {
        line.current.hidden = !inside;
        if (inside) line.current.style.transform = `translateX(${xOf(moment.at, span, width)}px)`;
      }
      if (!area.current) return;
      area.current.hidden = !selection;
      if (!selection) return;
      const left = Math.max(0, xOf(selection.from, span, width));
      area.current.style.left = `${left}px`;
      area.current.style.width = `${Math.min(width, xOf(selection.to, span, width)) - left}px`;
    };
    draw();
    return crosshair.subscribe(draw);
  }, [span, width]);

  const leave = () => {
    if (crosshair.get().moment?.source === id) crosshair.show({ moment: null });
  };
  const cancel = () => {
    setAnchor(null);
    crosshair.show({ selection: null });
  };
  /** Puts the crosshair on the nearest reading, or where the pointer is when there is none near; draws what is chosen so far. */
  const point = (raw: number, since: number | null) => {
    const row = chart.rows[nearestIndex(chart.rows, raw)];
    const at = row && Math.abs(row.t - raw) <= withinOf(chart, span, width) ? row.t : raw;
    const chosen = since !== null && draggedSpan(since, raw, span, width) !== null;
    crosshair.show({
      moment: { at: Math.min(span.to, Math.max(span.from, at)), source: id },
      selection:
        chosen && since !== null ? { from: Math.min(since, raw), to: Math.max(since, raw) } : null,
    });
  };
  const choose = (since: number, until: number) => {
    const chosen = draggedSpan(since, until, span, width);
    cancel();
    if (!chosen) return;
    crosshair.show({ moment: null });
    onZoom(chosen.from, chosen.to);
  };
  const rawOf = (event: PointerEvent) =>
    momentAt(event.clientX - (box.current?.getBoundingClientRect().left ?? 0), span, width);

  const press = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setAnchor(rawOf(event));
    setByKeys(false);
    point(rawOf(event), null);
  };
  const release = (event: PointerEvent) => {
    if (anchor !== null) choose(anchor, rawOf(event));
  };
  useEffect(() => {
    if (anchor === null) return;
    // The focus may be anywhere while the pointer drags.
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setAnchor(null);
      crosshair.show({ selection: null });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [anchor]);

  const keys = (event: KeyboardEvent) => {
    const now = here ?? chart.rows.at(-1)?.t ?? span.to;
    if (event.key === 'Enter') {
      setByKeys(true);
      if (anchor === null) setAnchor(now);
      else choose(anchor, now);
    } else {
      const to = moved(event, chart, marks, now);
      if (to === null) return;
      point(to, anchor);
    }
    event.preventDefault();
  };
  const hint = anchor === null ? null : t(byKeys ? 'choosing' : 'dragging');
  const near = here === null ? [] : marksNear(marks, here, markReach(chart, span, width));
  const value =
    here === null
      ? t('noMoment')
      : [props.formatMoment(here), ...near.map((mark) => mark.text), hint]
          .filter(Boolean)
          .join('. ');
  const place = {
    left: plotRoom.left,
    width,
    top: 0,
    height: props.height + plotRoom.top,
  };
  return (
    <>
      <div
        ref={box}
        role="slider"
        tabIndex={0}
        aria-label={t('moment', { title: props.title })}
        aria-valuemin={span.from}
        aria-valuemax={span.to}
        aria-valuenow={Math.round(here ?? span.to)}
        aria-valuetext={value}
        className="absolute cursor-crosshair touch-pan-y select-none"
        style={place}
        onPointerDown={press}
        onPointerMove={(event) => point(rawOf(event), anchor)}
        onPointerUp={release}
        onPointerCancel={cancel}
        onPointerLeave={(event) => {
          // A finger that lifts leaves too; what it pointed at should stay to be read.
          if (event.pointerType === 'mouse' && anchor === null) leave();
        }}
        onKeyDown={keys}
        onBlur={() => {
          leave();
          cancel();
        }}
      >
        <div
          ref={area}
          hidden
          className="pointer-events-none absolute bottom-0 border-accent border-x bg-accent/15"
          style={{ top: plotRoom.top }}
        />
        <div
          ref={line}
          hidden
          className="pointer-events-none absolute bottom-0 left-0 w-px bg-muted"
          style={{ top: plotRoom.top }}
        />
        {here !== null && (
          <MomentTip
            chart={chart}
            at={here}
            x={xOf(here, span, width)}
            plot={props}
            within={withinOf(chart, span, width)}
            marks={near}
            hint={hint}
          />
        )}
      </div>
      {/* Beside the slider, not in it: a flag may be a link. */}
      <div className="pointer-events-none absolute" style={place}>
        <PlotFlags marks={marks} span={span} width={width} />
      </div>
    </>
  );
}

/** How far from a moment a reading may be and still be its own: a step and a half, and at least some pixels. */
export function withinOf(chart: Chart, span: Span, width: number): number {
  return Math.max(chart.stepMs * 1.5, ((span.to - span.from) / Math.max(1, width)) * 4);
}

function markReach(chart: Chart, span: Span, width: number): number {
  const pixel = (span.to - span.from) / Math.max(1, width);
  return Math.max(chart.stepMs, pixel * shortestDrag);
}

/** Where a key takes the crosshair: a reading on, ten with Shift, to an end, or to the next event; null for other keys. */
function moved(
  event: KeyboardEvent,
  chart: Chart,
  marks: readonly ChartMark[],
  now: number,
): number | null {
  const { rows } = chart;
  const stride = event.shiftKey ? 10 : 1;
  const row = (index: number) => rows[Math.min(rows.length - 1, Math.max(0, index))]?.t ?? null;
  const index = nearestIndex(rows, now);
  const times = marks.map((mark) => mark.at).sort((a, b) => a - b);
  switch (event.key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return row(index - stride);
    case 'ArrowRight':
    case 'ArrowUp':
      return row(index + stride);
    case 'Home':
      return row(0);
    case 'End':
      return row(rows.length - 1);
    case 'PageDown':
      return times.findLast((at) => at < now - chart.stepMs) ?? null;
    case 'PageUp':
      return times.find((at) => at > now + chart.stepMs) ?? null;
    default:
      return null;
  }
}
