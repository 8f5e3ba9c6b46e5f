'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import type { Chart } from '@/lib/chart/prepare-lines';
import { prepareTable } from '@/lib/chart/prepare-table';

/** A chart's values, newest first, for those who want figures or do not see lines. */
export function ValueTable(props: {
  title: string;
  chart: Chart;
  formatAt: (at: number) => string;
  formatValue: (value: number | null) => string;
}) {
  const t = useTranslations('shell.panel');
  const table = useMemo(() => prepareTable(props.chart), [props.chart]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by the keyboard
    <section aria-label={props.title} tabIndex={0} className="h-full overflow-auto">
      <table className="w-full text-[12px] tabular-nums">
        <thead className="sticky top-0 bg-raised text-left text-muted">
          <tr>
            <th scope="col" className="py-0.5 pr-3 font-normal">
              {t('time')}
            </th>
            {props.chart.lines.map((line) => (
              <th key={line.key} scope="col" className="pr-3 font-normal">
                <bdi>{line.name}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row.t} className="border-line border-t">
              <th scope="row" className="whitespace-nowrap py-0.5 pr-3 text-left font-normal">
                {props.formatAt(row.t)}
              </th>
              {props.chart.lines.map((line, index) => (
                <td key={line.key} className="whitespace-nowrap pr-3">
                  {props.formatValue(row.values[index] ?? null)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
