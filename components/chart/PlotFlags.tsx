import Link from 'next/link';
import { memo, useMemo } from 'react';
import { plotRoom, type Span } from '@/lib/chart/plot';
import { type ChartMark, prepareMarks } from '@/lib/chart/prepare-marks';

/** Events: a thin line, a flag above the plot, and their words beside it as far as there is room. */
export const PlotFlags = memo(function PlotFlags(props: {
  marks: readonly ChartMark[];
  span: Span;
  width: number;
}) {
  const placed = useMemo(
    () => prepareMarks(props.marks, props.span, props.width),
    [props.marks, props.span, props.width],
  );
  return placed.map((mark) => (
    <div
      key={mark.at}
      aria-hidden="true"
      className="pointer-events-none absolute top-0 bottom-0 left-0"
      style={{ transform: `translateX(${mark.x}px)` }}
    >
      <div
        className="absolute bottom-0 border-accent border-l border-dashed opacity-70"
        style={{ top: plotRoom.top - 4 }}
      />
      {mark.href === null ? (
        <Flag />
      ) : (
        // For the pointer; by keyboard the same is reached from the list of events.
        <Link
          href={mark.href}
          tabIndex={-1}
          title={mark.texts.join('\n')}
          className="pointer-events-auto absolute -top-1 -left-1 z-10 block h-6 w-6"
        >
          <span className="absolute top-1 left-1">
            <Flag />
          </span>
        </Link>
      )}
      {mark.room > 0 && (
        <span
          className="absolute top-0 w-max truncate text-[11px] text-accent leading-[14px]"
          style={
            mark.side === 'right'
              ? { left: 14, maxWidth: mark.room }
              : { right: 3, maxWidth: mark.room }
          }
        >
          {mark.words}
        </span>
      )}
    </div>
  ));
});

function Flag() {
  return (
    <svg width="12" height="16" className="absolute top-0.5 left-0 overflow-visible text-accent">
      <path d="M0.5 0V14" stroke="currentColor" />
      <path d="M0.5 0.5H10L7.5 4.5L10 8.5H0.5Z" fill="currentColor" />
    </svg>
  );
}
