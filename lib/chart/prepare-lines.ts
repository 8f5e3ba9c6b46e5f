import { type Quantity, type Scale, scaleFor } from '@/lib/format/quantity';

/** One series as the API gives it. */
export type SeriesInput = {
  /** What the line is, the same on every chart and in every window; decides its colour. */
  identity: string;
  name: string;
  points: readonly (readonly [number, number | null])[];
};

export type ChartLine = {
  key: string;
  name: string;
  /** 1..8, or 0 for "others". */
  color: number;
  last: number | null;
  highest: number | null;
};
/** One moment: `t` and the value of each line by its key. */
export type ChartRow = { t: number } & Record<string, number | null>;
export type Chart = {
  lines: ChartLine[];
  rows: ChartRow[];
  /** The usual distance of two moments; 0 when it is not known. */
  stepMs: number;
  quantity: Quantity;
  /** Of the axis: one unit for all of its values. */
  scale: Scale;
  stacked: boolean;
  /** How many series were summed into "others". */
  others: number;
  highest: number | null;
};

/** Colours in use; the ninth line and those after it are summed as "others". */
export const colorCount = 8;

/**
 * Series as the lines of one chart. Gaps stay gaps: a moment without a value is null, a step the series skipped gets a null
 * between its neighbours so that no line is drawn over it. More than `most` series become the largest (by sum) and "others".
 */
export function prepareLines(input: {
  series: readonly SeriesInput[];
  stepMs: number;
  quantity: Quantity;
  most?: number;
  othersName?: string;
  limit?: number | null;
  /** Lines are parts of a whole: each is drawn on top of those before it. */
  stacked?: boolean;
}): Chart {
  const most = input.most ?? colorCount;
  const ranked = input.series
    .map((series) => ({ series, weight: weightOf(series) }))
    .sort((a, b) => b.weight - a.weight || (a.series.identity < b.series.identity ? -1 : 1));
  const tooMany = ranked.length > most;
  const shown = ranked.slice(0, tooMany ? most - 1 : most).map((entry) => entry.series);
  const rest = ranked.slice(shown.length).map((entry) => entry.series);
  shown.sort((a, b) => (a.identity < b.identity ? -1 : 1));

  const rows = new Map<number, ChartRow>();
  const colors = colorsOf(shown.map((series) => series.identity));
  const lines: ChartLine[] = shown.map((series, index) => {
    const key = `s${index}`;
    place(rows, key, series.points, input.stepMs);
    return { key, name: series.name, color: colors[index] ?? 0, ...extremes(series.points) };
  });
  if (rest.length > 0) {
    const points = sum(rest);
    place(rows, 'others', points, input.stepMs);
    lines.push({
      key: 'others',
      name: input.othersName ?? 'others',
      color: 0,
      ...extremes(points),
    });
  }
  const sorted = [...rows.values()].sort((a, b) => a.t - b.t);
  for (const row of sorted) for (const line of lines) row[line.key] ??= null;
  const stacked = input.stacked ?? false;
  const tops = stacked
    ? sorted.map((row) => stackedAt(row, lines, lines.length - 1)?.[1] ?? null)
    : lines.map((line) => line.highest);
  const highest = tops.reduce<number | null>(
    (top, value) => (value === null ? top : Math.max(top ?? value, value)),
    null,
  );
  return {
    lines,
    rows: sorted,
    stacked,
    stepMs: input.stepMs,
    quantity: input.quantity,
    scale: scaleFor(Math.max(highest ?? 0, input.limit ?? 0), input.quantity),
    others: rest.length,
    highest,
  };
}

/**
 * From where to where a line of a stack reaches at a moment; null where nothing is known, so that a gap stays a gap.
 * A line that alone is unknown there has no height.
 */
export function stackedAt(
  row: ChartRow,
  lines: readonly ChartLine[],
  place: number,
): [number, number] | null {
  let below = 0;
  let known = false;
  for (const [index, line] of lines.entries()) {
    const value = row[line.key] ?? null;
    known ||= value !== null;
    if (index < place) below += value ?? 0;
  }
  return known ? [below, below + (row[lines[place]?.key ?? ''] ?? 0)] : null;
}

function weightOf(series: SeriesInput): number {
  let total = 0;
  for (const [, value] of series.points) total += Math.abs(value ?? 0);
  return total;
}

/** Puts points into the rows; where the series jumps by more than a step and a half, a null breaks the line. */
function place(
  rows: Map<number, ChartRow>,
  key: string,
  points: SeriesInput['points'],
  stepMs: number,
): void {
  let before: number | null = null;
  for (const [t, value] of points) {
    if (before !== null && stepMs > 0 && t - before > stepMs * 1.5) {
      const gap = before + stepMs;
      const row: ChartRow = rows.get(gap) ?? { t: gap };
      row[key] = null;
      rows.set(gap, row);
    }
    const row: ChartRow = rows.get(t) ?? { t };
    row[key] = value !== null && Number.isFinite(value) ? value : null;
    rows.set(t, row);
    before = t;
  }
}

function extremes(points: SeriesInput['points']): { last: number | null; highest: number | null } {
  let highest: number | null = null;
  for (const [, value] of points)
    if (value !== null && (highest === null || value > highest)) highest = value;
  return { last: points.at(-1)?.[1] ?? null, highest };
}

/** The sum of several series by moment; null where none of them has a value. */
function sum(all: readonly SeriesInput[]): [number, number | null][] {
  const total = new Map<number, number | null>();
  for (const series of all)
    for (const [t, value] of series.points) {
      const known = total.get(t) ?? null;
      total.set(t, value === null ? known : (known ?? 0) + value);
    }
  return [...total].sort((a, b) => a[0] - b[0]);
}

/**
 * A colour (1..8) for each identity. It follows from the name alone, so that the same replica looks the same everywhere;
 * only two that meet on one chart with the same colour make the later one move to the next free colour.
 */
export function colorsOf(identities: readonly string[]): number[] {
  const taken = new Set<number>();
  return identities.map((identity) => {
    let color = wishOf(identity);
    for (let tried = 0; tried < colorCount && taken.has(color); tried++)
      color = (color % colorCount) + 1;
    taken.add(color);
    return color;
  });
}

/** FNV-1a over the name. A single unnamed line is the first colour. */
function wishOf(identity: string): number {
  if (identity === '') return 1;
  let hash = 0x811c9dc5;
  for (let index = 0; index < identity.length; index++)
    hash = Math.imul(hash ^ identity.charCodeAt(index), 0x01000193) >>> 0;
  return (hash % colorCount) + 1;
}
