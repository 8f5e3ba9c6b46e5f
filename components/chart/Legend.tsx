'use client';

import { memo } from 'react';
import { nearestIndex, valueAt } from '@/lib/chart/plot';
import type { Chart } from '@/lib/chart/prepare-lines';
import { useCrosshair } from './crosshair';
import { lineColor } from './line-color';

/** The lines by name with their latest value, or the one at the crosshair, whichever chart of the page it stands on. */
export const Legend = memo(function Legend({
  chart,
  format,
}: {
  chart: Chart;
  format: (value: number | null) => string;
}) {
  const at = useCrosshair(({ moment }) => {
    const row = moment && chart.rows[nearestIndex(chart.rows, moment.at)];
    return row && Math.abs(row.t - moment.at) <= chart.stepMs * 1.5 ? row.t : (moment?.at ?? null);
  });
  return (
    <ul className="flex min-h-5 flex-wrap gap-x-3 text-[12px] text-muted">
      {chart.lines.map((line) => (
        <li key={line.key} className="flex min-w-0 max-w-full items-center gap-1.5">
          <span
            aria-hidden="true"
            className="h-0.5 w-3 shrink-0"
            style={{ background: lineColor(line.color) }}
          />
          <bdi className="truncate" title={line.name}>
            {line.name}
          </bdi>
          <span className="whitespace-nowrap text-text tabular-nums">
            {format(
              at === null ? line.last : valueAt(chart.rows, line.key, at, chart.stepMs * 1.5),
            )}
          </span>
        </li>
      ))}
    </ul>
  );
});
