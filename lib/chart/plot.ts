/** Where a moment and a value lie on a chart's plot, and what a pointer there means. Pure; pixels and milliseconds. */
import type { ChartRow } from './prepare-lines';

export type Span = { from: number; to: number };

/** Room around the plot: values on the left, times below, the flags of events above. */
export const plotRoom = { left: 58, right: 8, top: 18, bottom: 22 } as const;

/** A drag shorter than this is a click. */
export const shortestDrag = 8;
/** Less than this is not worth a window of its own: there would be a point or none in it. */
const shortestSpan = 10_000;

/** The pixel of a moment on a plot of that width. */
export function xOf(at: number, span: Span, width: number): number {
  return ((at - span.from) / (span.to - span.from)) * width;
}

/** The moment under a pixel, never outside of the window. */
export function momentAt(x: number, span: Span, width: number): number {
  const share = width > 0 ? Math.min(1, Math.max(0, x / width)) : 0;
  return span.from + share * (span.to - span.from);
}

/** The window a drag chose, in either direction; null when it was a click. Too narrow a choice is widened around its middle. */
export function draggedSpan(a: number, b: number, span: Span, width: number): Span | null {
  if (Math.abs(xOf(a, span, width) - xOf(b, span, width)) < shortestDrag) return null;
  const [from, to] = [Math.min(a, b), Math.max(a, b)];
  if (to - from >= shortestSpan) return { from: Math.round(from), to: Math.round(to) };
  const start = Math.round((from + to - shortestSpan) / 2);
  return { from: start, to: start + shortestSpan };
}

/** The place of the row nearest to a moment; -1 when there is none. Rows are in order of time. */
export function nearestIndex(rows: readonly ChartRow[], at: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.t ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const [here, before] = [rows[low], rows[low - 1]];
  if (!here) return -1;
  return before && at - before.t <= Math.abs(here.t - at) ? low - 1 : low;
}

/**
 * A line's value at a moment: the nearest one not further than `within`, because the lines of two servers are not read in the
 * same millisecond; null in a gap.
 */
export function valueAt(
  rows: readonly ChartRow[],
  key: string,
  at: number,
  within: number,
): number | null {
  const middle = nearestIndex(rows, at);
  for (const index of [middle, middle - 1, middle + 1]) {
    const row = rows[index];
    const value = row?.[key];
    if (row && value != null && Math.abs(row.t - at) <= within) return value;
  }
  return null;
}

/** The left edge of a box beside `x`: to its right, else to its left, else as far right as the screen lets it. */
export function besideX(x: number, box: number, screen: number, distance = 12): number {
  if (x + distance + box <= screen - 8) return x + distance;
  if (x - distance - box >= 8) return x - distance - box;
  return Math.max(8, screen - 8 - box);
}
