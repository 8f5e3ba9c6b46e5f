/** An alert's transitions as spans of a strip. Pure. */

export type HistoryPoint = { at: number; to: string; level: string | null };
export type HistorySpan = { from: number; to: number; kind: 'warning' | 'critical' | 'pending' };

/** Spans that were not quiet within a window; the last one goes on to its end. */
export function historySpans(
  history: readonly HistoryPoint[],
  window: { from: number; to: number },
): HistorySpan[] {
  const spans: HistorySpan[] = [];
  for (const [n, point] of history.entries()) {
    const kind =
      point.to === 'firing' || point.to === 'recovering'
        ? point.level === 'critical'
          ? 'critical'
          : 'warning'
        : point.to === 'pending'
          ? 'pending'
          : null;
    const from = Math.max(point.at, window.from);
    const to = Math.min(history[n + 1]?.at ?? window.to, window.to);
    if (kind === null || to <= from) continue;
    const last = spans.at(-1);
    if (last && last.kind === kind && last.to === from) last.to = to;
    else spans.push({ from, to, kind });
  }
  return spans;
}
