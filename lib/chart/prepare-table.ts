import type { Chart } from './prepare-lines';

export type ChartTable = { columns: string[]; rows: { t: number; values: (number | null)[] }[] };

/** A chart's values as a table, newest first; of more than `most` moments every n-th is listed, as it was. */
export function prepareTable(chart: Chart, most = 60): ChartTable {
  const known = chart.rows.filter((row) => chart.lines.some((line) => row[line.key] != null));
  const step = Math.max(1, Math.ceil(known.length / most));
  const rows = known
    .reverse()
    .filter((_, index) => index % step === 0)
    .map((row) => ({ t: row.t, values: chart.lines.map((line) => row[line.key] ?? null) }));
  return { columns: chart.lines.map((line) => line.name), rows };
}
